package io.ropewalk.log;

import io.ropewalk.spi.executor.LogChunk;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Looks for a pattern through a whole log, as fast as its bytes can be had: only lines that hold the text which the
/// pattern requires are made into lines at all. A match whose letters colours stand between is not found so; that
/// of a pattern without such a text is, line by line.
public final class LogScan {
    static final int CHUNK = 2 * 1024 * 1024;

    private final LinePattern pattern;
    private final int context;
    private final Optional<ByteNeedle> needle;

    public LogScan(LinePattern pattern, int context) {
        this.pattern = pattern;
        this.context = context;
        this.needle = pattern.required().map(ByteNeedle::new);
    }

    /// @param lines those that match, with what stands around them
    /// @param next where to go on
    /// @param bytes how many were read
    /// @param end the log was read as far as it goes now
    public record Found(List<LogLine> lines, int matches, long next, long bytes, boolean end) {
        public Found {
            lines = List.copyOf(lines);
        }
    }

    /// @param limit matching lines at most
    /// @param enough asked now and then; true ends the search where it is
    public Found in(LogBytes bytes, long offset, int limit, BooleanSupplier enough) {
        return needle.isPresent()
                ? scan(needle.get(), bytes, offset, limit, enough)
                : lineByLine(bytes, offset, limit, enough);
    }

    private Found lineByLine(LogBytes bytes, long offset, int limit, BooleanSupplier enough) {
        LineReader reader = new LineReader(bytes, offset);
        Around around = new Around();
        int looked = 0;
        while (around.matches < limit || around.after > 0) {
            if (++looked % 1024 == 0 && enough.getAsBoolean()) {
                return new Found(around.lines, around.matches, reader.position(), reader.bytesRead(), false);
            }
            Optional<LogLine> line = reader.next().or(reader::pending);
            if (line.isEmpty() || line.get().partial() != null) {
                line.ifPresent(last -> around.take(new LogLine(last.offset(), last.text())));
                return new Found(around.lines, around.matches, reader.end(), reader.bytesRead(), true);
            }
            around.take(line.get());
        }
        return new Found(around.lines, around.matches, reader.position(), reader.bytesRead(), false);
    }

    private Found scan(ByteNeedle text, LogBytes log, long offset, int limit, BooleanSupplier enough) {
        Around around = new Around();
        long read = 0;
        long begin = offset;
        long from = offset;
        while (true) {
            if (read > 0 && enough.getAsBoolean()) {
                return new Found(around.lines, around.matches, from, read, false);
            }
            byte[] bytes = filled(log, begin);
            read += bytes.length;
            // Less than was asked for: there is no more now.
            boolean last = bytes.length < CHUNK;
            int edge = last ? bytes.length : wholeLines(bytes);
            int at = (int) (from - begin);
            while (at < edge) {
                int hit = text.find(bytes, at, edge);
                if (hit < 0) {
                    break;
                }
                at = around.take(bytes, begin, hit, edge);
                if (around.matches >= limit) {
                    return new Found(around.lines, around.matches, begin + at, read, last && at >= edge);
                }
            }
            if (last) {
                return new Found(around.lines, around.matches, begin + edge, read, true);
            }
            from = begin + edge;
            begin += linesBack(bytes, edge);
        }
    }

    /// A whole chunk, or what there is of it.
    private static byte[] filled(LogBytes log, long begin) {
        LogChunk chunk = log.read(begin, CHUNK);
        byte[] bytes = chunk.bytes();
        while (bytes.length < CHUNK && !chunk.complete()) {
            chunk = log.read(begin + bytes.length, CHUNK - bytes.length);
            if (chunk.bytes().length == 0) {
                break;
            }
            byte[] joined = Arrays.copyOf(bytes, bytes.length + chunk.bytes().length);
            System.arraycopy(chunk.bytes(), 0, joined, bytes.length, chunk.bytes().length);
            bytes = joined;
        }
        return bytes;
    }

    /// Where the last whole line ends; all of it when one line fills it, so that a match at its edge may be missed.
    private static int wholeLines(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return end == 0 ? bytes.length : end;
    }

    /// So many lines before this place as may be shown before a match; none when they are too long.
    private int linesBack(byte[] bytes, int edge) {
        int at = edge;
        for (int i = 0; i < context && at > 0; i++) {
            at = lineBegin(bytes, at - 1);
        }
        return edge - at > CHUNK / 2 ? edge : at;
    }

    private static int lineBegin(byte[] bytes, int at) {
        int begin = at;
        while (begin > 0 && bytes[begin - 1] != '\n') {
            begin--;
        }
        return begin;
    }

    /// Lines found so far, each once and in order.
    private final class Around {
        private final List<LogLine> lines = new ArrayList<>();
        private final List<LogLine> before = new ArrayList<>();
        private int matches;
        private int after;

        /// The next line of the log, when none is left out.
        void take(LogLine line) {
            if (pattern.matches(line)) {
                lines.addAll(before);
                before.clear();
                lines.add(line.matching(true));
                matches++;
                after = context;
            } else if (after > 0) {
                lines.add(line.matching(false));
                after--;
            } else if (context > 0) {
                before.add(line.matching(false));
                if (before.size() > context) {
                    before.removeFirst();
                }
            }
        }

        /// The line around a hit, and what is shown with it.
        ///
        /// @return where to look on
        int take(byte[] bytes, long begin, int hit, int edge) {
            int start = lineBegin(bytes, hit);
            LogLine line = line(bytes, begin, start, edge);
            if (!pattern.matches(line)) {
                return lineEnd(bytes, start, edge);
            }
            long shown = lines.isEmpty() ? -1 : lines.getLast().offset();
            int back = start;
            for (int i = 0; i < context && back > 0; i++) {
                int earlier = lineBegin(bytes, back - 1);
                if (begin + earlier <= shown) {
                    break;
                }
                back = earlier;
            }
            for (int at = back; at < start; at = lineEnd(bytes, at, edge)) {
                lines.add(line(bytes, begin, at, edge).matching(false));
            }
            lines.add(line.matching(true));
            matches++;
            int next = lineEnd(bytes, start, edge);
            for (int left = context; left > 0 && next < edge; left--) {
                LogLine following = line(bytes, begin, next, edge);
                boolean also = pattern.matches(following);
                lines.add(following.matching(also));
                if (also) {
                    matches++;
                    left = context + 1;
                }
                next = lineEnd(bytes, next, edge);
            }
            return next;
        }
    }

    private static int lineEnd(byte[] bytes, int from, int edge) {
        for (int i = from; i < edge; i++) {
            if (bytes[i] == '\n') {
                return i + 1;
            }
        }
        return edge;
    }

    /// As a reader shows it: of a line that was written over only the last state, of a long one the beginning.
    private static LogLine line(byte[] bytes, long begin, int start, int edge) {
        int end = lineEnd(bytes, start, edge);
        int last = end;
        while (last > start && (bytes[last - 1] == '\n' || bytes[last - 1] == '\r')) {
            last--;
        }
        int first = last;
        while (first > start && bytes[first - 1] != '\r') {
            first--;
        }
        int to = Math.min(last, first + LineReader.LONGEST);
        return new LogLine(begin + start, new String(bytes, first, to - first, StandardCharsets.UTF_8));
    }
}
