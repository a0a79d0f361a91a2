package io.ropewalk.run;

import io.ropewalk.access.Scope;
import io.ropewalk.metric.LiveNumbers;
import io.ropewalk.metric.Point;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.http.EventStream;
import io.ropewalk.support.time.Signals;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Tells a client of a run as it changes, until it has ended.
final class RunUpdates {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(20);
    /// A run may change a thousand times a second; nobody sees more than this.
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    private final Runs runs;
    private final RunViews views;
    private final LiveNumbers numbers;
    private final Signals signals;

    RunUpdates(Runs runs, RunViews views, LiveNumbers numbers, Signals signals) {
        this.runs = runs;
        this.views = views;
        this.numbers = numbers;
        this.signals = signals;
    }

    static String topic(RunId run) {
        return "run:" + run;
    }

    /// Numbers that have just been stored.
    record NewNumbers(List<Point> points) {}

    EventStream follow(Scope scope, RunId id) {
        return sink -> {
            try (Signals.Watch watch = signals.watch(topic(id));
                    LiveNumbers.Subscription live = numbers.subscribe(id)) {
                Set<Incident> told = new HashSet<>();
                RunView last = null;
                while (!sink.closed()) {
                    long looked = System.nanoTime();
                    Run run = runs.find(scope, id);
                    List<Point> points = live.take();
                    if (!points.isEmpty()) {
                        sink.send("metrics", "", new NewNumbers(points));
                    }
                    RunView view = views.view(run);
                    for (Incident incident : runs.incidents(run)) {
                        if (told.add(incident)) {
                            sink.send("event", "", incident);
                        }
                    }
                    if (!view.equals(last)) {
                        sink.send("run", "", view);
                        last = view;
                    }
                    if (run.ended()) {
                        return;
                    }
                    if (watch.await(LOOK_AGAIN)) {
                        // What changes in the meantime is seen by the same look, so the last change is never lost.
                        TimeUnit.NANOSECONDS.sleep(looked + BETWEEN_LOOKS.toNanos() - System.nanoTime());
                        watch.await(Duration.ZERO);
                    }
                }
            }
        };
    }
}
