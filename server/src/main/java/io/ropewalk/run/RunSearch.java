package io.ropewalk.run;

import io.ropewalk.access.Scope;
import io.ropewalk.log.LinePattern;
import io.ropewalk.log.LogFile;
import io.ropewalk.log.LogLine;
import io.ropewalk.log.LogScan;
import io.ropewalk.log.LogSource;
import io.ropewalk.log.LogSpan;
import io.ropewalk.search.LogIndex;
import io.ropewalk.search.LogKey;
import io.ropewalk.search.Parts;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.http.Position;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds lines in the logs of all runs that somebody may see, the newest run first. The index says where a match may
/// be; what it does not know yet is read, so nothing is missing, and as much at a time as fits into [#TIME]; an answer
/// says where to go on. No more than a few look at once. Thread-safe.
final class RunSearch {
    private static final Duration TIME = Duration.ofMillis(1_500);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int AT_ONCE = 2;
    private static final int RUNS = 50;
    private static final long MOST_CHARACTERS = 4L * 1024 * 1024;
    private static final Pattern CURSOR = Pattern.compile(
            "(\\d{1,18}_[-a-zA-Z0-9]{1,64})(?::([a-zA-Z0-9][-a-zA-Z0-9_]{0,127})\\.(\\d{1,9})=(\\d{1,18}))?");

    private final RunStore store;
    private final RunLogs logs;
    private final LogIndex index;
    private final Semaphore turns = new Semaphore(AT_ONCE);

    RunSearch(RunStore store, RunLogs logs, LogIndex index) {
        this.store = store;
        this.logs = logs;
        this.index = index;
    }

    /// @param next give it as `cursor` to go on; absent when all logs have been read
    /// @param bytes how much was read for this answer
    record Found(List<Hits> items, @Nullable String next, long bytes) {
        Found {
            items = List.copyOf(items);
        }
    }

    /// Lines of one log.
    ///
    /// @param name the run's, as people say it: `train-7`
    /// @param log whose lines they are
    record Hits(
            String run,
            long number,
            String name,
            String project,
            String workspace,
            String state,
            String log,
            int attempt,
            List<LogLine> lines) {}

    /// Where a search is.
    ///
    /// @param log empty at a run's beginning
    private record Place(Position run, String log, int attempt, long offset) {
        String text() {
            return run.cursor() + (log.isEmpty() ? "" : ":%s.%d=%d".formatted(log, attempt, offset));
        }

        static @Nullable Place parse(@Nullable String cursor) {
            if (cursor == null) {
                return null;
            }
            Matcher matcher = CURSOR.matcher(cursor);
            Position run = matcher.matches() ? Position.parse(matcher.group(1)) : null;
            if (run == null) {
                throw new RopewalkException(
                        ErrorCode.INVALID_REQUEST, "'cursor' is not one that this search gave; begin without.");
            }
            return matcher.group(2) == null
                    ? new Place(run, "", 0, 0)
                    : new Place(
                            run,
                            matcher.group(2),
                            Integer.parseInt(matcher.group(3)),
                            Long.parseLong(matcher.group(4)));
        }
    }

    Found find(Scope scope, LinePattern pattern, int context, int limit, @Nullable String cursor) {
        Place from = Place.parse(cursor);
        try {
            if (!turns.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new RopewalkException(
                        ErrorCode.UNAVAILABLE, "Others search the logs now, and each search reads much; try again.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RopewalkException(ErrorCode.UNAVAILABLE, "The server is ending; try again.", e);
        }
        try {
            long end = System.nanoTime() + TIME.toNanos();
            Optional<Parts> parts =
                    pattern.required().flatMap(text -> index.holding(text.getBytes(StandardCharsets.UTF_8)));
            return new Search(scope, new LogScan(pattern, context), parts, limit, () -> System.nanoTime() - end >= 0)
                    .from(from);
        } finally {
            turns.release();
        }
    }

    private final class Search {
        private final Scope scope;
        private final LogScan scan;
        private final Optional<Parts> parts;
        private final int limit;
        private final BooleanSupplier late;
        private final List<Hits> items = new ArrayList<>();
        private int matches;
        private long bytes;
        private long characters;

        Search(Scope scope, LogScan scan, Optional<Parts> parts, int limit, BooleanSupplier late) {
            this.scope = scope;
            this.scan = scan;
            this.parts = parts;
            this.limit = limit;
            this.late = late;
        }

        Found from(@Nullable Place begin) {
            Place place = begin;
            while (true) {
                List<Run> runs = store.newest(scope, place == null ? null : place.run(), RUNS + 1);
                for (Run run : runs.subList(0, Math.min(RUNS, runs.size()))) {
                    Position at = run.position();
                    Place inRun = place != null && place.run().equals(at) ? place : new Place(at, "", 0, 0);
                    // What was not begun is left to the next answer; each answer gets on by one look at least.
                    if (enough() && bytes > 0) {
                        return new Found(items, inRun.text(), bytes);
                    }
                    Place stopped = search(run, inRun);
                    if (stopped != null) {
                        return new Found(items, stopped.text(), bytes);
                    }
                }
                if (runs.size() <= RUNS) {
                    return new Found(items, null, bytes);
                }
                place = new Place(runs.getLast().position(), "", 0, 0);
                if (late.getAsBoolean()) {
                    return new Found(items, place.text(), bytes);
                }
            }
        }

        private boolean enough() {
            return matches >= limit || characters >= MOST_CHARACTERS || late.getAsBoolean();
        }

        /// @return where it stopped, null when the run is done
        private @Nullable Place search(Run run, Place begin) {
            String id = run.id().value();
            if (parts.filter(known -> known.rulesOut(id)).isPresent()) {
                return null;
            }
            Position at = run.position();
            LogSource source = logs.of(run);
            boolean reached = begin.log().isEmpty();
            for (LogFile file : source.files()) {
                for (int attempt : file.attempts()) {
                    boolean here = file.name().equals(begin.log()) && attempt == begin.attempt();
                    reached |= here;
                    if (!reached || (attempt == file.attempt() && file.bytes() == 0)) {
                        continue;
                    }
                    long offset = here ? begin.offset() : 0;
                    LogScan.Found found = found(run, source, file, attempt, offset);
                    if (!found.end() || enough()) {
                        return new Place(at, file.name(), attempt, found.next());
                    }
                }
            }
            return null;
        }

        private LogScan.Found found(Run run, LogSource source, LogFile file, int attempt, long offset) {
            LogScan.Found found;
            try {
                LogKey log = new LogKey(run.id().value(), file.name(), attempt);
                List<LogSpan> spans = parts.map(known -> known.of(log)).orElse(List.of(LogSpan.behind(0)));
                found = scan.in(source.bytes(file.name(), attempt), offset, spans, Math.max(1, limit - matches), late);
            } catch (RopewalkException e) {
                if (e.code() == ErrorCode.NOT_FOUND) {
                    // Its files are gone, or that attempt never began.
                    return new LogScan.Found(List.of(), 0, offset, 0, true);
                }
                throw e;
            }
            bytes += found.bytes();
            matches += found.matches();
            if (!found.lines().isEmpty()) {
                found.lines().forEach(line -> characters += line.text().length());
                items.add(new Hits(
                        run.id().value(),
                        run.number(),
                        run.name(),
                        run.home().project(),
                        run.home().workspace(),
                        run.state().word(),
                        file.name(),
                        attempt,
                        found.lines()));
            }
            return found;
        }
    }
}
