package io.ropewalk.run;

import io.ropewalk.metric.UseStore;
import io.ropewalk.metric.UseStore.Sample;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.executor.LaunchHandle;
import io.ropewalk.spi.executor.MetersReplicas;
import io.ropewalk.spi.executor.ReplicaId;
import io.ropewalk.spi.executor.ReplicaUse;
import io.ropewalk.spi.executor.ReplicaUse.DeviceUse;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Measures every few seconds what the runs of this server use, and stores it a minute at a time: a server
/// that is killed loses the last minute of it. Thread-safe.
final class UseCollector {
    static final Duration EVERY = Duration.ofSeconds(5);

    private static final Logger LOGGER = LoggerFactory.getLogger(UseCollector.class);
    private static final int PASSES_STORED_AT_ONCE = 12;
    /// After so many batches what is older than [#WHOLE_FOR] is thinned.
    private static final int BATCHES_THINNED_AT_ONCE = 60;

    private static final Duration WHOLE_FOR = Duration.ofHours(1);
    /// Samples of one run that wait for a database that cannot be written.
    private static final int MOST_PENDING = 100_000;
    private static final double MEGABYTE = 1e6;

    private final MetersReplicas meters;
    private final UseStore store;
    private final InstantSource clock;
    private final Map<RunId, Watched> watched = new LinkedHashMap<>();
    private int passes;

    UseCollector(MetersReplicas meters, UseStore store, InstantSource clock) {
        this.meters = meters;
        this.store = store;
        this.clock = clock;
    }

    /// What is known of a run that runs; guarded by the collector.
    private static final class Watched {
        private final Run run;
        private final Map<ReplicaId, Look> last = new HashMap<>();
        private final List<Sample> pending = new ArrayList<>();
        private Map<UseKey, Double> now = Map.of();
        private int batches;

        Watched(Run run) {
            this.run = run;
        }
    }

    /// @param nanos the machine's own count, which nobody sets
    private record Look(ReplicaUse use, long nanos) {}

    /// What a run uses now.
    record Current(Run run, Map<UseKey, Double> values) {}

    /// Measures once.
    void pass(Collection<Run> running) {
        Map<LaunchHandle, Run> runs = new LinkedHashMap<>();
        running.forEach(run -> run.launchHandle().ifPresent(handle -> runs.put(handle, run)));
        Map<LaunchHandle, List<ReplicaUse>> uses;
        try {
            uses = runs.isEmpty() ? Map.of() : meters.meter(runs.keySet());
        } catch (RopewalkException | UncheckedIOException e) {
            LOGGER.warn("What runs use cannot be measured for now", e);
            return;
        }
        take(runs, uses);
    }

    private synchronized void take(Map<LaunchHandle, Run> runs, Map<LaunchHandle, List<ReplicaUse>> uses) {
        long now = clock.millis();
        watched.values().forEach(run -> run.now = Map.of());
        uses.forEach((handle, replicas) -> {
            Run run = runs.get(handle);
            if (run != null) {
                take(watched.computeIfAbsent(run.id(), _ -> new Watched(run)), replicas, now);
            }
        });
        passes++;
        if (passes % PASSES_STORED_AT_ONCE == 0) {
            flush();
            HashSet<RunId> there = new HashSet<>();
            runs.values().forEach(run -> there.add(run.id()));
            watched.values().removeIf(run -> run.pending.isEmpty() && !there.contains(run.run.id()));
        }
    }

    private static void take(Watched run, List<ReplicaUse> replicas, long now) {
        long nanos = System.nanoTime();
        Map<UseKey, Double> values = new TreeMap<>();
        Map<ReplicaId, Look> looks = new HashMap<>();
        for (ReplicaUse use : replicas) {
            looks.put(use.replica(), new Look(use, nanos));
            values(run.last.get(use.replica()), use, nanos, values);
        }
        run.last.clear();
        run.last.putAll(looks);
        run.now = values;
        if (run.pending.size() > MOST_PENDING) {
            LOGGER.warn("What run {} used until now is left out: it cannot be stored", run.run.id());
            run.pending.clear();
        }
        values.forEach((key, value) -> run.pending.add(new Sample(key.text(), now, value)));
    }

    private static void values(@Nullable Look last, ReplicaUse use, long nanos, Map<UseKey, Double> values) {
        String replica = use.replica().toString();
        double seconds = seconds(last, use, nanos);
        if (seconds > 0) {
            Optional<ReplicaUse> before =
                    Optional.ofNullable(last).map(Look::use).filter(look -> look.attempt() == use.attempt());
            counted(UseMetric.CPU, ReplicaUse::cpuNanos, before, use, seconds * 1e7, values);
            counted(UseMetric.DISK_READ, ReplicaUse::diskRead, before, use, seconds, values);
            counted(UseMetric.DISK_WRITE, ReplicaUse::diskWritten, before, use, seconds, values);
            counted(UseMetric.NET_IN, ReplicaUse::netIn, before, use, seconds, values);
            counted(UseMetric.NET_OUT, ReplicaUse::netOut, before, use, seconds, values);
        }
        use.memoryBytes().ifPresent(bytes -> values.put(new UseKey(replica, UseMetric.MEMORY), bytes / MEGABYTE));
        for (DeviceUse device : use.devices()) {
            put(values, new UseKey(replica, UseMetric.GPU, device.index()), device.percent());
            device.memoryBytes()
                    .ifPresent(bytes ->
                            values.put(new UseKey(replica, UseMetric.GPU_MEMORY, device.index()), bytes / MEGABYTE));
            put(values, new UseKey(replica, UseMetric.GPU_POWER, device.index()), device.watts());
            put(values, new UseKey(replica, UseMetric.GPU_TEMPERATURE, device.index()), device.celsius());
        }
    }

    private static void put(Map<UseKey, Double> values, UseKey key, OptionalDouble value) {
        value.ifPresent(measured -> values.put(key, measured));
    }

    /// How long it counted since it was last looked at, or since its start when that was just now. Not
    /// positive when nobody can tell: at the first look of a server that has just begun, or when the clock
    /// was set.
    private static double seconds(@Nullable Look last, ReplicaUse use, long nanos) {
        if (last == null || last.use().attempt() != use.attempt()) {
            Duration age = Duration.between(use.startedAt(), use.at());
            boolean young = age.compareTo(EVERY.multipliedBy(2)) < 0 && age.toMillis() > 500;
            return young ? age.toNanos() / 1e9 : 0;
        }
        double told = Duration.between(last.use().at(), use.at()).toNanos() / 1e9;
        double passed = (nanos - last.nanos()) / 1e9;
        return Math.abs(told - passed) < 1 ? told : 0;
    }

    /// What has been counted since the look before, or since the start.
    private static void counted(
            UseMetric metric,
            Function<ReplicaUse, OptionalLong> counter,
            Optional<ReplicaUse> before,
            ReplicaUse now,
            double per,
            Map<UseKey, Double> values) {
        OptionalLong from = before.map(counter).orElse(OptionalLong.of(0));
        OptionalLong to = counter.apply(now);
        if (from.isPresent() && to.isPresent() && to.getAsLong() >= from.getAsLong()) {
            values.put(new UseKey(now.replica().toString(), metric), (to.getAsLong() - from.getAsLong()) / per);
        }
    }

    /// Stores what is not stored yet.
    synchronized void flush() {
        flush(watched.values());
    }

    private void flush(Collection<Watched> some) {
        Map<RunId, List<Sample>> batches = new LinkedHashMap<>();
        for (Watched each : some) {
            if (!each.pending.isEmpty()) {
                batches.put(each.run.id(), List.copyOf(each.pending));
            }
        }
        try {
            store.append(batches);
            for (Watched each : some) {
                if (batches.containsKey(each.run.id())) {
                    each.pending.clear();
                    each.batches++;
                    if (each.batches % BATCHES_THINNED_AT_ONCE == 0) {
                        store.thin(each.run.id(), clock.millis() - WHOLE_FOR.toMillis());
                    }
                }
            }
        } catch (JdbiException e) {
            LOGGER.warn("What runs use cannot be stored for now", e);
        }
    }

    /// Nothing of a run runs any more: stores the rest, and says what people should know. Safe to repeat.
    List<Incident> ending(Run run) {
        synchronized (this) {
            Watched here = watched.remove(run.id());
            if (here != null) {
                flush(List.of(here));
            }
        }
        if (run.state() instanceof RunState.Ending(Instant _, RunState.Outcome.Failure _)) {
            // What it would have needed, had it gone on, nobody knows.
            return List.of();
        }
        Instant began = run.startedAt();
        if (began != null && Duration.between(began, clock.instant()).compareTo(EVERY.multipliedBy(Waste.LOOKS)) < 0) {
            return List.of();
        }
        try {
            List<Sample> samples = store.read(run.id(), 0, Long.MAX_VALUE);
            return Waste.of(run.specification(), samples, clock.instant());
        } catch (JdbiException e) {
            LOGGER.warn("What run {} used cannot be read", run.id(), e);
            return List.of();
        }
    }

    /// What was measured of a run from one moment until before another.
    List<Sample> samples(RunId run, long from, long to) {
        List<Sample> samples = new ArrayList<>();
        List<Sample> pending;
        synchronized (this) {
            Watched here = watched.get(run);
            pending = here == null ? List.of() : List.copyOf(here.pending);
        }
        samples.addAll(store.read(run, from, to));
        long stored = samples.stream().mapToLong(Sample::at).max().orElse(Long.MIN_VALUE);
        pending.stream()
                .filter(sample -> sample.at() >= from && sample.at() < to && sample.at() > stored)
                .forEach(samples::add);
        return samples;
    }

    /// What each run used at the last look.
    synchronized List<Current> now() {
        return watched.values().stream()
                .filter(run -> !run.now.isEmpty())
                .map(run -> new Current(run.run, run.now))
                .toList();
    }
}
