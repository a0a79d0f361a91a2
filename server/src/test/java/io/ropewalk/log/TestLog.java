package io.ropewalk.log;

import io.ropewalk.spi.executor.LogChunk;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A log in memory that gives at most so many bytes at once, and counts them.
final class TestLog implements LogBytes {
    private byte[] bytes;
    private final int piece;
    boolean complete;
    long given;

    TestLog(byte[] bytes, int piece, boolean complete) {
        this.bytes = bytes;
        this.piece = piece;
        this.complete = complete;
    }

    static TestLog of(String text) {
        return new TestLog(text.getBytes(StandardCharsets.UTF_8), Integer.MAX_VALUE, true);
    }

    void append(String text) {
        byte[] more = text.getBytes(StandardCharsets.UTF_8);
        byte[] joined = Arrays.copyOf(bytes, bytes.length + more.length);
        System.arraycopy(more, 0, joined, bytes.length, more.length);
        bytes = joined;
    }

    long size() {
        return bytes.length;
    }

    @Override
    public LogChunk read(long offset, int limit) {
        int from = (int) Math.min(offset, bytes.length);
        int to = Math.min(bytes.length, from + Math.min(limit, piece));
        given += to - from;
        return new LogChunk(offset, Arrays.copyOfRange(bytes, from, to), complete && to == bytes.length);
    }
}
