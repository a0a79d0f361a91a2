package io.ropewalk.run;

/// What can happen to a run, as far as its state goes.
public sealed interface RunEvent {
    /// It cannot have what it asks for yet.
    record Waits(String reason) implements RunEvent {}

    /// What it asks for has been set aside for it.
    record Admitted() implements RunEvent {}

    /// Something is made ready for it.
    record Prepares(String what) implements RunEvent {}

    /// All its replicas have been started.
    record Started() implements RunEvent {}

    /// How it ends is known.
    record Decided(RunState.Outcome outcome) implements RunEvent {}

    /// Nothing of it runs any more.
    record AllEnded() implements RunEvent {}
}
