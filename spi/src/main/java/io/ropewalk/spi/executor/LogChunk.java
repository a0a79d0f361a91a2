package io.ropewalk.spi.executor;

/// A piece of a log.
///
/// @param offset where it begins: behind what was asked for, where that has been dropped ([LimitsLogs])
/// @param complete nothing follows it, and nothing ever will
public record LogChunk(long offset, byte[] bytes, boolean complete) {
    public long end() {
        return offset + bytes.length;
    }
}
