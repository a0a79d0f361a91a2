package io.ropewalk.spi.executor;

/// Why a replica attempt ended, beside its exit code.
public enum EndCause {
    /// The program ended by itself, well or not.
    EXITED,
    /// [Executor#cancel] ended it.
    CANCELLED,
    OUT_OF_MEMORY,
    WORK_DIR_NOT_FOUND,
    /// A mount or limit could not be set up; the log says which.
    SETUP_FAILED
}
