package io.ropewalk.log;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which lines of a log to show.
///
/// @param lines at most about so many
/// @param context lines to show before and after each match
/// @param partial also what there is of a last line that has no end yet
public record LogSearch(LinePattern pattern, int lines, int context, boolean partial) {
    static final int MOST_LINES = 10_000;
    static final int MOST_CONTEXT = 50;
    /// One answer reads no more than this; a long search goes on with the next request.
    static final long MOST_BYTES = 32L * 1024 * 1024;
    /// One answer carries no more text than this.
    static final long MOST_CHARACTERS = 4L * 1024 * 1024;

    public LogSearch {
        if (lines < 1 || lines > MOST_LINES) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST, "'limit' is a number of lines from 1 to %d.".formatted(MOST_LINES));
        }
        if (context < 0 || context > MOST_CONTEXT) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST, "'context' is a number of lines from 0 to %d.".formatted(MOST_CONTEXT));
        }
    }

    public static LogSearch everything(int lines) {
        return new LogSearch(LinePattern.ANY, lines, 0, false);
    }

    /// What was found, and where to go on.
    ///
    /// @param end the log ends here
    /// @param exhausted there is nothing more to read now
    public record Found(List<LogLine> lines, long next, boolean end, boolean exhausted) {}

    public Found in(LogBytes bytes, long offset) {
        return pattern instanceof LinePattern.Any ? all(bytes, offset) : matches(bytes, offset);
    }

    private Found all(LogBytes bytes, long offset) {
        LineReader reader = new LineReader(bytes, offset);
        List<LogLine> found = new ArrayList<>();
        long characters = 0;
        while (found.size() < lines && characters < MOST_CHARACTERS) {
            Optional<LogLine> line = reader.next();
            if (line.isEmpty()) {
                if (partial) {
                    reader.pending().ifPresent(found::add);
                }
                return new Found(found, reader.position(), reader.finished(), true);
            }
            found.add(line.get());
            characters += line.get().text().length();
        }
        return new Found(found, reader.position(), false, false);
    }

    private Found matches(LogBytes bytes, long offset) {
        LineReader reader = new LineReader(bytes, offset);
        Matches matches = new Matches(pattern, context);
        while (matches.wantsMore()
                || (matches.found().size() < lines
                        && matches.characters() < MOST_CHARACTERS
                        && reader.position() - offset < MOST_BYTES)) {
            Optional<LogLine> next = reader.next();
            if (next.isEmpty()) {
                long resume = matches.end(reader.finished(), reader.position());
                return new Found(matches.found(), resume, reader.finished(), true);
            }
            matches.take(next.get());
        }
        return new Found(matches.found(), matches.resume(reader.position()), false, false);
    }
}
