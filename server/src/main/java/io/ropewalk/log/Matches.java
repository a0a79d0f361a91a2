package io.ropewalk.log;

import io.ropewalk.support.text.AnsiText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// The lines that match, with what stands around them. A traceback stays whole: a match in one of its lines
/// shows all of them.
final class Matches {
    private static final int LONGEST_TRACEBACK = 300;

    private final LinePattern pattern;
    private final int context;
    private final List<LogLine> found = new ArrayList<>();
    private final Deque<LogLine> before = new ArrayDeque<>();
    private final TracebackParts parts = new TracebackParts();
    /// The traceback that is being read, each of its lines with whether it matches; nothing of it is in `found`.
    private final List<LogLine> traceback = new ArrayList<>();
    private boolean tracebackMatches;
    private boolean lastWasFound;
    private long characters;
    private int after;

    Matches(LinePattern pattern, int context) {
        this.pattern = pattern;
        this.context = context;
    }

    List<LogLine> found() {
        return found;
    }

    long characters() {
        return characters;
    }

    /// What has been found since the last time.
    List<LogLine> drain() {
        List<LogLine> drained = List.copyOf(found);
        found.clear();
        return drained;
    }

    boolean wantsMore() {
        return after > 0 || !traceback.isEmpty();
    }

    void take(LogLine read) {
        LogLine line = read.matching(pattern.matches(read));
        switch (parts.next(AnsiText.plain(read.text()))) {
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
