package io.ropewalk.admin;

import io.ropewalk.run.RunDirectories;
import io.ropewalk.source.ContentCheck;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.db.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// Checks what a running server has stored: the database by its own means, contents against the hashes that they are
/// named after, rows against the files that they name. Changes nothing.
final class ServerCheck {
    private final Database database;
    private final Path data;

    ServerCheck(Database database, Path data) {
        this.database = database;
        this.data = data;
    }

    /// @return what is wrong
    List<String> check(Progress progress) throws IOException {
        List<String> problems = new ArrayList<>();
        progress.at("checking the database", 0, 0);
        database.damage().forEach(found -> problems.add("the database: " + found));
        progress.at("checking the directories of runs", 0, 0);
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
        AtomicLong read = new AtomicLong();
        new ContentCheck(database, data.resolve("uploads"))
                .check(problems::add, more -> progress.at("checking contents", read.addAndGet(more), 0));
        return problems;
    }
}
