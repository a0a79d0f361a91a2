package io.ropewalk.run;

import io.ropewalk.artifact.FileTotals;
import io.ropewalk.project.Task;
import io.ropewalk.spi.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Renders runs for clients.
final class RunViews {
    private static final int METRICS_SHOWN = 8;
    private static final FileTotals NO_FILES = new FileTotals(0, 0, false);

    private final RunStore store;
    private final Function<Collection<RunId>, Map<RunId, Map<String, Double>>> lastValues;
    private final Function<Run, FileTotals> outputs;
    private final Function<Run, Optional<Instant>> silent;

    /// @param silent since when a run has been silent, when that is long
    RunViews(
            RunStore store,
            Function<Collection<RunId>, Map<RunId, Map<String, Double>>> lastValues,
            Function<Run, FileTotals> outputs,
            Function<Run, Optional<Instant>> silent) {
        this.silent = silent;
        this.store = store;
        this.lastValues = lastValues;
        this.outputs = outputs;
    }

    List<RunView.Summary> summaries(List<Run> runs) {
        Map<RunId, Map<String, Double>> numbers =
                lastValues.apply(runs.stream().map(Run::id).toList());
        return runs.stream()
                .map(run -> summary(run, numbers.getOrDefault(run.id(), Map.of())))
                .toList();
    }

    RunView view(Run run) {
        boolean began = run.startedAt() != null;
        return view(
                run,
                began ? lastValues.apply(List.of(run.id())).getOrDefault(run.id(), Map.of()) : Map.of(),
                run.kind() == Run.Kind.TRACKED ? List.of() : store.replicas(run.id()),
                began ? outputs.apply(run) : NO_FILES,
                later(run));
    }

    private RunView.@Nullable Later later(Run run) {
        boolean maybe = run.state() instanceof RunState.Failed
                && run.specification().task().retry() != null;
        return maybe
                ? store.later(run.id())
                        .map(later -> new RunView.Later(later.run().value(), later.name()))
                        .orElse(null)
                : null;
    }

    /// A run that has just been accepted and has nothing yet; reads nothing.
    RunView first(Run run) {
        return view(run, Map.of(), List.of(), NO_FILES, null);
    }

    private RunView view(
            Run run,
            Map<String, Double> numbers,
            List<Replica> attempts,
            FileTotals files,
            RunView.@Nullable Later later) {
        return new RunView(
                summary(run, numbers),
                run.origin().revision(),
                replicas(run, attempts),
                run.timeline().phases(),
                run.specification().pins().entrySet().stream()
                        .map(pin -> new RunView.PinView(
                                pin.getKey(),
                                run.specification()
                                        .document()
                                        .source(pin.getKey())
                                        .orElseThrow()
                                        .kind(),
                                pin.getValue().revision(),
                                pin.getValue().description()))
                        .toList(),
                run.info(),
                files,
                earlier(run),
                later);
    }

    private static RunView.@Nullable Earlier earlier(Run run) {
        Run.Earlier earlier = run.origin().earlier();
        Task.Retry policy = run.specification().task().retry();
        return earlier == null
                ? null
                : new RunView.Earlier(
                        earlier.run().value(), earlier.name(), earlier.retry(), policy == null ? 0 : policy.times());
    }

    private RunView.Summary summary(Run run, Map<String, Double> numbers) {
        Map<String, Object> metrics = new LinkedHashMap<>();
        numbers.entrySet().stream()
                .limit(METRICS_SHOWN)
                .forEach(entry -> metrics.put(entry.getKey(), Parameters.number(entry.getValue())));
        FailureCause cause = run.state() instanceof RunState.Failed failed ? failed.cause() : null;
        return new RunView.Summary(
                run.id().value(),
                run.number(),
                run.name(),
                run.home().project(),
                run.home().workspace(),
                run.task(),
                run.origin().experiment(),
                run.kind(),
                run.state().word(),
                cause,
                reason(run.state()),
                run.origin().author(),
                run.origin().comment(),
                run.specification().parameters(),
                run.createdAt(),
                run.startedAt(),
                run.endedAt(),
                run.origin().parent() == null ? null : run.origin().parent().value(),
                silent.apply(run).orElse(null),
                metrics);
    }

    private static @Nullable String reason(RunState state) {
        String reason = switch (state) {
            case RunState.Queued queued -> queued.reason();
            case RunState.Starting starting -> starting.reason();
            case RunState.Ending(Instant _, RunState.Outcome.Failure(FailureCause _, String message)) -> message;
            case RunState.Failed failed -> failed.message();
            case RunState.Stopped(Instant _, String by) -> by.isEmpty() ? "" : "by " + by;
            case RunState.Running _, RunState.Ending _, RunState.Succeeded _ -> "";
        };
        return reason.isEmpty() ? null : reason;
    }

    /// Replicas in the order of the task's roles, each with its latest attempt; those that were never started
    /// wait.
    private static List<RunView.ReplicaView> replicas(Run run, List<Replica> attempts) {
        if (run.kind() == Run.Kind.TRACKED) {
            return List.of();
        }
        Map<io.ropewalk.spi.executor.ReplicaId, Replica> latest = new LinkedHashMap<>();
        attempts.forEach(replica -> latest.put(replica.id(), replica));
        List<RunView.ReplicaView> views = new ArrayList<>();
        for (var id : run.specification().replicaIds()) {
            Replica replica = latest.getOrDefault(id, Replica.waiting(id, 1));
            boolean never = run.ended() && !replica.state().ended();
            views.add(new RunView.ReplicaView(
                    id.role(),
                    id.index(),
                    id.toString(),
                    replica.attempt(),
                    replica.attempt(),
                    never ? Replica.State.STOPPED : replica.state(),
                    run.specification().role(id.role()).permanent(),
                    emptyToNull(replica.reason()),
                    emptyToNull(replica.address()),
                    emptyToNull(replica.host()),
                    replica.exitCode(),
                    replica.startedAt(),
                    replica.endedAt()));
        }
        return views;
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
