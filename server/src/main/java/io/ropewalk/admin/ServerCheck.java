package io.ropewalk.admin;

import io.ropewalk.run.RunDirectories;
import io.ropewalk.source.ContentCheck;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.config.ServerSettings;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.db.Databases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.JdbiException;

/// Checks what a server has stored: the database by its own means, contents against the hashes that they are
/// named after, rows against the files that they name. Changes nothing.
public final class ServerCheck {
    private final Database database;
    private final Path data;

    ServerCheck(Database database, Path data) {
        this.database = database;
        this.data = data;
    }

    /// Of a server that is stopped, whose database and directory nobody else uses now.
    ///
    /// @return what is wrong
    public static List<String> ofStopped(ServerSettings settings, Progress progress) throws IOException {
        Path file = settings.data().resolve(DataFiles.DATABASE);
        if (settings.database().isEmpty() && !Files.isRegularFile(file)) {
            throw new RopewalkException(
                    ErrorCode.NOT_FOUND,
                    "'%s' is no data directory: it has no %s. Name the one of a Ropewalk server."
                            .formatted(settings.data(), DataFiles.DATABASE));
        }
        try (Database database = Databases.openUnchanged(settings.database(), file)) {
            return new ServerCheck(database, settings.data()).check(progress);
        }
    }

    /// @return what is wrong
    List<String> check(Progress progress) throws IOException {
        List<String> problems = new ArrayList<>();
        try {
            progress.at("checking the database", 0, 0);
            database.damage().forEach(found -> problems.add("the database: " + found));
            progress.at("checking the directories of runs", 0, 0);
            directories(problems);
            AtomicLong read = new AtomicLong();
            new ContentCheck(database, data.resolve("uploads"))
                    .check(problems::add, more -> progress.at("checking contents", read.addAndGet(more), 0));
        } catch (JdbiException e) {
            problems.add("the database cannot be read any further: " + e.getMessage());
        }
        return problems;
    }

    private void directories(List<String> problems) {
        RunDirectories directories = new RunDirectories(data);
        List<RunId> started = database.read(
                handle -> handle.createQuery("select id from run where handle is not null order by created_at")
                        .map((row, _) -> new RunId(row.getString("id")))
                        .list());
        for (RunId run : started) {
            if (!Files.isDirectory(directories.of(run))) {
                problems.add("the files of run %s are not there: '%s'".formatted(run, directories.of(run)));
            }
        }
    }
}
