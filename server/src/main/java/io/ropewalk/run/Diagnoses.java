package io.ropewalk.run;

import io.ropewalk.access.Scope;
import io.ropewalk.log.LogFile;
import io.ropewalk.log.LogLine;
import io.ropewalk.log.LogPage;
import io.ropewalk.log.LogSearch;
import io.ropewalk.log.LogSource;
import io.ropewalk.log.LogStamps;
import io.ropewalk.log.Logs;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.executor.LogChunk;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Finds out why runs have failed: reads no more than the end of one log. It is found anew each time it is asked
/// for, since nothing of it changes and it costs a few milliseconds.
final class Diagnoses {
    private static final long END_OF_LOG = 256 * 1024;
    private static final int LINES = 5_000;

    private final RunStore store;
    private final RunLogSource logs;

    Diagnoses(RunStore store, RunLogSource logs) {
        this.store = store;
        this.logs = logs;
    }

    Diagnosis of(Scope scope, RunId id) {
        Run run = store.get(scope, id);
        if (!(run.state() instanceof RunState.Failed(Instant _, FailureCause cause, String message))) {
            return Diagnosis.NONE;
        }
        List<LogFile> files = logs.logs(scope, id);
        Optional<Replica> guilty = guilty(cause, store.latestReplicas(id));
        if (guilty.isPresent()) {
            Replica replica = guilty.get();
            String name = replica.id().toString();
            List<LogLine> tail = files.stream()
                    .filter(file -> file.name().equals(name) && file.bytes() > 0)
                    .findFirst()
                    .map(file -> tail(scope, id, file))
                    .orElse(List.of());
            return new Evidence(cause, message, name, replica.attempt(), replica.exitCode(), tail).diagnosis();
        }
        if (run.kind() == Run.Kind.TRACKED) {
            List<LogLine> said = message.lines()
                    .map(line -> new LogLine(0, line, null, null, null))
                    .toList();
            return new Evidence(cause, message, "", 0, null, said).diagnosis();
        }
        LogFile master = Logs.find(files, LogFile.MASTER);
        return new Evidence(cause, message, LogFile.MASTER, 1, null, tail(scope, id, master)).diagnosis();
    }

    /// The replica whose log tells: what failed first, since the others may have failed of it.
    private static Optional<Replica> guilty(FailureCause cause, List<Replica> replicas) {
        return switch (cause) {
            case USER_EXIT, OUT_OF_MEMORY, SETUP_FAILED, CLUSTER_LOST, PREEMPTED ->
                replicas.stream()
                        .filter(replica ->
                                replica.state() == Replica.State.FAILED || replica.state() == Replica.State.LOST)
                        .min(Comparator.comparing(
                                Replica::endedAt, Comparator.nullsLast(Comparator.<Instant>naturalOrder())));
            case TIMED_OUT ->
                replicas.stream().filter(replica -> replica.startedAt() != null).findFirst();
            case SCHEDULE_TIMEOUT, SOURCE_MISSING, ENVIRONMENT_FAILED, IMAGE_MISSING -> Optional.empty();
        };
    }

    private List<LogLine> tail(Scope scope, RunId run, LogFile file) {
        LogSource source = new LogSource() {
            @Override
            public List<LogFile> files() {
                return List.of(file);
            }

            @Override
            public LogChunk read(String log, int attempt, long offset, int limit) {
                return logs.read(scope, run, log, attempt, offset, limit);
            }
        };
        List<LogLine> lines = new ArrayList<>();
        long offset = -END_OF_LOG;
        while (true) {
            LogPage page = Logs.page(source, file, LogStamps.NONE, file.attempt(), offset, LogSearch.everything(LINES));
            lines.addAll(page.lines());
            if (lines.size() > LINES) {
                lines.subList(0, lines.size() - LINES).clear();
            }
            long next = ((Number) page.next()).longValue();
            if (page.complete() || page.lines().isEmpty() || next == offset) {
                return lines;
            }
            offset = next;
        }
    }
}
