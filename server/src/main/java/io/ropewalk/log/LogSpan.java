package io.ropewalk.log;

/// Bytes of a log, the last one not among them.
public record LogSpan(long from, long to) {
    /// Everything from there on, however much there will be.
    public static LogSpan behind(long from) {
        return new LogSpan(from, Long.MAX_VALUE);
    }
}
