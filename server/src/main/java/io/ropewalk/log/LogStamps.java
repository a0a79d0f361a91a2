package io.ropewalk.log;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What is known of when a run's lines were written, and whether the reader wants to see it.
///
/// @param now what a line of a growing log is from that nobody has noted the time of yet
/// @param shown whether lines carry their time
public record LogStamps(LogTimes.Times times, Instant now, boolean shown) {
    public static final LogStamps NONE = new LogStamps(LogTimes.Times.NONE, Instant.EPOCH, false);

    LogLine stamp(LogFile file, int attempt, LogLine line) {
        return shown ? line.writtenAt(at(file, attempt, line)) : line;
    }

    private @Nullable Instant at(LogFile file, int attempt, LogLine line) {
        if (file.name().equals(LogFile.MASTER)) {
            // Its lines begin with their time.
            return null;
        }
        long at = times.at(file.name(), attempt, line.offset());
        if (at != LogTimes.Times.UNKNOWN) {
            return Instant.ofEpochMilli(at);
        }
        return file.complete() || attempt != file.attempt() ? null : now;
    }
}
