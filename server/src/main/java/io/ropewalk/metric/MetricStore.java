package io.ropewalk.metric;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.failpoint.Failpoints;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the numbers of runs: each batch is one row, and no row is ever changed. What has been read stays in
/// memory while there is room. Thread-safe; one process writes a database.
///
/// A batch that is damaged on disk is reported in the server's log with its place, and everything else is read.
public final class MetricStore {
    private static final Logger LOGGER = LoggerFactory.getLogger(MetricStore.class);
    /// Points kept in memory, 24 bytes each.
    private static final int MOST_POINTS = 2_000_000;
    /// A series takes as much memory as so many points.
    private static final int SERIES_WEIGHT = 20;
    /// Series of one run.
    public static final int MOST_NAMES = 20_000;
    /// Runs whose summaries are kept in memory.
    private static final int MOST_RUNS = 4_000;

    private static final String INSERT = """
            insert into metric_batch (run_id, sequence, points, body) values (:run, :sequence, :points, :body)
            """;
    private static final String SELECT = """
            select sequence, body from metric_batch where run_id = :run order by sequence
            """;

    private final Database database;
    private final LiveNumbers live;
    private final int mostPoints;
    private final int mostRuns;
    /// Least recently used first; guarded by itself.
    private final LinkedHashMap<RunId, Known> known = new LinkedHashMap<>(16, 0.75f, true);
    /// What is in memory, in points; guarded by the map.
    private long kept;

    public MetricStore(Database database, LiveNumbers live) {
        this(database, live, MOST_POINTS, MOST_RUNS);
    }

    MetricStore(Database database, LiveNumbers live, int mostPoints, int mostRuns) {
        this.database = database;
        this.live = live;
        this.mostPoints = mostPoints;
        this.mostRuns = mostRuns;
    }

    /// What is known of a run. Its fields are guarded by its lock; `users` and `counted` by the map.
    private static final class Known {
        private final ReentrantLock lock = new ReentrantLock();
        private int users;
        private int counted;
        private boolean loaded;
        private long lastSequence;
        private final Map<String, SeriesState> series = new TreeMap<>();
        /// Too large for its points to be kept in memory.
        private boolean large;
        private final AtomicInteger points = new AtomicInteger();
        private final AtomicInteger names = new AtomicInteger();

        SeriesState series(String name) {
            return series.computeIfAbsent(name, unknown -> {
                names.incrementAndGet();
                return new SeriesState(unknown);
            });
        }

        /// What it takes in memory, in points.
        int weight() {
            return points.get() + SERIES_WEIGHT * names.get();
        }
    }

    /// When this returns the points are stored.
    ///
    /// @throws RopewalkException when the run would have more than [#MOST_NAMES] series; nothing is stored then
    public void append(RunId run, List<NewPoint> points) {
        append(run, points, _ -> {});
    }

    /// Stores points and something else, both or neither.
    ///
    /// @param also runs in the same transaction, maybe more than once
    public void append(RunId run, List<NewPoint> points, Consumer<Handle> also) {
        store(run, points, also, false);
    }

    /// Stores points and something else, both or neither, without those that would be the first of a series too many.
    ///
    /// @return how many points were left out
    public int appendKnown(RunId run, List<NewPoint> points, Consumer<Handle> also) {
        return points.size() - store(run, points, also, true);
    }

    /// @return how many points were stored
    private int store(RunId run, List<NewPoint> points, Consumer<Handle> also, boolean knownOnly) {
        Known numbers = take(run);
        try {
            return store(run, numbers, points, also, knownOnly);
        } finally {
            give(numbers);
        }
    }

    private int store(RunId run, Known numbers, List<NewPoint> points, Consumer<Handle> also, boolean knownOnly) {
        List<Point> stepped;
        long sequence;
        numbers.lock.lock();
        try {
            load(run, numbers);
            Set<String> tooMany = tooMany(numbers, points);
            if (!tooMany.isEmpty() && !knownOnly) {
                throw new RopewalkException(
                        ErrorCode.TOO_LARGE,
                        "The run has %d series already and at most %d are kept, so '%s' cannot begin; nothing of this request is stored. Put what changes into the step or the value, not into the name."
                                .formatted(
                                        numbers.series.size(),
                                        MOST_NAMES,
                                        tooMany.iterator().next()));
            }
            stepped = stepped(
                    numbers,
                    tooMany.isEmpty()
                            ? points
                            : points.stream()
                                    .filter(point -> !tooMany.contains(point.name()))
                                    .toList());
            sequence = ++numbers.lastSequence;
        } finally {
            numbers.lock.unlock();
        }
        Batch batch = Batch.of(stepped);
        byte[] body = BatchCodec.encode(batch);
        Failpoints.NUMBER_NUMBERED.reached();
        database.write(handle -> {
            if (!stepped.isEmpty()) {
                handle.createUpdate(INSERT)
                        .bind("run", run.value())
                        .bind("sequence", sequence)
                        .bind("points", batch.size())
                        .bind("body", body)
                        .execute();
            }
            Failpoints.NUMBER_ROW.reached();
            also.accept(handle);
            return stepped.size();
        });
        Failpoints.NUMBER_STORED.reached();
        numbers.lock.lock();
        try {
            add(numbers, batch);
        } finally {
            numbers.lock.unlock();
        }
        live.publish(run, stepped);
        return stepped.size();
    }

    /// The names for which there is no room.
    private static Set<String> tooMany(Known numbers, List<NewPoint> points) {
        int room = MOST_NAMES - numbers.series.size();
        if (points.size() <= room) {
            return Set.of();
        }
        Set<String> begin = new HashSet<>();
        Set<String> tooMany = new LinkedHashSet<>();
        for (NewPoint point : points) {
            if (!numbers.series.containsKey(point.name()) && !begin.contains(point.name())) {
                (begin.size() < room ? begin : tooMany).add(point.name());
            }
        }
        return tooMany;
    }

    private static List<Point> stepped(Known numbers, List<NewPoint> points) {
        List<Point> stepped = new ArrayList<>(points.size());
        for (NewPoint point : points) {
            SeriesState series = numbers.series(point.name());
            point.step().ifPresent(series::reserve);
            long step = point.step().orElseGet(series::nextStep);
            stepped.add(new Point(point.name(), step, point.at(), point.value()));
        }
        return stepped;
    }

    /// All series of a run, by name.
    public List<SeriesSummary> names(RunId run) {
        Known numbers = take(run);
        numbers.lock.lock();
        try {
            load(run, numbers);
            return numbers.series.values().stream()
                    .filter(series -> !series.isEmpty())
                    .map(SeriesState::summary)
                    .toList();
        } finally {
            numbers.lock.unlock();
            give(numbers);
        }
    }

    /// How far a series of a run has gone; empty when there is none of that name.
    public Optional<Extent> extent(RunId run, String name) {
        Known numbers = take(run);
        numbers.lock.lock();
        try {
            load(run, numbers);
            return Optional.ofNullable(numbers.series.get(name))
                    .filter(series -> !series.isEmpty())
                    .map(SeriesState::extent);
        } finally {
            numbers.lock.unlock();
            give(numbers);
        }
    }

    /// Series to draw, each of at most `most` points (at least 5); all of the run's series when no names are
    /// given. A series that has no points is empty.
    public List<Series> series(RunId run, Collection<String> names, int most) {
        Map<String, Column> columns = columns(run, names);
        List<Series> series = new ArrayList<>();
        columns.forEach((name, column) -> {
            Column sorted = column.sorted();
            Column sample = Sampling.of(sorted, Math.max(5, most));
            series.add(Series.of(name, sample, sample.size() < sorted.size()));
        });
        return series;
    }

    /// Everything in a run's series of a name, in the order it was written.
    public List<Point> points(RunId run, String name) {
        Column column = columns(run, List.of(name)).getOrDefault(name, new Column());
        List<Point> points = new ArrayList<>(column.size());
        for (int i = 0; i < column.size(); i++) {
            points.add(new Point(name, column.step(i), column.time(i), column.value(i)));
        }
        return points;
    }

    /// The last value of every series of each run, by run and name. Runs without numbers have an empty map.
    public Map<RunId, Map<String, Double>> lastValues(Collection<RunId> runs) {
        Map<RunId, Map<String, Double>> values = new LinkedHashMap<>();
        for (RunId run : runs) {
            Map<String, Double> last = new LinkedHashMap<>();
            names(run).forEach(series -> last.put(series.name(), series.last()));
            values.put(run, last);
        }
        return values;
    }

    private Map<String, Column> columns(RunId run, Collection<String> names) {
        Known numbers = take(run);
        numbers.lock.lock();
        try {
            load(run, numbers);
            Map<String, Column> found = new LinkedHashMap<>();
            for (String name : names.isEmpty() ? List.copyOf(numbers.series.keySet()) : new TreeSet<>(names)) {
                SeriesState series = numbers.series.get(name);
                Column column = series == null ? null : series.column();
                found.put(name, column == null ? new Column() : column.copy());
            }
            if (numbers.large) {
                read(run, batch -> collect(batch, found));
            }
            return found;
        } finally {
            numbers.lock.unlock();
            give(numbers);
        }
    }

    private static void collect(Batch batch, Map<String, Column> into) {
        for (int i = 0; i < batch.size(); i++) {
            Column column = into.get(batch.names()[batch.series()[i]]);
            if (column != null) {
                column.add(batch.steps()[i], batch.times()[i], batch.values()[i]);
            }
        }
    }

    /// Reads what is stored, once; from then on every batch is added as it is written.
    private void load(RunId run, Known numbers) {
        if (numbers.loaded) {
            return;
        }
        numbers.lastSequence = read(run, batch -> add(numbers, batch));
        numbers.loaded = true;
    }

    /// @return the highest sequence, 0 when there is none
    private long read(RunId run, Consumer<Batch> reader) {
        return database.read(handle -> {
            long last = 0;
            try (var rows = handle
                    .createQuery(SELECT)
                    .bind("run", run.value())
                    .setFetchSize(64)
                    .map((row, _) -> new Row(row.getLong("sequence"), row.getBytes("body")))
                    .stream()) {
                for (Iterator<Row> each = rows.iterator(); each.hasNext(); ) {
                    Row row = each.next();
                    last = row.sequence();
                    try {
                        reader.accept(BatchCodec.decode(row.body()));
                    } catch (BatchCodec.Damaged e) {
                        LOGGER.error(
                                "Numbers of run {} are lost: batch {} of table metric_batch is damaged ({})",
                                run,
                                last,
                                e.getMessage());
                    }
                }
            }
            return last;
        });
    }

    private record Row(long sequence, byte[] body) {}

    private void add(Known numbers, Batch batch) {
        SeriesState[] series = new SeriesState[batch.names().length];
        Arrays.setAll(series, i -> numbers.series(batch.names()[i]));
        for (int i = 0; i < batch.size(); i++) {
            series[batch.series()[i]].add(batch.steps()[i], batch.times()[i], batch.values()[i]);
        }
        if (numbers.large || numbers.points.get() + batch.size() > mostPoints / 2) {
            numbers.large = true;
            numbers.points.set(0);
            numbers.series.values().forEach(SeriesState::forgetPoints);
        } else {
            numbers.points.addAndGet(batch.size());
        }
    }

    int runsInMemory() {
        synchronized (known) {
            return known.size();
        }
    }

    private Known take(RunId run) {
        synchronized (known) {
            Known numbers = known.computeIfAbsent(run, _ -> new Known());
            numbers.users++;
            return numbers;
        }
    }

    /// Lets go of a run, and forgets those that were used longest ago when there are too many. One that is in
    /// use is never forgotten: its next sequence is known here alone.
    private void give(Known numbers) {
        synchronized (known) {
            numbers.users--;
            int weight = numbers.weight();
            kept += weight - numbers.counted;
            numbers.counted = weight;
            for (Iterator<Known> each = known.values().iterator();
                    each.hasNext() && (kept > mostPoints || known.size() > mostRuns); ) {
                Known oldest = each.next();
                if (oldest.users == 0) {
                    kept -= oldest.counted;
                    each.remove();
                }
            }
        }
    }
}
