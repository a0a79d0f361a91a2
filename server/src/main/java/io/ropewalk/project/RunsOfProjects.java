package io.ropewalk.project;

import io.ropewalk.access.Scope;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RunId;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What a project must know of its runs.
public interface RunsOfProjects {
    /// For those of the projects that have runs.
    Map<ProjectId, Activity> activity(Scope scope, Collection<ProjectId> projects);

    /// How many runs of a project have not ended, as the transaction sees it.
    long active(Handle handle, ProjectId project);

    /// Deletes the rows of a project's runs, none of which is active, inside the transaction.
    void delete(Handle handle, ProjectId project);

    /// @param active those that have not ended
    record Counts(long total, long active, long failed) {
        public static final Counts NONE = new Counts(0, 0, 0);
    }

    record Activity(Counts runs, @Nullable LastRun lastRun) {
        public static final Activity NONE = new Activity(Counts.NONE, null);
    }

    /// The newest run, as far as a list of projects shows it.
    ///
    /// @param name such as `train-7`
    record LastRun(
            RunId id,
            long number,
            String name,
            String task,
            String state,
            @Nullable String cause,
            String author,
            Instant createdAt,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt) {}
}
