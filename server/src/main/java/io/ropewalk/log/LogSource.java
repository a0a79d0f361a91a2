package io.ropewalk.log;

import io.ropewalk.spi.executor.LogChunk;
import java.util.List;

/// The logs of one run.
public interface LogSource {
    /// All of them as they are now, in the order they are shown.
    List<LogFile> files();

    LogChunk read(String log, int attempt, long offset, int limit);

    default LogBytes bytes(String log, int attempt) {
        return (offset, limit) -> read(log, attempt, offset, limit);
    }
}
