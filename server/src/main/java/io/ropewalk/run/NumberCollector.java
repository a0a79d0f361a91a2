package io.ropewalk.run;

import io.ropewalk.access.Scope;
import io.ropewalk.log.LineReader;
import io.ropewalk.log.LogFile;
import io.ropewalk.log.LogLine;
import io.ropewalk.metric.MetricStore;
import io.ropewalk.metric.NewPoint;
import io.ropewalk.metric.StdoutNumbers;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.failpoint.Failpoints;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes the numbers that programs print out of their logs. How far a log has been read is stored together with
/// the numbers found, so that a crash at any line neither loses nor doubles one. Thread-safe.
public final class NumberCollector {
    private static final Logger LOGGER = LoggerFactory.getLogger(NumberCollector.class);
    /// Points that are stored at once.
    private static final int BATCH = 5_000;
    /// So much of a log without numbers is read again, at most, after a restart.
    private static final long UNSTORED = 4L * 1024 * 1024;
    /// So much of each log is read by one pass, so that one that is written faster than it is read holds up no other.
    private static final long A_PASS = 4L * 1024 * 1024;
    private static final int STRIPES = 64;

    private final Database database;
    private final MetricStore store;
    private final RunLogSource logs;
    private final Watcher watcher;
    private final BiConsumer<RunId, String> says;
    private final InstantSource clock;
    /// Runs that have been told that they have too many series.
    private final Set<RunId> told = ConcurrentHashMap.newKeySet();
    private final List<Lock> stripes = new ArrayList<>();
    private final Map<RunId, Map<Log, Cursor>> cursors = new ConcurrentHashMap<>();

    /// @param watcher told how far the logs have got at each look
    /// @param says writes a line into a run's own log
    public NumberCollector(
            Database database,
            MetricStore store,
            RunLogSource logs,
            Watcher watcher,
            BiConsumer<RunId, String> says,
            InstantSource clock) {
        this.database = database;
        this.store = store;
        this.logs = logs;
        this.watcher = watcher;
        this.says = says;
        this.clock = clock;
        for (int i = 0; i < STRIPES; i++) {
            stripes.add(new ReentrantLock());
        }
    }

    /// Who wants to know how the logs of runs grow.
    @FunctionalInterface
    public interface Watcher {
        /// @param last nothing will be written any more
        void saw(RunId run, List<LogFile> files, boolean last);
    }

    private record Log(String name, int attempt) {}

    /// @param stored the position in the database
    /// @param reached how far the log has been read; between the two there was no number
    private record Cursor(long stored, long reached) {}

    /// Takes what the logs of these runs have gained, of each log so much at most. A log that cannot be read now is
    /// left for the next pass.
    public void pass(Collection<RunId> running) {
        pass(running, _ -> logs);
    }

    /// The same, where somebody may know of a run what else had to be read.
    void pass(Collection<RunId> running, Function<RunId, RunLogSource> from) {
        for (RunId run : running) {
            Lock lock = lock(run);
            if (!lock.tryLock()) {
                // Another run of this stripe is being drained, which may take long.
                continue;
            }
            try {
                collect(run, from.apply(run), false);
            } catch (RopewalkException | UncheckedIOException | JdbiException e) {
                LOGGER.warn("Numbers of run {} are not collected for now", run, e);
            } finally {
                lock.unlock();
            }
        }
    }

    /// Takes everything that is left in the logs of a run whose programs have ended. Safe to repeat.
    public void drain(RunId run) {
        drain(run, logs);
    }

    /// The same for who knows the run's logs already.
    void drain(RunId run, RunLogSource from) {
        Lock lock = lock(run);
        lock.lock();
        try {
            collect(run, from, true);
            cursors.remove(run);
            told.remove(run);
        } finally {
            lock.unlock();
        }
    }

    private Lock lock(RunId run) {
        return stripes.get(Math.floorMod(run.hashCode(), STRIPES));
    }

    private void collect(RunId run, RunLogSource from, boolean ended) {
        try {
            List<LogFile> files = from.logs(Scope.EVERYTHING, run).stream()
                    .filter(file -> !file.name().equals(LogFile.MASTER))
                    .toList();
            watcher.saw(run, files, ended);
            if (files.stream().allMatch(file -> file.attempt() == 1 && file.bytes() == 0)) {
                return;
            }
            Map<Log, Cursor> known = cursors.computeIfAbsent(run, this::stored);
            for (LogFile file : files) {
                file.attempts()
                        .forEach(attempt -> collect(run, from, file, new Log(file.name(), attempt), known, ended));
            }
        } catch (RuntimeException e) {
            cursors.remove(run);
            throw e;
        }
    }

    private void collect(RunId run, RunLogSource from, LogFile file, Log log, Map<Log, Cursor> known, boolean ended) {
        Cursor cursor = known.getOrDefault(log, new Cursor(0, 0));
        if (log.attempt() == file.attempt() && file.bytes() == cursor.reached()) {
            return;
        }
        LineReader reader = LineReader.ofLinesWith(
                '{',
                (offset, limit) -> from.read(Scope.EVERYTHING, run, log.name(), log.attempt(), offset, limit),
                cursor.reached());
        long enough = ended ? Long.MAX_VALUE : cursor.reached() + A_PASS;
        List<NewPoint> points = new ArrayList<>();
        while (true) {
            Optional<LogLine> line = reader.next();
            line.ifPresent(each -> points.addAll(numbers(each)));
            boolean end = line.isEmpty();
            if (end && ended) {
                reader.pending().ifPresent(each -> points.addAll(numbers(each)));
            }
            long reached = end && ended ? reader.end() : reader.position();
            boolean last = end || reached >= enough;
            if (points.size() >= BATCH || (last && !points.isEmpty()) || reached - cursor.stored() > UNSTORED) {
                move(run, log, cursor, reached, points);
                cursor = new Cursor(reached, reached);
                points.clear();
            } else if (points.isEmpty()) {
                cursor = new Cursor(cursor.stored(), reached);
            }
            known.put(log, cursor);
            if (last) {
                return;
            }
        }
    }

    private List<NewPoint> numbers(LogLine line) {
        return StdoutNumbers.parse(line.text(), clock.millis());
    }

    private void move(RunId run, Log log, Cursor from, long to, List<NewPoint> points) {
        int left = store.appendKnown(run, points, handle -> move(handle, run, log, from.stored(), to));
        Failpoints.CURSOR_STORED.reached();
        if (left > 0 && told.add(run)) {
            says.accept(
                    run,
                    "%s TooManySeries: the run has %d series already; numbers under further names are left out"
                            .formatted(log.name(), MetricStore.MOST_NAMES));
        }
    }

    private static void move(Handle handle, RunId run, Log log, long from, long to) {
        Failpoints.CURSOR_BEFORE.reached();
        int moved = handle.createUpdate("""
                        insert into metric_cursor (run_id, log, attempt, position)
                        values (:run, :log, :attempt, :to)
                        on conflict (run_id, log, attempt) do update set position = excluded.position
                        where metric_cursor.position = :from
                        """)
                .bind("run", run.value())
                .bind("log", log.name())
                .bind("attempt", log.attempt())
                .bind("from", from)
                .bind("to", to)
                .execute();
        if (moved != 1) {
            throw new RopewalkException(
                    ErrorCode.CONFLICT,
                    "Log '%s' of run %s was read by another server at the same time; the next pass goes on from there."
                            .formatted(log.name(), run));
        }
        Failpoints.CURSOR_MOVED.reached();
    }

    private Map<Log, Cursor> stored(RunId run) {
        Map<Log, Cursor> stored = new HashMap<>();
        database.read(handle -> handle.createQuery(
                                "select log, attempt, position from metric_cursor where run_id = :run")
                        .bind("run", run.value())
                        .map((row, _) -> Map.entry(
                                new Log(row.getString("log"), row.getInt("attempt")),
                                new Cursor(row.getLong("position"), row.getLong("position"))))
                        .list())
                .forEach(entry -> stored.put(entry.getKey(), entry.getValue()));
        return stored;
    }
}
