package io.ropewalk.run;

import io.ropewalk.artifact.FileTotals;
import io.ropewalk.spi.RunId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How much is in the output directories of runs. Each is counted once in a few seconds at most, however many
/// watch the run, and once more when the run has ended. Thread-safe.
final class OutputTotals {
    static final Duration KEPT = Duration.ofSeconds(5);
    private static final int MOST_RUNS = 1_000;

    private final Function<RunId, FileTotals> count;
    private final InstantSource clock;
    /// Least recently used first; guarded by itself.
    private final LinkedHashMap<RunId, Counted> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RunId, Counted> eldest) {
            return size() > MOST_RUNS;
        }
    };

    OutputTotals(Function<RunId, FileTotals> count, InstantSource clock) {
        this.count = count;
        this.clock = clock;
    }

    /// The last count of one run, guarded by itself.
    private static final class Counted {
        private Instant at = Instant.MIN;
        private boolean ended;
        private @Nullable FileTotals totals;
    }

    FileTotals of(Run run) {
        Counted counted;
        synchronized (known) {
            counted = known.computeIfAbsent(run.id(), _ -> new Counted());
        }
        synchronized (counted) {
            Instant now = clock.instant();
            boolean old = counted.ended != run.ended() || !now.isBefore(counted.at.plus(KEPT));
            FileTotals last = counted.totals;
            if (last != null && !old) {
                return last;
            }
            FileTotals totals = count.apply(run.id());
            counted.at = now;
            counted.ended = run.ended();
            counted.totals = totals;
            return totals;
        }
    }
}
