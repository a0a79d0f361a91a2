package io.ropewalk.log;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A line as it is shown: decoded, without its end, of a line that a progress bar has rewritten only the last
/// state. Colours (ANSI sequences) are left in it.
///
/// @param offset of its first byte in its log
/// @param log which log it is from, where several are shown together
/// @param match whether the pattern that was asked for is in it; absent when none was asked for
/// @param partial it has no end yet: a later line with this offset replaces it
/// @param at about when it was written; absent when that is not known, or was not asked for
public record LogLine(
        long offset,
        String text,
        @Nullable String log,
        @Nullable Boolean match,
        @Nullable Boolean partial,
        @Nullable Instant at) {
    public LogLine(long offset, String text, @Nullable String log, @Nullable Boolean match, @Nullable Boolean partial) {
        this(offset, text, log, match, partial, null);
    }

    LogLine(long offset, String text) {
        this(offset, text, null, null, null, null);
    }

    LogLine of(String name) {
        return new LogLine(offset, text, name, match, partial, at);
    }

    LogLine matching(boolean matches) {
        return new LogLine(offset, text, log, matches, partial, at);
    }

    LogLine writtenAt(@Nullable Instant time) {
        return new LogLine(offset, text, log, match, partial, time);
    }
}
