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
    /// So much before and behind a span is read for the lines around a match.
    private static final int BESIDE = 16 * 1024;

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
        return in(bytes, offset, List.of(LogSpan.behind(0)), limit, enough);
    }

    /// Looks only where a match may be.
    ///
    /// @param spans of whole lines, in order; every match lies in one of them
    public Found in(LogBytes bytes, long offset, List<LogSpan> spans, int limit, BooleanSupplier enough) {
        if (needle.isEmpty()) {
            return lineByLine(bytes, offset, limit, enough);
        }
        Scan scan = new Scan(bytes, needle.get(), limit, enough, offset);
        boolean end = true;
        for (LogSpan span : spans) {
            if (end && span.to() > scan.next) {
                end = scan.over(span);
            }
        }
        return new Found(scan.around.lines, scan.around.matches, scan.next, scan.read, end);
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

    /// One search, from span to span.
    private final class Scan {
        private final LogBytes log;
        private final ByteNeedle text;
        private final int limit;
        private final BooleanSupplier enough;
        private final Around around = new Around();
        private long next;
        private long read;

        Scan(LogBytes log, ByteNeedle text, int limit, BooleanSupplier enough, long offset) {
            this.log = log;
            this.text = text;
            this.limit = limit;
            this.enough = enough;
            this.next = offset;
        }

        /// @return false when it stopped before the span's end
        boolean over(LogSpan span) {
            long from = Math.max(next, span.from());
            // What is shown around a match may stand before and behind the span.
            long begin = context == 0 ? from : Math.max(0, from - BESIDE);
            boolean cut = begin > 0 && begin < from;
            while (true) {
                if (read > 0 && enough.getAsBoolean()) {
                    next = from;
                    return false;
                }
                long beside = context == 0 ? 0 : BESIDE;
                int wanted = (int) Math.min(CHUNK, Math.min(CHUNK, span.to() - begin) + beside);
                LogChunk filled = filled(log, begin, wanted);
                byte[] bytes = filled.bytes();
                read += bytes.length;
                if (filled.offset() > begin) {
                    // What stood there has been dropped.
                    begin = filled.offset();
                    from = Math.max(from, begin);
                    cut = false;
                }
                if (begin >= span.to()) {
                    next = Math.max(next, span.to());
                    return true;
                }
                // No more is there now, or what follows has been dropped.
                boolean last = filled.complete();
                boolean reaches = span.to() - begin <= bytes.length;
                int edge = last || (reaches && context == 0) ? bytes.length : wholeLines(bytes);
                int until = (int) Math.min(edge, span.to() - begin);
                int head = cut ? lineEnd(bytes, 0, (int) Math.min(edge, from - begin)) : 0;
                int at = (int) Math.min(from - begin, edge);
                while (at < until) {
                    int hit = text.find(bytes, at, until);
                    if (hit < 0) {
                        break;
                    }
                    at = around.take(bytes, begin, head, hit, edge);
                    if (around.matches >= limit) {
                        next = begin + at;
                        return last && at >= edge;
                    }
                }
                next = Math.max(begin + until, begin + at);
                if (next >= span.to()) {
                    return true;
                }
                if (last) {
                    long behind = log.read(begin + bytes.length, 1).offset();
                    if (bytes.length == 0 || behind <= begin + bytes.length) {
                        return true;
                    }
                    next = behind;
                    from = behind;
                    begin = behind;
                    cut = false;
                    continue;
                }
                from = next;
                begin += linesBack(bytes, until);
                cut = false;
            }
        }
    }

    /// As much as is wanted, or what there is of it.
    ///
    /// @return complete when nothing follows it directly
    private static LogChunk filled(LogBytes log, long begin, int wanted) {
        LogChunk chunk = log.read(begin, wanted);
        long offset = chunk.offset();
        byte[] bytes = chunk.bytes();
        while (bytes.length < wanted && !chunk.complete()) {
            chunk = log.read(offset + bytes.length, wanted - bytes.length);
            if (chunk.bytes().length == 0 || chunk.offset() != offset + bytes.length) {
                break;
            }
            byte[] joined = Arrays.copyOf(bytes, bytes.length + chunk.bytes().length);
            System.arraycopy(chunk.bytes(), 0, joined, bytes.length, chunk.bytes().length);
            bytes = joined;
        }
        return new LogChunk(offset, bytes, bytes.length < wanted);
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
        /// @param head where the first whole line begins
        /// @return where to look on
        int take(byte[] bytes, long begin, int head, int hit, int edge) {
            int start = lineBegin(bytes, hit);
            LogLine line = line(bytes, begin, start, edge);
            if (!pattern.matches(line)) {
                return lineEnd(bytes, start, edge);
            }
            long shown = lines.isEmpty() ? -1 : lines.getLast().offset();
            int back = start;
            for (int i = 0; i < context && back > head; i++) {
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
