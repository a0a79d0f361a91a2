package io.ropewalk.run;

import io.ropewalk.spi.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where a run's files are: `output` for what it makes, `checkpoints` for what it may want to find again,
/// `root` for work, `logs` for the server's own lines; beside them what the executor keeps.
public final class RunDirectories {
    private final Path root;

    public RunDirectories(Path dataDirectory) {
        this.root = dataDirectory.resolve("runs");
    }

    public Path of(RunId run) {
        return root.resolve(run.value());
    }

    public Path output(RunId run) {
        return of(run).resolve("output");
    }

    public Path masterLog(RunId run) {
        return of(run).resolve("logs").resolve("master.log");
    }

    /// A directory that stays empty: what begins empty for a replica begins as a copy of it.
    static Path empty(Path run) {
        return run.resolve("empty");
    }

    Path make(RunId run) {
        try {
            for (String part : new String[] {"output", "checkpoints", "root", "empty", "logs"}) {
                Files.createDirectories(of(run).resolve(part));
            }
            return of(run);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the directory of run " + run, e);
        }
    }
}
