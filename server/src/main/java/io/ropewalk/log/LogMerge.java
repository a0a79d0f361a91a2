package io.ropewalk.log;

import io.ropewalk.support.text.AnsiText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;

/// Reads several logs as one, in the order of time as far as it is known. A traceback stays together, whatever others
/// wrote meanwhile. Holds a small piece of each log at a time.
final class LogMerge {
    private static final int MOST_HELD = 8 * 1024 * 1024;
    private static final int SMALLEST_PIECE = 4 * 1024;
    private static final int LONGEST_TRACEBACK = 300;

    private final LogSource source;
    private final LogStamps stamps;
    private final LogSearch search;
    private final List<LogLine> lines = new ArrayList<>();
    private long characters;
    private long bytes;

    LogMerge(LogSource source, LogStamps stamps, LogSearch search) {
        this.source = source;
        this.stamps = stamps;
        this.search = search;
    }

    LogPage page(List<LogFile> files, LogPosition from) {
        int piece = Math.clamp(MOST_HELD / Math.max(1, files.size()), SMALLEST_PIECE, LineReader.CHUNK);
        List<One> all = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            LogFile file = files.get(i);
            LogPosition.At at = from.logs()
                    .getOrDefault(
                            file.name(), new LogPosition.At(file.attempts().getFirst(), 0));
            all.add(new One(file, i, piece, at));
        }
        PriorityQueue<One> queue = new PriorityQueue<>();
        all.forEach(one -> one.advance(queue));
        while (!queue.isEmpty() && wantsMore()) {
            One one = queue.remove();
            int together = 0;
            do {
                one.take();
                one.advance(queue);
            } while (one.continuesTraceback() && ++together < LONGEST_TRACEBACK && queue.remove(one));
        }
        Map<String, LogPosition.At> reached = new LinkedHashMap<>(from.logs());
        boolean complete = true;
        for (One one : all) {
            reached.put(one.file.name(), one.end());
            complete &= one.complete;
        }
        return new LogPage(lines, new LogPosition(reached).toString(), complete);
    }

    private boolean wantsMore() {
        return lines.size() < search.lines() && characters < LogSearch.MOST_CHARACTERS && bytes < LogSearch.MOST_BYTES;
    }

    /// One of the logs, at the line that comes next.
    private final class One implements Comparable<One> {
        private final LogFile file;
        private final int place;
        private final int piece;
        private final boolean everything = search.pattern() instanceof LinePattern.Any;
        private int attempt;
        private LineReader reader;
        private Matches matches;
        private TracebackParts parts = new TracebackParts();
        private Optional<LogLine> head = Optional.empty();
        private TracebackParts.Part part = TracebackParts.Part.OUTSIDE;
        private long time;
        private boolean complete;

        One(LogFile file, int place, int piece, LogPosition.At at) {
            this.file = file;
            this.place = place;
            this.piece = piece;
            this.attempt = at.attempt();
            this.reader = reader(at.offset());
            this.matches = new Matches(search.pattern(), search.context());
        }

        private LineReader reader(long offset) {
            return new LineReader(source.bytes(file.name(), attempt), offset, piece);
        }

        /// Goes to the next line, if there is one now, and into the queue with it.
        void advance(PriorityQueue<One> queue) {
            head = reader.next();
            while (head.isEmpty() && later() > 0) {
                // What was followed by another attempt has ended, even if its last line never did.
                matches.end(true, reader.position());
                add(matches.drain());
                attempt = later();
                reader = reader(0);
                matches = new Matches(search.pattern(), search.context());
                parts = new TracebackParts();
                time = 0;
                head = reader.next();
            }
            head.ifPresent(line -> {
                part = parts.next(AnsiText.plain(line.text()));
                // A log is in its own order, whatever the clock did.
                time = Math.max(time, timeOf(line));
                queue.add(this);
            });
        }

        private void add(List<LogLine> more) {
            for (LogLine line : more) {
                lines.add(stamps.stamp(file, attempt, line).of(file.name()));
                characters += line.text().length();
            }
        }

        private long timeOf(LogLine line) {
            return file.name().equals(LogFile.MASTER)
                    ? MasterLog.timeOf(line.text()).orElse(time)
                    : stamps.times().at(file.name(), attempt, line.offset());
        }

        private int later() {
            return file.attempts().stream()
                    .filter(each -> each > attempt)
                    .findFirst()
                    .orElse(0);
        }

        boolean continuesTraceback() {
            return head.isPresent() && (part == TracebackParts.Part.CONTINUES || part == TracebackParts.Part.NAMES);
        }

        void take() {
            LogLine line = head.orElseThrow();
            if (everything) {
                add(List.of(line));
            } else {
                matches.take(line);
                add(matches.drain());
            }
            bytes += reader.position() - line.offset();
        }

        /// Nothing more of it is shown in this page; says where the next one begins.
        LogPosition.At end() {
            if (head.isPresent()) {
                while (!everything && head.isPresent() && matches.wantsMore()) {
                    take();
                    head = reader.next();
                }
                long next = head.map(LogLine::offset).orElseGet(reader::position);
                return new LogPosition.At(attempt, everything ? next : matches.resume(next));
            }
            if (everything) {
                if (search.partial()) {
                    reader.pending().ifPresent(line -> add(List.of(line)));
                }
                complete = reader.finished() && file.complete();
                return new LogPosition.At(attempt, reader.position());
            }
            long next = matches.end(reader.finished(), reader.position());
            add(matches.drain());
            complete = reader.finished() && file.complete();
            return new LogPosition.At(attempt, next);
        }

        @Override
        public int compareTo(One other) {
            int byTime = Long.compare(time, other.time);
            return byTime != 0 ? byTime : Integer.compare(place, other.place);
        }
    }
}
