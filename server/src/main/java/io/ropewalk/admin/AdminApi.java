package io.ropewalk.admin;

import io.ropewalk.access.Right;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.config.ServerSettings;
import io.ropewalk.support.http.Call;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.http.NoInput;
import io.ropewalk.support.http.Reply;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Backups and checks, for who may administer the server.
final class AdminApi {
    private final Backups backups;
    private final ServerSettings.Backup settings;
    private final ServerCheck check;
    private final Job backup;
    private final Job verification;
    private final Supplier<BackupOverview> overview;

    /// @param directory on the server's machine; without it the configured one
    record NewBackup(@Nullable String directory) {}

    AdminApi(
            Backups backups,
            ServerSettings.Backup settings,
            ServerCheck check,
            Job backup,
            Job verification,
            Supplier<BackupOverview> overview) {
        this.backups = backups;
        this.settings = settings;
        this.check = check;
        this.backup = backup;
        this.verification = verification;
        this.overview = overview;
    }

    List<Endpoint<?, ?>> endpoints() {
        return List.of(
                Endpoint.post(
                        "/api/v1/server/backup",
                        Right.ADMINISTER,
                        NewBackup.class,
                        Reply.of(JobView.class),
                        "Make a backup of the server",
                        this::backUp),
                Endpoint.get(
                        "/api/v1/server/backup",
                        Right.ADMINISTER,
                        NoInput.class,
                        Reply.of(JobView.class),
                        "Show how far the latest backup has come",
                        (_, _) -> backup.view()),
                Endpoint.get(
                        "/api/v1/server/backups",
                        Right.ADMINISTER,
                        NoInput.class,
                        Reply.of(BackupOverview.class),
                        "Show the latest backup and the schedule",
                        (_, _) -> overview.get()),
                Endpoint.post(
                        "/api/v1/server/verification",
                        Right.ADMINISTER,
                        NoInput.class,
                        Reply.of(JobView.class),
                        "Check everything that is stored",
                        (_, _) -> verification.start(progress -> new Job.Outcome(null, check.check(progress)))),
                Endpoint.get(
                        "/api/v1/server/verification",
                        Right.ADMINISTER,
                        NoInput.class,
                        Reply.of(JobView.class),
                        "Show how far the latest check has come",
                        (_, _) -> verification.view()));
    }

    private JobView backUp(NewBackup request, Call call) {
        Path directory = directory(request.directory());
        Optional<Integer> keep =
                directory.equals(settings.directory()) ? Optional.of(settings.keep()) : Optional.empty();
        return backup.start(progress -> {
            Backups.Made made = backups.make(directory, keep, progress);
            return new Job.Outcome(made, made.problems());
        });
    }

    private Path directory(@Nullable String named) {
        try {
            Path directory = named == null ? settings.directory() : Path.of(named);
            if (directory.isAbsolute()) {
                return directory;
            }
        } catch (InvalidPathException _) {
            // As below.
        }
        throw new RopewalkException(
                ErrorCode.INVALID_REQUEST,
                named == null
                        ? "No directory for backups is configured. Name one, or set backup.directory."
                        : "'directory' must be the full path of a directory on the server's machine.");
    }
}
