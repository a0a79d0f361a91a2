package io.ropewalk.spi.executor;

import io.ropewalk.spi.LaunchId;
import java.nio.file.Path;
import java.util.List;

/// Everything that an executor is asked to start, fully resolved. All replicas of a run are in it, since a gang
/// starts together. It is made anew, and equal, from stored rows whenever it must be submitted again.
///
/// @param id the same launch whenever this is submitted again
/// @param name for people and queue listings, such as `digits-train-7`
/// @param directory this launch's directory on the server's machine, which exists; the executor keeps its files in it
/// @param replicas in role order, then index order
public record Launch(LaunchId id, String name, Path directory, List<Replica> replicas) {
    public Launch {
        replicas = List.copyOf(replicas);
    }

    /// One process tree to start.
    ///
    /// @param attempt from 1
    /// @param command shell text, run by `bash -c`; expands variables of the environment
    /// @param workDir shell text of the directory to run in, such as `$SRC_DIR/src`; one that does not exist ends
    /// the
    ///     attempt with [EndCause#WORK_DIR_NOT_FOUND]
    /// @param environment in order; a later value wins
    /// @param port the port that the role's program listens on, 0 when it has none
    /// @param limits what the attempt may use at most; zero is no limit
    public record Replica(
            ReplicaId id,
            int attempt,
            String command,
            String workDir,
            List<Variable> environment,
            List<Mount> mounts,
            int port,
            Resources limits) {
        public Replica {
            environment = List.copyOf(environment);
            mounts = List.copyOf(mounts);
        }
    }

    public record Variable(String name, EnvironmentValue value) {}
}
