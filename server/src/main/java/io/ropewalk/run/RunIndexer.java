package io.ropewalk.run;

import io.ropewalk.access.Scope;
import io.ropewalk.log.LogFile;
import io.ropewalk.log.LogSource;
import io.ropewalk.search.LogIndex;
import io.ropewalk.search.LogKey;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.executor.LogChunk;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the index of the logs close behind the logs. One thread; everything may be repeated. It works half of the
/// time at most, so that an index that is made anew takes no more than half a core.
final class RunIndexer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunIndexer.class);
    private static final Duration BETWEEN_PASSES = Duration.ofSeconds(5);
    private static final Duration BETWEEN_REFRESHES = Duration.ofSeconds(2);
    private static final Duration BETWEEN_COMMITS = Duration.ofSeconds(30);
    /// The server may still say something about a run that has just ended.
    private static final Duration NOTHING_MORE_AFTER = Duration.ofMinutes(1);
    /// Longer than that, and than a pass.
    private static final Duration RECENT = Duration.ofMinutes(10);
    private static final Duration BETWEEN_SIGHTS_OF_ALL = Duration.ofMinutes(5);
    /// Also when the clock has been set back.
    private static final Optional<Instant> AT_ONCE = Optional.of(Instant.MIN);
    /// A line longer than this is cut; a text across the cut is not found.
    private static final int LONGEST_LINE = 1024 * 1024;

    private final RunStore store;
    private final RunLogs logs;
    private final LogIndex index;
    private final Function<RunId, Optional<RunReconciler.Known>> live;
    private final InstantSource clock;
    /// Runs that are to be looked at again, with the moment before which it is not worth while.
    private final Map<String, Instant> unsettled = new HashMap<>();
    /// Not interrupted, which would close files under the index.
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable Long seenAll;
    private long refreshed = System.nanoTime();
    private long committed = System.nanoTime();

    /// @param live what is known of a run that goes on
    RunIndexer(
            RunStore store,
            RunLogs logs,
            LogIndex index,
            Function<RunId, Optional<RunReconciler.Known>> live,
            InstantSource clock) {
        this.live = live;
        this.store = store;
        this.logs = logs;
        this.index = index;
        this.clock = clock;
    }

    void untilClosed() {
        try {
            // Not among what a server does first.
            while (!closes(BETWEEN_PASSES.toNanos())) {
                try {
                    pass();
                } catch (UncheckedIOException | JdbiException e) {
                    // What it has forgotten by that may be of any run.
                    seenAll = null;
                    unsettled.clear();
                    LOG.warn("The logs are not indexed for now; searches read them", e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            index.close();
        }
    }

    /// What it has begun is ended first.
    @Override
    public void close() {
        closing.countDown();
    }

    private boolean closes(long waiting) throws InterruptedException {
        return closing.await(waiting, TimeUnit.NANOSECONDS);
    }

    /// Indexes what all logs have gained.
    void pass() throws InterruptedException {
        index.open();
        for (String run : candidates()) {
            if (index.isSettled(run) || rests(run) || closes(0)) {
                continue;
            }
            index(run).ifPresentOrElse(again -> unsettled.put(run, again), () -> unsettled.remove(run));
        }
        index.refresh();
        if (passed(committed, BETWEEN_COMMITS)) {
            index.commit();
            committed = System.nanoTime();
        }
    }

    /// All runs now and then; in between those that may have gained something. Newest first, more or less.
    private Collection<String> candidates() {
        if (seenAll != null && !passed(seenAll, BETWEEN_SIGHTS_OF_ALL)) {
            Set<String> some =
                    new LinkedHashSet<>(store.newestIds(clock.instant().minus(RECENT)));
            some.addAll(unsettled.keySet());
            return some;
        }
        List<String> all = store.newestIds();
        Set<String> gone = new HashSet<>(index.runs());
        all.forEach(gone::remove);
        index.forget(gone);
        unsettled.keySet().removeAll(gone);
        seenAll = System.nanoTime();
        return all;
    }

    private boolean rests(String run) {
        Instant again = unsettled.get(run);
        return again != null && clock.instant().isBefore(again);
    }

    private static boolean passed(long since, Duration time) {
        return System.nanoTime() - since >= time.toNanos();
    }

    /// @return from when on there may be more to index of it
    private Optional<Instant> index(String id) throws InterruptedException {
        try {
            // What it is comes before what it has written: nothing follows an end that was seen.
            RunReconciler.Known known = live.apply(new RunId(id)).orElseGet(() -> read(new RunId(id)));
            Run run = known.run();
            LogSource source = logs.of(run, known.replicas());
            for (LogFile file : source.files()) {
                for (int attempt : file.attempts()) {
                    index(source, new LogKey(id, file.name(), attempt), run.ended() || attempt < file.attempt());
                }
            }
            Instant ended = run.endedAt();
            if (!closes(0) && ended != null) {
                // Hardly anything follows an end, and many runs may end at once.
                Instant last = ended.plus(NOTHING_MORE_AFTER);
                if (clock.instant().isBefore(last)) {
                    return Optional.of(last);
                }
                index.settle(id);
                return Optional.empty();
            }
            return AT_ONCE;
        } catch (RopewalkException e) {
            LOG.debug("The logs of run {} are not indexed for now", id, e);
            return e.code() == ErrorCode.NOT_FOUND ? Optional.empty() : AT_ONCE;
        }
    }

    private RunReconciler.Known read(RunId id) {
        return new RunReconciler.Known(store.get(Scope.EVERYTHING, id), store.latestReplicas(id));
    }

    private void index(LogSource source, LogKey log, boolean over) throws InterruptedException {
        long at = index.indexed(log);
        while (true) {
            long begun = System.nanoTime();
            LogChunk chunk = read(source, log, at, LogIndex.PART);
            // What stood before it has been dropped.
            at = Math.max(at, chunk.offset());
            byte[] bytes = chunk.bytes();
            int length = wholeLines(bytes);
            if (length == 0 && bytes.length == LogIndex.PART) {
                bytes = read(source, log, at, LONGEST_LINE).bytes();
                length = wholeLines(bytes);
                length = length == 0 && bytes.length == LONGEST_LINE ? bytes.length : length;
            }
            boolean all = bytes.length < LogIndex.PART;
            if (all && (over || gapBehind(source, log, at + bytes.length))) {
                length = bytes.length;
            } else if (all) {
                // What is little is read faster than it is found.
                return;
            }
            if (length == 0) {
                return;
            }
            index.add(log, at, bytes, length);
            at += length;
            if (passed(refreshed, BETWEEN_REFRESHES)) {
                index.refresh();
                refreshed = System.nanoTime();
            }
            if (closes(System.nanoTime() - begun)) {
                return;
            }
        }
    }

    private static boolean gapBehind(LogSource source, LogKey log, long at) {
        return chunk(source, log, at, 1).offset() > at;
    }

    private static LogChunk read(LogSource source, LogKey log, long at, int wanted) {
        byte[] bytes = new byte[0];
        long begin = at;
        while (bytes.length < wanted) {
            LogChunk chunk = chunk(source, log, begin + bytes.length, wanted - bytes.length);
            begin = bytes.length == 0 ? chunk.offset() : begin;
            if (chunk.bytes().length == 0 || chunk.offset() != begin + bytes.length) {
                return new LogChunk(begin, bytes, false);
            }
            int have = bytes.length;
            bytes = have == 0 ? chunk.bytes() : Arrays.copyOf(bytes, have + chunk.bytes().length);
            if (have > 0) {
                System.arraycopy(chunk.bytes(), 0, bytes, have, chunk.bytes().length);
            }
            if (chunk.complete()) {
                break;
            }
        }
        return new LogChunk(begin, bytes, false);
    }

    private static LogChunk chunk(LogSource source, LogKey log, long at, int wanted) {
        try {
            return source.read(log.log(), log.attempt(), at, wanted);
        } catch (RopewalkException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                // Its files are gone, or that attempt never began.
                return new LogChunk(at, new byte[0], true);
            }
            throw e;
        }
    }

    private static int wholeLines(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return end;
    }
}
