package io.ropewalk.run;

import io.ropewalk.access.Scope;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// What there is to tell of runs, for who tells people. Whether a run's end has been told is a mark on its row, so
/// that no crash comes between: whoever tells sets it together with what he writes down.
public final class RunNews {
    /// Signalled when a run has ended.
    public static final String ENDED = "runs-ended";

    private final RunStore store;
    private final LastWrites writes;

    RunNews(RunStore store, LastWrites writes) {
        this.store = store;
        this.writes = writes;
    }

    /// A run that lives.
    ///
    /// @param running false while it waits, starts or ends
    public record Alive(RunId run, ProjectId project, String author, boolean running, Instant startedAt) {}

    /// Runs that have ended and whose end has not been told, the oldest first.
    public List<Run> untold(int limit) {
        return store.untold(limit);
    }

    /// Inside the transaction that writes down what is told.
    public void told(Handle handle, Collection<RunId> runs) {
        store.told(handle, runs);
    }

    public List<Alive> alive() {
        return store.alive();
    }

    public Optional<Run> find(Scope scope, RunId run) {
        return store.find(scope, run);
    }

    /// The run that tries this one again.
    public Optional<Run.Later> later(RunId run) {
        return store.later(run);
    }

    /// Since when nothing was written by a run, if that is so long already: neither a line nor a number.
    public Optional<Instant> silentSince(Alive alive, Duration atLeast) {
        return alive.running() ? writes.silentSince(alive.run(), alive.startedAt(), atLeast) : Optional.empty();
    }
}
