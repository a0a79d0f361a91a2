package io.ropewalk.run;

import io.ropewalk.log.MasterLog;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.time.Signals;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// What follows when a run has changed: its own log tells it, and whoever watches it looks again.
final class RunJournal implements RunReconciler.Aftermath {
    private final MasterLog log;
    private final RunLogs logs;
    private final Signals signals;
    private final NumberCollector collector;
    private final UseCollector uses;
    private final CheckpointKeeper checkpoints;
    private final LastWrites writes;
    private final Map<RunId, Run> running = new ConcurrentHashMap<>();

    RunJournal(
            MasterLog log,
            RunLogs logs,
            Signals signals,
            NumberCollector collector,
            UseCollector uses,
            CheckpointKeeper checkpoints,
            LastWrites writes) {
        this.log = log;
        this.logs = logs;
        this.signals = signals;
        this.collector = collector;
        this.uses = uses;
        this.checkpoints = checkpoints;
        this.writes = writes;
    }

    @Override
    public void changed(Run run, List<Incident> incidents) {
        log.append(
                run.id(),
                incidents.stream()
                        .map(incident ->
                                "%s %s: %s".formatted(incident.component(), incident.reason(), incident.message()))
                        .collect(Collectors.joining("\n")));
        if (run.state() instanceof RunState.Running || run.state() instanceof RunState.Ending) {
            running.put(run.id(), run);
        } else {
            running.remove(run.id());
        }
        signals.signal(RunUpdates.topic(run.id()));
        if (run.ended()) {
            writes.ended(run.id());
            signals.signal(RunNews.ENDED);
        }
        signals.signal(MasterLog.topic(run.id()));
    }

    @Override
    public void says(Run run, String line) {
        log.append(run.id(), line);
    }

    /// The runs whose programs may print numbers now.
    Set<RunId> running() {
        return Set.copyOf(running.keySet());
    }

    /// The same, as they last changed.
    Collection<Run> runningRuns() {
        return List.copyOf(running.values());
    }

    @Override
    public List<Incident> ending(Run run, List<Replica> replicas) {
        collector.drain(run.id(), logs.known(run, replicas));
        checkpoints.tidy(run);
        return uses.ending(run);
    }
}
