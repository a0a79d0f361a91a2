package io.ropewalk.support.time;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Tells those who wait for a topic that something about it may have changed. A waiter remembers the count it has
/// seen, so nothing that happens between its looks is missed. Only topics that somebody waits for take memory.
public final class Signals {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Topic> topics = new HashMap<>();
    private boolean closed;

    private static final class Topic {
        private long count;
        private int watchers;
    }

    /// Keeps counting a topic until it is closed.
    public Watch watch(String topic) {
        lock.lock();
        try {
            topics.computeIfAbsent(topic, _ -> new Topic()).watchers++;
        } finally {
            lock.unlock();
        }
        return new Watch(topic);
    }

    public void signal(String topic) {
        lock.lock();
        try {
            Topic known = topics.get(topic);
            if (known != null) {
                known.count++;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Lets every waiter go, now and from now on.
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public final class Watch implements AutoCloseable {
        private final String topic;
        private long seen;

        private Watch(String topic) {
            this.topic = topic;
        }

        /// Waits until the topic was signalled since the last call returned, at most so long.
        ///
        /// @return whether it was
        public boolean await(Duration atMost) throws InterruptedException {
            long left = atMost.toNanos();
            lock.lock();
            try {
                Topic known = topics.get(topic);
                while (known != null && known.count == seen && left > 0 && !closed) {
                    left = changed.awaitNanos(left);
                }
                if (known == null || known.count == seen) {
                    return false;
                }
                seen = known.count;
                return true;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                topics.computeIfPresent(topic, (_, known) -> --known.watchers == 0 ? null : known);
            } finally {
                lock.unlock();
            }
        }
    }
}
