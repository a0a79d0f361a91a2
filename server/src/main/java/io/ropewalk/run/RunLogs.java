package io.ropewalk.run;

import io.ropewalk.access.Scope;
import io.ropewalk.log.LogFile;
import io.ropewalk.log.LogSource;
import io.ropewalk.log.MasterLog;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.executor.Executor;
import io.ropewalk.spi.executor.LaunchHandle;
import io.ropewalk.spi.executor.LogChunk;
import io.ropewalk.spi.executor.ReplicaId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/// A run's logs: the server's own lines, and what its replicas write.
final class RunLogs implements RunLogSource {
    private static final Duration SEEN_FOR = Duration.ofSeconds(1);
    private static final int MOST_SEEN = 1_000;

    private final RunStore store;
    private final Executor executor;
    private final MasterLog master;
    private final Map<Asked, Seen> seen = new ConcurrentHashMap<>();

    private record Asked(Scope scope, RunId run) {}

    private record Seen(Run run, long at) {}

    RunLogs(RunStore store, Executor executor, MasterLog master) {
        this.store = store;
        this.executor = executor;
        this.master = master;
    }

    @Override
    public List<LogFile> logs(Scope scope, RunId id) {
        return logs(store.get(scope, id), store.latestReplicas(id));
    }

    private List<LogFile> logs(Run run, List<Replica> replicas) {
        List<LogFile> logs = new ArrayList<>();
        logs.add(new LogFile(LogFile.MASTER, 1, List.of(1), master.size(run.id()), run.ended()));
        for (Replica replica : replicas) {
            logs.add(new LogFile(
                    replica.id().toString(),
                    replica.attempt(),
                    IntStream.rangeClosed(1, replica.attempt()).boxed().toList(),
                    size(run, replica),
                    run.ended()));
        }
        return logs;
    }

    private long size(Run run, Replica replica) {
        Optional<LaunchHandle> handle = run.launchHandle();
        if (handle.isEmpty()) {
            return 0;
        }
        try {
            return executor.readLog(handle.get(), replica.id(), replica.attempt(), Long.MAX_VALUE, 0)
                    .offset();
        } catch (RopewalkException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                // It has not been started, or its files are gone, which must not keep the run from ending.
                return 0;
            }
            throw e;
        }
    }

    @Override
    public LogChunk read(Scope scope, RunId id, String log, int attempt, long offset, int limit) {
        Run run = log.equals(LogFile.MASTER) ? store.get(scope, id) : seen(scope, id);
        return read(run, log, attempt, offset, limit);
    }

    /// Who follows a log reads it many times a second, and what is needed of the run for it hardly changes.
    private Run seen(Scope scope, RunId id) {
        Asked asked = new Asked(scope, id);
        Seen before = seen.get(asked);
        long now = System.nanoTime();
        if (before != null && now - before.at() < SEEN_FOR.toNanos()) {
            return before.run();
        }
        Run run = store.get(scope, id);
        if (run.launchHandle().isPresent()) {
            if (seen.size() >= MOST_SEEN) {
                seen.clear();
            }
            seen.put(asked, new Seen(run, now));
        }
        return run;
    }

    private LogChunk read(Run run, String log, int attempt, long offset, int limit) {
        if (log.equals(LogFile.MASTER)) {
            return master.read(run.id(), offset, limit, run.ended());
        }
        LaunchHandle handle = run.launchHandle()
                .orElseThrow(() -> new RopewalkException(
                        ErrorCode.NOT_FOUND,
                        "Run %s has not started, so there is no log '%s'.".formatted(run.name(), log)));
        return executor.readLog(handle, replica(run, log), attempt, offset, limit);
    }

    /// The logs of a run as they are now, and their bytes, for who has looked the run up.
    LogSource of(Run run) {
        return of(run, store.latestReplicas(run.id()));
    }

    LogSource of(Run run, List<Replica> replicas) {
        List<LogFile> files = logs(run, replicas);
        return new LogSource() {
            @Override
            public List<LogFile> files() {
                return files;
            }

            @Override
            public LogChunk read(String log, int attempt, long offset, int limit) {
                return RunLogs.this.read(run, log, attempt, offset, limit);
            }
        };
    }

    /// The logs of a run that the caller knows, so that nothing needs to be looked up.
    RunLogSource known(Run run, List<Replica> replicas) {
        return new RunLogSource() {
            @Override
            public List<LogFile> logs(Scope scope, RunId id) {
                return RunLogs.this.logs(run, replicas);
            }

            @Override
            public LogChunk read(Scope scope, RunId id, String log, int attempt, long offset, int limit) {
                return RunLogs.this.read(run, log, attempt, offset, limit);
            }
        };
    }

    static ReplicaId replica(Run run, String log) {
        return run.specification().replicaIds().stream()
                .filter(replica -> replica.toString().equals(log))
                .findFirst()
                .orElseThrow(() -> new RopewalkException(
                        ErrorCode.NOT_FOUND,
                        "Run %s has no log '%s'; it has 'master' and one of each replica, such as '%s'."
                                .formatted(
                                        run.name(),
                                        log,
                                        run.specification().replicaIds().getFirst())));
    }
}
