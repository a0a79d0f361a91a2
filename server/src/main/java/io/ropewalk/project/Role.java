package io.ropewalk.project;

import io.ropewalk.spi.executor.Resources;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A group of identical replicas.
///
/// @param command shell text; with `args` behind it, it is what a replica runs
/// @param workDir shell text of the directory to run in; empty for the project's mount path
/// @param permanent whether it serves the others: it is stopped when they are done and its exit code
///     does not count
/// @param restarts how often a failed replica is started again
/// @param restartPolicy as it was written
/// @param resources what a replica asks for
/// @param limits what a replica may use at most; zero is no limit
/// @param mountAll whether every source is mounted and `mounts` does not matter
/// @param nodes a label of the machines to use
public record Role(
        String name,
        int replicas,
        String command,
        String args,
        String workDir,
        List<Variable> env,
        @Nullable Integer port,
        boolean permanent,
        int restarts,
        @Nullable String restartPolicy,
        Resources resources,
        Resources limits,
        Images images,
        boolean mountAll,
        List<Mount> mounts,
        @Nullable String nodes) {
    public Role {
        env = List.copyOf(env);
        mounts = List.copyOf(mounts);
    }

    /// The same with so much more memory, where it says how much it needs.
    public Role withMoreMemory(long bytes) {
        return new Role(
                name,
                replicas,
                command,
                args,
                workDir,
                env,
                port,
                permanent,
                restarts,
                restartPolicy,
                more(resources, bytes),
                more(limits, bytes),
                images,
                mountAll,
                mounts,
                nodes);
    }

    private static Resources more(Resources some, long bytes) {
        return some.memoryBytes() == 0
                ? some
                : new Resources(some.milliCpu(), Math.addExact(some.memoryBytes(), bytes), some.gpus());
    }

    /// An environment variable; the value is a template over the other variables.
    public record Variable(String name, String value) {}

    /// Container images.
    ///
    /// @param gpu used instead when the role asks for GPUs
    public record Images(@Nullable String cpu, @Nullable String gpu) {
        public static final Images NONE = new Images(null, null);
    }
}
