package io.ropewalk.log;

import io.ropewalk.spi.RunId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// How far the logs of the runs that somebody watches have grown. However many watch a run, it is looked at
/// once in each interval. Thread-safe.
public final class LogLooks {
    private final Function<RunId, List<LogFile>> look;
    private final long interval;
    private final LongSupplier nanoTime;
    private final Map<RunId, Shared> watched = new HashMap<>();

    private static final class Shared {
        private final ReentrantLock lock = new ReentrantLock();
        private int watchers;
        private List<LogFile> files = List.of();
        private long at;
        private boolean looked;
    }

    public LogLooks(Function<RunId, List<LogFile>> look, Duration interval) {
        this(look, interval, System::nanoTime);
    }

    LogLooks(Function<RunId, List<LogFile>> look, Duration interval, LongSupplier nanoTime) {
        this.look = look;
        this.interval = interval.toNanos();
        this.nanoTime = nanoTime;
    }

    public Watch watch(RunId run) {
        synchronized (watched) {
            Shared shared = watched.computeIfAbsent(run, _ -> new Shared());
            shared.watchers++;
            return new Watch(run, shared);
        }
    }

    public final class Watch implements AutoCloseable {
        private final RunId run;
        private final Shared shared;

        private Watch(RunId run, Shared shared) {
            this.run = run;
            this.shared = shared;
        }

        /// The run's logs, seen no longer than an interval ago; now, when `fresh`.
        public List<LogFile> files(boolean fresh) {
            shared.lock.lock();
            try {
                if (fresh || !shared.looked || nanoTime.getAsLong() - shared.at >= interval) {
                    shared.files = look.apply(run);
                    shared.at = nanoTime.getAsLong();
                    shared.looked = true;
                }
                return shared.files;
            } finally {
                shared.lock.unlock();
            }
        }

        @Override
        public void close() {
            synchronized (watched) {
                if (--shared.watchers == 0) {
                    watched.remove(run);
                }
            }
        }
    }
}
