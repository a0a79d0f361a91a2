package io.ropewalk.run;

import com.fasterxml.jackson.annotation.JsonValue;
import io.ropewalk.spi.LaunchId;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.WorkspaceId;
import io.ropewalk.spi.executor.LaunchHandle;
import io.ropewalk.support.http.Position;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One launch of a task, or one piece of work that runs elsewhere and is tracked here.
///
/// @param number counts all runs of a project
/// @param specification what was asked for, complete: nothing else is needed to start it
/// @param info what programs have said about the run, free of form
/// @param startedAt when its first replica started
/// @param handle how the executor finds its launch
public record Run(
        RunId id,
        Home home,
        long number,
        Kind kind,
        Origin origin,
        RunSpecification specification,
        RunState state,
        Timeline timeline,
        Map<String, Object> info,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        Optional<String> handle,
        Optional<Instant> stopRequestedAt) {

    public enum Kind {
        LAUNCHED,
        TRACKED;

        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// The project that a run belongs to.
    public record Home(WorkspaceId workspaceId, String workspace, ProjectId projectId, String project) {}

    /// What a run came from.
    ///
    /// @param parent the run that started it
    /// @param earlier what it goes on from
    public record Origin(
            String experiment,
            @Nullable String revision,
            @Nullable RunId parent,
            String author,
            String comment,
            @Nullable Earlier earlier) {
        /// Of a run that goes on with what another one has left.
        Origin goingOn(Run from, int retry) {
            RunId first = earlier == null ? from.id() : earlier.first();
            return new Origin(
                    experiment, revision, parent, author, comment, new Earlier(from.id(), from.name(), first, retry));
        }
    }

    /// The runs that a run goes on from.
    ///
    /// @param run the one before it
    /// @param name that one's name
    /// @param first whose checkpoints they all share
    /// @param retry how many of them the server itself has tried again; 0 when a person asked
    public record Earlier(RunId run, String name, RunId first, int retry) {}

    /// The run that tries a run again.
    public record Later(RunId run, String name) {}

    public String task() {
        return specification.task().name();
    }

    /// A run that has just been asked for, without a number yet.
    static Run queued(RunId id, Home home, Origin origin, RunSpecification specification, Instant now) {
        return new Run(
                id,
                home,
                0,
                Kind.LAUNCHED,
                origin,
                specification,
                new RunState.Queued(now, ""),
                Timeline.EMPTY.enter(Timeline.Name.QUEUED, now),
                Map.of(),
                now,
                null,
                null,
                Optional.empty(),
                Optional.empty());
    }

    /// As people say it: `train-7`.
    public String name() {
        return task() + "-" + number;
    }

    public LaunchId launch() {
        return new LaunchId(id.value());
    }

    public Optional<LaunchHandle> launchHandle() {
        return handle.map(reference -> new LaunchHandle(launch(), reference));
    }

    Run numbered(long given) {
        return new Run(
                id,
                home,
                given,
                kind,
                origin,
                specification,
                state,
                timeline,
                info,
                createdAt,
                startedAt,
                endedAt,
                handle,
                stopRequestedAt);
    }

    Run with(LaunchHandle launched) {
        return new Run(
                id,
                home,
                number,
                kind,
                origin,
                specification,
                state,
                timeline,
                info,
                createdAt,
                startedAt,
                endedAt,
                Optional.of(launched.reference()),
                stopRequestedAt);
    }

    /// The run after something has happened to it.
    Run after(RunEvent event, Instant now) {
        RunState next = state.after(event, now);
        Timeline spent = switch (next) {
            case RunState.Queued _ -> timeline.enter(Timeline.Name.QUEUED, now);
            case RunState.Starting(Instant _, String reason) ->
                timeline.enter(reason.isEmpty() ? Timeline.Name.STARTING : Timeline.Name.PREPARING, now);
            case RunState.Running _ -> timeline.enter(Timeline.Name.RUNNING, now);
            case RunState.Ending _ -> timeline.enter(Timeline.Name.ENDING, now);
            case RunState.Final _ -> timeline.end(now);
        };
        boolean starts = startedAt == null && next instanceof RunState.Running;
        boolean ends = endedAt == null && next instanceof RunState.Final;
        return new Run(
                id,
                home,
                number,
                kind,
                origin,
                specification,
                next,
                spent,
                info,
                createdAt,
                starts ? now : startedAt,
                ends ? now : endedAt,
                handle,
                stopRequestedAt);
    }

    /// Where it stands in a list, newest first.
    Position position() {
        return Position.of(createdAt, id.value());
    }

    public boolean ended() {
        return state instanceof RunState.Final;
    }
}
