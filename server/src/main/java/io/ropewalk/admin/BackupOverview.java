package io.ropewalk.admin;

import io.ropewalk.support.config.ServerSettings;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where the server stands with its backups.
///
/// @param directory the configured one
/// @param every how often the server makes one by itself; absent when it does not
/// @param keep how many are kept in the configured directory
/// @param nextAt when the next one is due by the schedule
/// @param latest what this server made last, wherever it was put
/// @param job the one that is being made, or that was made last since the server has started
record BackupOverview(
        @Nullable String directory,
        @Nullable String every,
        int keep,
        @Nullable Instant nextAt,
        @Nullable LatestMade latest,
        JobView job) {
    static BackupOverview of(
            ServerSettings.Backup settings, Optional<Instant> next, Optional<LatestBackup.Note> latest, JobView job) {
        return new BackupOverview(
                settings.directory().toString().isEmpty()
                        ? null
                        : settings.directory().toString(),
                settings.every().isEmpty() ? null : settings.every(),
                settings.keep(),
                next.orElse(null),
                latest.map(LatestMade::of).orElse(null),
                job);
    }

    /// @param present whether it is still where it was put
    record LatestMade(
            String directory,
            String name,
            Instant madeAt,
            long files,
            long bytes,
            long copied,
            int problems,
            boolean present) {
        static LatestMade of(LatestBackup.Note note) {
            return new LatestMade(
                    note.directory(),
                    note.name(),
                    note.madeAt(),
                    note.files(),
                    note.bytes(),
                    note.copied(),
                    note.problems(),
                    note.present());
        }
    }
}
