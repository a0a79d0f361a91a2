package io.ropewalk.metric;

import io.ropewalk.spi.RunId;
import io.ropewalk.support.db.Database;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps what runs use of their machines: one row for each run and batch. What is long ago is kept in fewer
/// points, each the mean of its stretch, with the largest value beside it.
public final class UseStore {
    private static final Logger LOGGER = LoggerFactory.getLogger(UseStore.class);
    /// A point of what has been thinned stands for so long.
    public static final long STRETCH = 60_000;

    private static final int THINNED_AT_ONCE = 240;
    /// Behind the name of a series: its largest values.
    private static final String LARGEST = "^";

    private final Database database;

    public UseStore(Database database) {
        this.database = database;
    }

    /// A value of one series.
    ///
    /// @param series as [Point] has names
    /// @param at milliseconds since the epoch
    /// @param largest of the stretch that the point stands for
    public record Sample(String series, long at, double value, double largest) {
        public Sample(String series, long at, double value) {
            this(series, at, value, value);
        }
    }

    /// Stores a batch for each of some runs, all or nothing.
    ///
    /// @param batches none is empty
    public void append(Map<RunId, List<Sample>> batches) {
        if (batches.isEmpty()) {
            return;
        }
        database.write(handle -> {
            batches.forEach((run, samples) -> insert(handle, run, samples, false));
            return batches.size();
        });
    }

    /// A clock that was set back may come to a moment twice: what was stored first stays.
    private static void insert(Handle handle, RunId run, List<Sample> samples, boolean thinned) {
        handle.createUpdate("""
                        insert into use_batch (run_id, began_at, ended_at, thinned, body)
                        values (:run, :began, :ended, :thinned, :body) on conflict (run_id, began_at) do nothing
                        """)
                .bind("run", run.value())
                .bind("began", samples.stream().mapToLong(Sample::at).min().orElseThrow())
                .bind("ended", samples.stream().mapToLong(Sample::at).max().orElseThrow())
                .bind("thinned", thinned ? 1 : 0)
                .bind("body", BatchCodec.encode(Batch.of(points(samples, thinned))))
                .execute();
    }

    private static List<Point> points(List<Sample> samples, boolean thinned) {
        List<Point> points = new ArrayList<>();
        for (Sample sample : samples) {
            points.add(new Point(sample.series(), 0, sample.at(), sample.value()));
            if (thinned) {
                points.add(new Point(sample.series() + LARGEST, 0, sample.at(), sample.largest()));
            }
        }
        return points;
    }

    /// What was measured of a run from one moment until before another, in the order of time.
    public List<Sample> read(RunId run, long from, long to) {
        return rows(run, from, to, false).stream()
                .flatMap(row -> row.samples().stream())
                .filter(sample -> sample.at() >= from && sample.at() < to)
                .toList();
    }

    /// Puts the rows that ended before a moment together, if there are some.
    ///
    /// @return how many rows have become one
    public int thin(RunId run, long before) {
        List<Row> rows = rows(run, 0, before, true).stream()
                .filter(row -> row.ended() < before)
                .limit(THINNED_AT_ONCE)
                .toList();
        if (rows.size() < 2) {
            return 0;
        }
        List<Sample> samples =
                rows.stream().flatMap(row -> row.samples().stream()).toList();
        List<Sample> fewer = stretches(samples, STRETCH);
        database.write(handle -> {
            for (Row row : rows) {
                handle.createUpdate("delete from use_batch where run_id = :run and began_at = :began")
                        .bind("run", run.value())
                        .bind("began", row.began())
                        .execute();
            }
            if (!fewer.isEmpty()) {
                insert(handle, run, fewer, true);
            }
            return rows.size();
        });
        return rows.size();
    }

    /// The samples with one for each series and stretch of time, which begins at a multiple of its length.
    public static List<Sample> stretches(List<Sample> samples, long length) {
        record Place(long at, String series) {}
        record Sum(double sum, int count, double largest) {}
        Map<Place, Sum> sums = new LinkedHashMap<>();
        for (Sample sample : samples) {
            sums.merge(
                    new Place(Math.floorDiv(sample.at(), length) * length, sample.series()),
                    new Sum(sample.value(), 1, sample.largest()),
                    (one, other) -> new Sum(
                            one.sum() + other.sum(), one.count() + 1, Math.max(one.largest(), other.largest())));
        }
        List<Sample> fewer = new ArrayList<>();
        sums.forEach((place, sum) ->
                fewer.add(new Sample(place.series(), place.at(), sum.sum() / sum.count(), sum.largest())));
        return fewer;
    }

    private record Row(long began, long ended, List<Sample> samples) {}

    private List<Row> rows(RunId run, long from, long to, boolean unthinnedOnly) {
        return database.read(handle -> handle.createQuery("""
                        select began_at, ended_at, thinned, body from use_batch
                        where run_id = :run and began_at < :to and ended_at >= :from and thinned <= :most
                        order by began_at
                        """)
                .bind("run", run.value())
                // A point that was thinned stands at the beginning of its stretch.
                .bind("from", Math.max(0, from - STRETCH))
                .bind("to", to)
                .bind("most", unthinnedOnly ? 0 : 1)
                .map((row, _) -> {
                    long began = row.getLong("began_at");
                    return new Row(began, row.getLong("ended_at"), decode(run, began, row.getBytes("body")));
                })
                .list());
    }

    private static List<Sample> decode(RunId run, long began, byte[] body) {
        Batch batch;
        try {
            batch = BatchCodec.decode(body);
        } catch (BatchCodec.Damaged e) {
            LOGGER.error(
                    "What run {} used from {} on is lost: its row of table use_batch is damaged ({})",
                    run,
                    began,
                    e.getMessage());
            return List.of();
        }
        Map<String, TreeMap<Long, Double>> largest = new LinkedHashMap<>();
        for (Point point : batch.points()) {
            if (point.name().endsWith(LARGEST)) {
                largest.computeIfAbsent(point.name(), _ -> new TreeMap<>()).put(point.at(), point.value());
            }
        }
        List<Sample> samples = new ArrayList<>();
        for (Point point : batch.points()) {
            if (!point.name().endsWith(LARGEST)) {
                double most = largest.getOrDefault(point.name() + LARGEST, new TreeMap<>())
                        .getOrDefault(point.at(), point.value());
                samples.add(new Sample(point.name(), point.at(), point.value(), most));
            }
        }
        return samples;
    }
}
