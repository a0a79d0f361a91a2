package io.ropewalk.run;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A run's state and timeline as they stand in its row. One word more than the state has is one column less
/// in its table.
record StoredState(
        String word,
        Instant since,
        @Nullable String text,
        @Nullable FailureCause cause,
        @Nullable StoredOutcome outcome,
        List<Timeline.Phase> phases) {

    record StoredOutcome(
            String word,
            @Nullable FailureCause cause,
            @Nullable String text) {}

    static StoredState of(Run run) {
        RunState state = run.state();
        List<Timeline.Phase> phases = run.timeline().phases();
        String word = state.word();
        return switch (state) {
            case RunState.Queued(Instant since, String reason) ->
                new StoredState(word, since, reason, null, null, phases);
            case RunState.Starting(Instant since, String reason) ->
                new StoredState(word, since, reason, null, null, phases);
            case RunState.Running(Instant since) -> new StoredState(word, since, null, null, null, phases);
            case RunState.Ending(Instant since, RunState.Outcome outcome) ->
                new StoredState(word, since, null, null, stored(outcome), phases);
            case RunState.Succeeded(Instant since) -> new StoredState(word, since, null, null, null, phases);
            case RunState.Failed(Instant since, FailureCause cause, String message) ->
                new StoredState(word, since, message, cause, null, phases);
            case RunState.Stopped(Instant since, String by) -> new StoredState(word, since, by, null, null, phases);
        };
    }

    RunState state() {
        String words = text == null ? "" : text;
        return switch (word) {
            case "queued" -> new RunState.Queued(since, words);
            case "starting" -> new RunState.Starting(since, words);
            case "running" -> new RunState.Running(since);
            case "ending" -> new RunState.Ending(since, outcome(outcome));
            case "succeeded" -> new RunState.Succeeded(since);
            case "failed" -> new RunState.Failed(since, known(cause), words);
            case "stopped" -> new RunState.Stopped(since, words);
            default -> throw new IllegalArgumentException("no run is '" + word + "'");
        };
    }

    private static StoredOutcome stored(RunState.Outcome outcome) {
        return switch (outcome) {
            case RunState.Outcome.Success() -> new StoredOutcome("success", null, null);
            case RunState.Outcome.Failure(FailureCause cause, String message) ->
                new StoredOutcome("failure", cause, message);
            case RunState.Outcome.Stop(String by) -> new StoredOutcome("stop", null, by);
        };
    }

    private static RunState.Outcome outcome(@Nullable StoredOutcome stored) {
        if (stored == null) {
            throw new IllegalArgumentException("an ending run has no outcome");
        }
        String words = stored.text() == null ? "" : stored.text();
        return switch (stored.word()) {
            case "success" -> new RunState.Outcome.Success();
            case "failure" -> new RunState.Outcome.Failure(known(stored.cause()), words);
            case "stop" -> new RunState.Outcome.Stop(words);
            default -> throw new IllegalArgumentException("no outcome is '" + stored.word() + "'");
        };
    }

    private static FailureCause known(@Nullable FailureCause cause) {
        if (cause == null) {
            throw new IllegalArgumentException("a failure has no cause");
        }
        return cause;
    }
}
