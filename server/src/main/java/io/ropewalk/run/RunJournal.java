package io.ropewalk.run;

import io.ropewalk.log.MasterLog;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.time.Signals;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// What follows when a run has changed: its own log tells it, and whoever watches it looks again.
final class RunJournal implements RunReconciler.Aftermath {
    private final MasterLog log;
    private final RunLogs logs;
    private final Signals signals;
    private final NumberCollector collector;
    private final Set<RunId> running = ConcurrentHashMap.newKeySet();

    RunJournal(MasterLog log, RunLogs logs, Signals signals, NumberCollector collector) {
        this.log = log;
        this.logs = logs;
        this.signals = signals;
        this.collector = collector;
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
            running.add(run.id());
        } else {
            running.remove(run.id());
        }
        signals.signal(RunUpdates.topic(run.id()));
        signals.signal(MasterLog.topic(run.id()));
    }

    @Override
    public void says(Run run, String line) {
        log.append(run.id(), line);
    }

    /// The runs whose programs may print numbers now.
    Set<RunId> running() {
        return Set.copyOf(running);
    }

    @Override
    public void ending(Run run, List<Replica> replicas) {
        collector.drain(run.id(), logs.known(run, replicas));
    }
}
