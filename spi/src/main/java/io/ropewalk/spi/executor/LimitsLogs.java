package io.ropewalk.spi.executor;

import java.util.OptionalLong;

/// A cluster that can keep a log from filling the disk while its program goes on writing. Nothing is lost by asking
/// again, also after a crash at any line.
public interface LimitsLogs {
    /// Keeps the beginning and the end of a log, and drops what lies between them, when more than `most` bytes are
    /// kept of it. Offsets stay as they are; the program notices nothing.
    ///
    /// @return how many bytes of it have been dropped in all; nothing when this place cannot do it
    OptionalLong limitLog(LaunchHandle handle, ReplicaId replica, int attempt, long most);
}
