package io.ropewalk.run;

import io.ropewalk.spi.RunId;
import io.ropewalk.spi.executor.Resources;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What one cluster has given out, and who waits for the rest: first come, first served. A run asks for all
/// its replicas at once and is given all or nothing. The account follows from the stored runs and is made
/// anew at start-up.
final class Ledger {
    private final Resources capacity;
    private final Map<RunId, Resources> given = new HashMap<>();
    private final Map<RunId, Resources> waiting = new LinkedHashMap<>();

    Ledger(Resources capacity) {
        this.capacity = capacity;
    }

    /// Why a request could never be met; empty when it could.
    Optional<String> impossible(Resources wanted) {
        return lacking(wanted, capacity, "in all");
    }

    /// Sets a run's request aside, or puts it at the end of the queue.
    ///
    /// @return whether it has been given what it asks for
    synchronized boolean request(RunId run, Resources wanted) {
        if (given.containsKey(run)) {
            return true;
        }
        waiting.putIfAbsent(run, wanted);
        return advance().contains(run);
    }

    /// Puts a run that was admitted earlier back on the account.
    synchronized void restore(RunId run, Resources had) {
        given.put(run, had);
    }

    /// A run has ended, or gives up waiting.
    ///
    /// @return those who have now been given what they asked for
    synchronized List<RunId> release(RunId run) {
        given.remove(run);
        waiting.remove(run);
        return advance();
    }

    private List<RunId> advance() {
        List<RunId> admitted = new ArrayList<>();
        var queue = waiting.entrySet().iterator();
        while (queue.hasNext()) {
            var first = queue.next();
            if (!first.getValue().fitsIn(free())) {
                break;
            }
            given.put(first.getKey(), first.getValue());
            admitted.add(first.getKey());
            queue.remove();
        }
        return admitted;
    }

    /// Whether a run has been given what it asked for.
    synchronized boolean admitted(RunId run) {
        return given.containsKey(run);
    }

    /// Why a run waits, for people.
    synchronized String reason(RunId run) {
        int before = 0;
        for (var entry : waiting.entrySet()) {
            if (entry.getKey().equals(run)) {
                String lacking = lacking(entry.getValue(), free(), "free").orElse("waits for its turn");
                return before == 0 ? lacking : lacking + "; %d before it".formatted(before);
            }
            before++;
        }
        return "";
    }

    synchronized RunCapability.Load load() {
        return new RunCapability.Load(waiting.size(), given.size());
    }

    synchronized Resources inUse() {
        return given.values().stream().reduce(Resources.NONE, Resources::plus);
    }

    private Resources free() {
        return capacity.minus(inUse());
    }

    private static Optional<String> lacking(Resources wanted, Resources there, String how) {
        List<String> lacking = new ArrayList<>();
        if (wanted.milliCpu() > there.milliCpu()) {
            lacking.add("needs %s CPUs, %s %s".formatted(cpus(wanted.milliCpu()), cpus(there.milliCpu()), how));
        }
        if (wanted.memoryBytes() > there.memoryBytes()) {
            lacking.add("needs %s of memory, %s %s"
                    .formatted(bytes(wanted.memoryBytes()), bytes(there.memoryBytes()), how));
        }
        if (wanted.gpus() > there.gpus()) {
            lacking.add("needs %d GPUs, %d %s".formatted(wanted.gpus(), there.gpus(), how));
        }
        return lacking.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", lacking));
    }

    private static String cpus(long milliCpu) {
        return milliCpu % 1000 == 0
                ? Long.toString(milliCpu / 1000)
                : String.format(Locale.ROOT, "%.3g", milliCpu / 1000.0);
    }

    private static String bytes(long bytes) {
        return bytes >= 1L << 30
                ? String.format(Locale.ROOT, "%.3g GiB", bytes / (double) (1L << 30))
                : String.format(Locale.ROOT, "%.3g MiB", bytes / (double) (1L << 20));
    }
}
