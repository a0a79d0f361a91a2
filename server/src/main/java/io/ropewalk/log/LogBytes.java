package io.ropewalk.log;

import io.ropewalk.spi.executor.LogChunk;

/// The bytes of one log, from wherever they are kept.
@FunctionalInterface
public interface LogBytes {
    /// At most `limit` bytes from `offset`; an empty chunk when nothing is there yet.
    LogChunk read(long offset, int limit);
}
