package io.ropewalk.spi.executor;

import java.nio.file.Path;

/// A directory (or file) that a replica finds at a path.
///
/// @param name unique among the mounts of a replica; [EnvironmentValue.MountPath] refers to it
/// @param from where it is on the server's machine; it exists
/// @param at the absolute path that the replica should find it at; an executor that cannot provide absolute paths puts
///     it below the replica's own root instead
public record Mount(String name, Path from, String at, Access access) {
    public enum Access {
        /// Shared by many; no write may reach it.
        READ_ONLY,
        /// The directory itself, shared by all who mount it.
        READ_WRITE,
        /// Writable, but changes are this attempt's own and `from` stays as it is.
        PRIVATE
    }
}
