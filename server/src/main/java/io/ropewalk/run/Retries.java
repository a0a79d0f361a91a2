package io.ropewalk.run;

import io.ropewalk.project.Projects;
import io.ropewalk.project.Task;
import io.ropewalk.spi.RunId;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Tries runs again as their tasks say. The next run is stored together with the end of the one before it, so that a
/// crash neither forgets nor doubles it; what has succeeded or was stopped is never tried again.
final class Retries {
    private final RunStore store;
    private final Projects projects;
    private final Ledger ledger;
    private final Clock clock;

    /// What follows from the end of a run.
    ///
    /// @param run to be begun when this is stored
    /// @param told of the run that has ended
    record Next(Optional<Run> run, List<Incident> told) {
        static final Next NOTHING = new Next(Optional.empty(), List.of());

        Next {
            told = List.copyOf(told);
        }
    }

    Retries(RunStore store, Projects projects, Ledger ledger, Clock clock) {
        this.store = store;
        this.projects = projects;
        this.ledger = ledger;
        this.clock = clock;
    }

    Next store(Handle handle, Run ended, RunStore.Lease lease) {
        Task.Retry policy = ended.specification().task().retry();
        if (policy == null
                || !(ended.state() instanceof RunState.Failed(Instant at, FailureCause cause, String _))
                || !policy.on().contains(cause.word())) {
            return Next.NOTHING;
        }
        int number = number(ended) + 1;
        if (number > policy.times()) {
            return new Next(
                    Optional.empty(),
                    List.of(Incident.warning(
                            at, "NotRetried", "run", "it was tried again %d times already".formatted(number - 1))));
        }
        RunSpecification specification = cause == FailureCause.OUT_OF_MEMORY
                ? ended.specification().withMoreMemory(policy.addMemory())
                : ended.specification();
        Optional<String> impossible = ledger.impossible(specification.requested());
        if (impossible.isPresent()) {
            return new Next(
                    Optional.empty(),
                    List.of(Incident.warning(
                            at, "NotRetried", "run", "with more memory it could not start: " + impossible.get())));
        }
        Run next = Run.queued(
                RunId.mint(), ended.home(), ended.origin().goingOn(ended, number), specification, clock.instant());
        Run stored = next.numbered(projects.nextRunNumber(handle, next.home().projectId()));
        store.insert(handle, stored, lease);
        store.triedAgain(handle, ended.id(), stored);
        return new Next(
                Optional.of(stored),
                List.of(Incident.normal(
                        at,
                        "Retried",
                        "run",
                        "run %s tries it again (%d of %d)".formatted(stored.name(), number, policy.times()))));
    }

    private static int number(Run run) {
        Run.@Nullable Earlier earlier = run.origin().earlier();
        return earlier == null ? 0 : earlier.retry();
    }
}
