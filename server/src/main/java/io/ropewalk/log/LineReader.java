package io.ropewalk.log;

import io.ropewalk.spi.executor.LogChunk;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Cuts a log into lines, holding no more than one window of it. Where a line begins and ends depends on the
/// bytes and on where reading began, never on how they arrived.
///
/// A line longer than [#LONGEST] is folded. One that is rewritten with carriage returns is shown as its last
/// state; a bar that is rewritten for longer than a window shows one state per window.
public final class LineReader {
    private static final int ANY = -1;
    static final int LONGEST = 64 * 1024;
    private static final int WINDOW = 256 * 1024;
    static final int CHUNK = 256 * 1024;

    private final LogBytes bytes;
    private final int chunk;
    private final int sign;
    private byte[] buffer = new byte[0];
    private int begin;
    private int end;
    private long position;
    private long read;
    private boolean drained;
    private boolean complete;
    /// What stands behind a gap, until the rest of the line before it has been given.
    private @Nullable LogChunk behindGap;
    /// Stands for what was dropped.
    private @Nullable LogLine notice;

    public LineReader(LogBytes bytes, long offset) {
        this(bytes, offset, CHUNK);
    }

    /// @param chunk how much is read at once; it changes nothing but how often
    LineReader(LogBytes bytes, long offset, int chunk) {
        this(bytes, offset, chunk, ANY);
    }

    /// Lines that do not begin with this sign come without their text: they need not be decoded.
    public static LineReader ofLinesWith(char sign, LogBytes bytes, long offset) {
        return new LineReader(bytes, offset, CHUNK, sign);
    }

    private LineReader(LogBytes bytes, long offset, int chunk, int sign) {
        this.bytes = bytes;
        this.chunk = chunk;
        this.sign = sign;
        this.position = offset;
    }

    /// Where the next line begins: what to resume from.
    public long position() {
        return position;
    }

    /// Where what has been read so far ends: behind [#pending].
    public long end() {
        return position + (end - begin);
    }

    /// Everything was read and nothing will follow.
    public boolean finished() {
        return complete && begin == end;
    }

    long bytesRead() {
        return read;
    }

    /// The next whole line; empty when none is there yet, or no more.
    public Optional<LogLine> next() {
        int newline = find();
        LogLine dropped = notice;
        if (dropped != null) {
            notice = null;
            return Optional.of(dropped);
        }
        if (behindGap != null && end > begin) {
            return Optional.of(cut(end, end));
        }
        if (newline >= 0) {
            return Optional.of(cut(newline, newline + 1));
        }
        if (end - begin >= WINDOW) {
            return Optional.of(fold(begin + WINDOW));
        }
        if (complete && end > begin) {
            return Optional.of(cut(end, end));
        }
        return Optional.empty();
    }

    /// What there is of the line that has no end yet, after [#next] had nothing more to give.
    public Optional<LogLine> pending() {
        if (begin == end) {
            return Optional.empty();
        }
        Span shown = lastState(end);
        int to = Math.min(shown.to(), characterStart(shown.from() + LONGEST, shown.from()));
        return Optional.of(new LogLine(position, text(shown.from(), to), null, null, true));
    }

    private int find() {
        int scanned = begin;
        while (true) {
            int limit = Math.min(end, begin + WINDOW);
            for (int i = scanned; i < limit; i++) {
                if (buffer[i] == '\n') {
                    return i;
                }
            }
            int length = limit - begin;
            if (length == WINDOW || !fill()) {
                return -1;
            }
            scanned = begin + length;
        }
    }

    private boolean fill() {
        if (complete || drained || (behindGap != null && end > begin)) {
            return false;
        }
        LogChunk next = behindGap != null ? behindGap : bytes.read(position + (end - begin), chunk);
        long expected = position + (end - begin);
        if (next.offset() > expected) {
            if (end > begin) {
                behindGap = next;
                return false;
            }
            behindGap = null;
            notice = new LogLine(expected, droppedNotice(next.offset() - expected));
            position = next.offset();
        }
        complete = next.complete();
        drained = next.bytes().length == 0;
        if (drained) {
            return false;
        }
        byte[] piece = next.bytes();
        read += piece.length;
        if (begin == end) {
            buffer = piece;
            begin = 0;
            end = piece.length;
        } else {
            byte[] joined = Arrays.copyOfRange(buffer, begin, end + piece.length);
            System.arraycopy(piece, 0, joined, end - begin, piece.length);
            end = end - begin + piece.length;
            begin = 0;
            buffer = joined;
        }
        return true;
    }

    static String droppedNotice(long bytes) {
        return "[ropewalk] %,d bytes are left out here: the log is larger than limits.log".formatted(bytes);
    }

    private record Span(int from, int to) {}

    /// A line that ends before `to`; what follows begins at `next`.
    private LogLine cut(int to, int next) {
        Span shown = lastState(to);
        if (shown.to() - shown.from() > LONGEST) {
            int edge = characterStart(shown.from() + LONGEST, shown.from());
            return emit(text(shown.from(), edge), edge);
        }
        return emit(text(shown.from(), shown.to()), next);
    }

    /// The first part of a line that has no end before `to`.
    private LogLine fold(int to) {
        for (int i = to - 1; i >= begin; i--) {
            if (buffer[i] == '\r') {
                return cut(i + 1, i + 1);
            }
        }
        int edge = characterStart(begin + LONGEST, begin);
        return emit(text(begin, edge), edge);
    }

    private LogLine emit(String text, int next) {
        LogLine line = new LogLine(position, text);
        position += next - begin;
        begin = next;
        return line;
    }

    /// What is left on the screen of a line that was written over with carriage returns.
    private Span lastState(int to) {
        int last = to;
        while (last > begin && buffer[last - 1] == '\r') {
            last--;
        }
        int first = last;
        while (first > begin && buffer[first - 1] != '\r') {
            first--;
        }
        return new Span(first, last);
    }

    /// The nearest place at or before `at` that does not split a character.
    private int characterStart(int at, int from) {
        if (at >= end) {
            return end;
        }
        int start = at;
        while (start > from && at - start < 4 && (buffer[start] & 0xC0) == 0x80) {
            start--;
        }
        return at - start == 4 || start == from ? at : start;
    }

    private String text(int from, int to) {
        if (sign != ANY && (from == to || buffer[from] != sign)) {
            return "";
        }
        return new String(buffer, from, to - from, StandardCharsets.UTF_8);
    }
}
