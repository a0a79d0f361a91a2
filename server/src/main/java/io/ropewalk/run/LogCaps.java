package io.ropewalk.run;

import io.ropewalk.access.Scope;
import io.ropewalk.log.LogFile;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.executor.Executor;
import io.ropewalk.spi.executor.LimitsLogs;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a program that writes without end from filling the disk: of a log that is larger than the limit the
/// beginning and the end stay. The program goes on. Looked at whenever the log is, so a log may be larger by what is
/// written between two looks, or while no server runs. Thread-safe.
final class LogCaps {
    private static final Logger LOG = LoggerFactory.getLogger(LogCaps.class);

    private final RunStore store;
    private final Executor executor;
    private final BiConsumer<RunId, String> says;
    private final long most;
    private final InstantSource clock;
    /// How much of a log has been dropped, as far as it is known.
    private final Map<Log, Long> dropped = new ConcurrentHashMap<>();
    private final Set<Log> told = ConcurrentHashMap.newKeySet();

    private record Log(RunId run, String name, int attempt) {}

    /// @param most bytes of one log; 0 for no limit
    LogCaps(RunStore store, Executor executor, BiConsumer<RunId, String> says, long most, InstantSource clock) {
        this.store = store;
        this.executor = executor;
        this.says = says;
        this.most = most;
        this.clock = clock;
    }

    /// The logs of a run as they are now.
    ///
    /// @param last nothing will be written any more
    void saw(RunId run, List<LogFile> files, boolean last) {
        for (LogFile file : files) {
            Log log = new Log(run, file.name(), file.attempt());
            boolean larger = file.bytes() - dropped.getOrDefault(log, 0L) > most;
            if (most > 0 && larger && !file.name().equals(LogFile.MASTER)) {
                try {
                    limit(log, file);
                } catch (RopewalkException | UncheckedIOException e) {
                    // A full disk, say; the next look tries again, and nothing else waits for it.
                    LOG.debug("The log '{}' of run {} is not shortened for now", log.name(), run, e);
                }
            }
        }
        if (last) {
            dropped.keySet().removeIf(log -> log.run().equals(run));
            told.removeIf(log -> log.run().equals(run));
        }
    }

    private void limit(Log log, LogFile file) {
        OptionalLong gone = OptionalLong.empty();
        if (executor instanceof LimitsLogs limits) {
            Run run = store.get(Scope.EVERYTHING, log.run());
            if (run.launchHandle().isEmpty()) {
                return;
            }
            gone = limits.limitLog(run.launchHandle().get(), RunLogs.replica(run, log.name()), log.attempt(), most);
        }
        // Where nothing can be dropped it is tried again when as much again has been written.
        dropped.put(log, gone.orElse(file.bytes()));
        if (told.add(log)) {
            tell(
                    log,
                    gone.isPresent() ? "LogLimited" : "LogNotLimited",
                    gone.isPresent()
                            ? "it has written more than %,d bytes; the beginning and the end of its log are kept, and what lies between them is left out (limits.log)"
                                    .formatted(most)
                            : "it has written more than %,d bytes, and logs cannot be shortened here: neither `fallocate` nor a file system with holes. Stop the run if the disk fills"
                                    .formatted(most));
        }
    }

    private void tell(Log log, String reason, String message) {
        Incident incident = Incident.warning(clock.instant(), reason, log.name(), message);
        store.write(handle -> {
            store.addIncidents(handle, log.run(), List.of(incident));
            return incident;
        });
        says.accept(log.run(), "%s %s: %s".formatted(log.name(), reason, message));
    }
}
