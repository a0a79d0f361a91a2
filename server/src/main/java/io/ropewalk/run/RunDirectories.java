package io.ropewalk.run;

import io.ropewalk.spi.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where a run's files are: `output` for what it makes, `checkpoints` for what it may want to find again,
/// `root` for work when nothing is mounted, `master.log` for the server's own lines; beside them what the executor
/// keeps. Making a directory costs a start as much as reading a row, so there are no others.
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

    static Path checkpoints(Path run) {
        return run.resolve("checkpoints");
    }

    /// Where programs keep what they logged and have not sent yet.
    static Path spool(Path run) {
        return run.resolve("spool");
    }

    /// A directory that stays empty, for all runs: what begins empty for a replica begins as a copy of it.
    static Path empty(Path run) {
        return run.resolveSibling("empty");
    }

    /// @param mounts whether anything is mounted for its replicas
    Path make(RunId run, boolean mounts) {
        Path directory = of(run);
        try {
            Files.createDirectories(directory);
            make(directory.resolve("output"));
            make(checkpoints(directory));
            make(spool(directory));
            make(mounts ? empty(directory) : directory.resolve("root"));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the directory of run " + run, e);
        }
    }

    private static void make(Path directory) throws IOException {
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException _) {
            // By an earlier start.
        }
    }
}
