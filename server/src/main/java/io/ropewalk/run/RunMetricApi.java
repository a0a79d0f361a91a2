package io.ropewalk.run;

import io.ropewalk.access.Caller;
import io.ropewalk.access.Right;
import io.ropewalk.metric.MetricStore;
import io.ropewalk.metric.NewPoint;
import io.ropewalk.metric.Series;
import io.ropewalk.metric.SeriesSummary;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.http.Call;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.http.Nothing;
import io.ropewalk.support.http.Reply;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The numbers of a run over HTTP.
public final class RunMetricApi {
    static final int MOST_POINTS = 10_000;
    static final int MOST_NAMES = 200;
    private static final int DRAWN = 1_000;
    /// The last second of the year 9999.
    private static final long LATEST = 253_402_300_799_000L;

    private final VisibleRuns runs;
    private final MetricStore store;
    private final Consumer<RunId> wrote;
    private final InstantSource clock;

    /// @param wrote told of each run that has sent numbers
    public RunMetricApi(VisibleRuns runs, MetricStore store, Consumer<RunId> wrote, InstantSource clock) {
        this.wrote = wrote;
        this.runs = runs;
        this.store = store;
        this.clock = clock;
    }

    public List<Endpoint<?, ?>> endpoints() {
        return List.of(
                Endpoint.post(
                        "/api/v1/runs/{run}/metrics",
                        Right.TRACK,
                        Write.class,
                        Reply.nothing(),
                        "Add numbers to a run",
                        this::write),
                Endpoint.get(
                        "/api/v1/runs/{run}/metrics",
                        Right.READ,
                        OfRun.class,
                        Reply.list(SeriesSummary.class),
                        "List the series of a run and what they have come to",
                        (request, call) -> store.names(visible(request.run(), call))),
                Endpoint.get(
                        "/api/v1/runs/{run}/metrics/series",
                        Right.READ,
                        Draw.class,
                        Reply.list(Series.class),
                        "Read series to draw",
                        this::draw));
    }

    record OfRun(String run) {}

    /// @param value a number, or `NaN`, `Infinity`, `-Infinity`
    /// @param step one more than the series' highest when absent
    /// @param at milliseconds since 1970 began in UTC; now when absent
    record Posted(
            @Nullable String name,
            @Nullable Double value,
            @Nullable Long step,
            @Nullable Long at) {
        private NewPoint point(long now) {
            if (name == null || value == null) {
                throw new RopewalkException(
                        ErrorCode.INVALID_REQUEST, "Every point needs a 'name' and a 'value'; one has not.");
            }
            long time = at == null ? now : at;
            if (time < 0 || time > LATEST) {
                throw new RopewalkException(
                        ErrorCode.INVALID_REQUEST,
                        "The time of a point of '%s' is not between 1970 and 9999; give 'at' in milliseconds since 1970, such as %d."
                                .formatted(name, now));
            }
            return new NewPoint(name, step == null ? OptionalLong.empty() : OptionalLong.of(step), time, value);
        }
    }

    record Write(String run, List<Posted> points) {
        Write {
            if (points.size() > MOST_POINTS) {
                throw new RopewalkException(
                        ErrorCode.TOO_LARGE,
                        "A request carries at most %d points, this one has %d; send several."
                                .formatted(MOST_POINTS, points.size()));
            }
            points = List.copyOf(points);
        }
    }

    /// @param name which series; all of them when absent
    /// @param points at most so many of each
    record Draw(
            String run,
            @Nullable List<String> name,
            @Nullable Integer points) {
        Draw {
            if (points != null && (points < 5 || points > 100_000)) {
                throw new RopewalkException(ErrorCode.INVALID_REQUEST, "'points' is a number from 5 to 100000.");
            }
            if (name != null && name.size() > MOST_NAMES) {
                throw new RopewalkException(
                        ErrorCode.INVALID_REQUEST,
                        "At most %d series are drawn at once; ask for fewer names.".formatted(MOST_NAMES));
            }
        }
    }

    private Nothing write(Write request, Call call) {
        RunId run = visible(request.run(), call);
        long now = clock.millis();
        store.append(
                run,
                request.points().stream().map(point -> point.point(now)).toList(),
                handle -> call.key().keep(handle, Nothing.NOTHING));
        wrote.accept(run);
        return Nothing.NOTHING;
    }

    private List<Series> draw(Draw request, Call call) {
        return store.series(
                visible(request.run(), call),
                request.name() == null ? List.of() : request.name(),
                request.points() == null ? DRAWN : request.points());
    }

    private RunId visible(String run, Call call) {
        RunId id = new RunId(run);
        runs.check(Caller.of(call).scope(), id);
        return id;
    }
}
