package io.ropewalk.metric;

import io.ropewalk.spi.RunId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Hands numbers that were just stored to those who watch a run. A watcher that is slow loses the oldest; it
/// draws from the store anyway, and these are only what came since. Thread-safe.
public final class LiveNumbers {
    private static final int MOST = 10_000;

    private final Map<RunId, List<Subscription>> subscriptions = new ConcurrentHashMap<>();
    private final Consumer<RunId> wake;

    /// @param wake told of every run that has new numbers and a watcher
    public LiveNumbers(Consumer<RunId> wake) {
        this.wake = wake;
    }

    public Subscription subscribe(RunId run) {
        Subscription subscription = new Subscription(run);
        subscriptions.compute(run, (_, known) -> {
            List<Subscription> all = known == null ? new CopyOnWriteArrayList<>() : known;
            all.add(subscription);
            return all;
        });
        return subscription;
    }

    void publish(RunId run, List<Point> points) {
        List<Subscription> known = subscriptions.get(run);
        if (known != null && !points.isEmpty()) {
            known.forEach(subscription -> subscription.add(points));
            wake.accept(run);
        }
    }

    public final class Subscription implements AutoCloseable {
        private final RunId run;
        private final Deque<Point> waiting = new ArrayDeque<>();

        private Subscription(RunId run) {
            this.run = run;
        }

        private synchronized void add(List<Point> points) {
            for (Point point : points) {
                if (waiting.size() == MOST) {
                    waiting.removeFirst();
                }
                waiting.addLast(point);
            }
        }

        /// What came since the last call; never waits.
        public synchronized List<Point> take() {
            List<Point> taken = new ArrayList<>(waiting);
            waiting.clear();
            return taken;
        }

        @Override
        public void close() {
            subscriptions.computeIfPresent(run, (_, known) -> {
                known.remove(this);
                return known.isEmpty() ? null : known;
            });
        }
    }
}
