package io.ropewalk.log;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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
        Matches matches = new Matches();
        while (matches.wantsMore()
                || (matches.found.size() < lines
                        && matches.characters < MOST_CHARACTERS
                        && reader.position() - offset < MOST_BYTES)) {
            Optional<LogLine> next = reader.next();
            if (next.isEmpty()) {
                long resume = matches.end(reader.finished(), reader.position());
                return new Found(matches.found, resume, reader.finished(), true);
            }
            matches.take(next.get());
        }
        return new Found(matches.found, matches.resume(reader.position()), false, false);
    }

    /// The lines that match, with what stands around them. A traceback stays whole: a match in one of its lines
    /// shows all of them.
    private final class Matches {
        private static final int LONGEST_TRACEBACK = 300;

        private final List<LogLine> found = new ArrayList<>();
        private final Deque<LogLine> before = new ArrayDeque<>();
        private final TracebackParts parts = new TracebackParts();
        /// The traceback that is being read, each of its lines with whether it matches; nothing of it is in `found`.
        private final List<LogLine> traceback = new ArrayList<>();
        private boolean tracebackMatches;
        private boolean lastWasFound;
        private long characters;
        private int after;

        boolean wantsMore() {
            return after > 0 || !traceback.isEmpty();
        }

        void take(LogLine read) {
            LogLine line = read.matching(pattern.matches(read));
            switch (parts.next(LinePattern.withoutColours(read.text()))) {
                case OUTSIDE -> {
                    endTraceback();
                    ordinary(line);
                }
                case BEGINS -> {
                    endTraceback();
                    add(line);
                }
                case CONTINUES, NAMES -> {
                    if (traceback.isEmpty()) {
                        LogLine first = before.pollLast();
                        if (first != null) {
                            add(first);
                        }
                        tracebackMatches |= first == null && lastWasFound;
                    }
                    add(line);
                }
            }
        }

        private void add(LogLine line) {
            traceback.add(line);
            tracebackMatches |= Boolean.TRUE.equals(line.match());
            if (traceback.size() >= LONGEST_TRACEBACK) {
                endTraceback();
            }
        }

        private void endTraceback() {
            List<LogLine> whole = List.copyOf(traceback);
            traceback.clear();
            if (tracebackMatches) {
                tracebackMatches = false;
                found(whole);
            } else {
                whole.forEach(this::ordinary);
            }
        }

        private void ordinary(LogLine line) {
            lastWasFound = Boolean.TRUE.equals(line.match());
            if (lastWasFound) {
                found(List.of(line));
            } else if (after > 0) {
                found.add(line);
                after--;
            } else {
                before.addLast(line);
                // One more than is shown: it may turn out to be the first line of a traceback.
                if (before.size() > context + 1) {
                    before.removeFirst();
                }
            }
        }

        private void found(List<LogLine> together) {
            if (before.size() > context) {
                before.removeFirst();
            }
            found.addAll(before);
            before.clear();
            found.addAll(together);
            together.forEach(line -> characters += line.text().length());
            after = context;
        }

        /// Nothing more is there now.
        long end(boolean finished, long position) {
            if (finished || tracebackMatches) {
                endTraceback();
            }
            return finished ? position : resume(position);
        }

        /// Lines that may still be wanted are read again by the next search.
        long resume(long position) {
            if (!before.isEmpty()) {
                return before.getFirst().offset();
            }
            return traceback.isEmpty() ? position : traceback.getFirst().offset();
        }
    }
}
