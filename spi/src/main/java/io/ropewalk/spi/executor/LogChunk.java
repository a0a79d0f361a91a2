package io.ropewalk.spi.executor;

/// A piece of a log.
///
/// @param offset where it begins
/// @param complete nothing follows it, and nothing ever will
public record LogChunk(long offset, byte[] bytes, boolean complete) {
    public long end() {
        return offset + bytes.length;
    }
}
