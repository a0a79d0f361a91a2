package io.ropewalk.run;

import java.time.Instant;

/// Where a run is in its life: `Queued → Starting → Running → Ending → Succeeded | Failed | Stopped`.
public sealed interface RunState {
    /// When this state began.
    Instant since();

    /// The word on the wire and in the database.
    String word();

    /// @param reason why it waits, empty while nobody has looked
    record Queued(Instant since, String reason) implements RunState {
        @Override
        public String word() {
            return "queued";
        }
    }

    /// It has been given what it asked for; sources and environment are made ready, then its replicas are
    /// started.
    ///
    /// @param reason what is being done
    record Starting(Instant since, String reason) implements RunState {
        @Override
        public String word() {
            return "starting";
        }
    }

    record Running(Instant since) implements RunState {
        @Override
        public String word() {
            return "running";
        }
    }

    /// How it ends is decided; what still runs is being stopped.
    record Ending(Instant since, Outcome outcome) implements RunState {
        @Override
        public String word() {
            return "ending";
        }
    }

    /// It has ended.
    sealed interface Final extends RunState {}

    record Succeeded(Instant since) implements Final {
        @Override
        public String word() {
            return "succeeded";
        }
    }

    record Failed(Instant since, FailureCause cause, String message) implements Final {
        @Override
        public String word() {
            return "failed";
        }
    }

    record Stopped(Instant since, String by) implements Final {
        @Override
        public String word() {
            return "stopped";
        }
    }

    /// How a run is going to end.
    sealed interface Outcome {
        record Success() implements Outcome {}

        record Failure(FailureCause cause, String message) implements Outcome {}

        record Stop(String by) implements Outcome {}

        default Final at(Instant now) {
            return switch (this) {
                case Success() -> new Succeeded(now);
                case Failure(FailureCause cause, String message) -> new Failed(now, cause, message);
                case Stop(String by) -> new Stopped(now, by);
            };
        }
    }

    /// The state after something has happened. What cannot happen in a state changes nothing: an event may
    /// come late, or twice.
    default RunState after(RunEvent event, Instant now) {
        return switch (this) {
            case Queued queued ->
                switch (event) {
                    case RunEvent.Waits(String reason) -> new Queued(queued.since, reason);
                    case RunEvent.Admitted() -> new Starting(now, "");
                    case RunEvent.Decided(Outcome outcome) -> outcome.at(now);
                    case RunEvent.Prepares _, RunEvent.Started _, RunEvent.AllEnded _ -> this;
                };
            case Starting starting ->
                switch (event) {
                    case RunEvent.Prepares(String reason) -> new Starting(starting.since, reason);
                    case RunEvent.Started() -> new Running(now);
                    case RunEvent.Decided(Outcome outcome) -> new Ending(now, outcome);
                    case RunEvent.Waits _, RunEvent.Admitted _, RunEvent.AllEnded _ -> this;
                };
            case Running _ ->
                switch (event) {
                    case RunEvent.Decided(Outcome outcome) -> new Ending(now, outcome);
                    case RunEvent.Waits _,
                            RunEvent.Admitted _,
                            RunEvent.Prepares _,
                            RunEvent.Started _,
                            RunEvent.AllEnded _ -> this;
                };
            case Ending(Instant _, Outcome outcome) ->
                switch (event) {
                    case RunEvent.AllEnded() -> outcome.at(now);
                    case RunEvent.Waits _,
                            RunEvent.Admitted _,
                            RunEvent.Prepares _,
                            RunEvent.Started _,
                            RunEvent.Decided _ -> this;
                };
            case Final _ -> this;
        };
    }
}
