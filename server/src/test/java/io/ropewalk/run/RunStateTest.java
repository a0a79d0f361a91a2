package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.run.RunState.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RunStateTest {
    private static final Instant BEFORE = Instant.ofEpochMilli(1000);
    private static final Instant NOW = Instant.ofEpochMilli(2000);
    private static final Outcome FAILURE = new Outcome.Failure(FailureCause.USER_EXIT, "exit 3");

    private static final RunState QUEUED = new RunState.Queued(BEFORE, "full");
    private static final RunState STARTING = new RunState.Starting(BEFORE, "");
    private static final RunState RUNNING = new RunState.Running(BEFORE);
    private static final RunState ENDING = new RunState.Ending(BEFORE, FAILURE);
    private static final List<RunState> FINAL = List.of(
            new RunState.Succeeded(BEFORE),
            new RunState.Failed(BEFORE, FailureCause.USER_EXIT, "exit 3"),
            new RunState.Stopped(BEFORE, "ada"));
    private static final List<RunEvent> EVENTS = List.of(
            new RunEvent.Waits("fuller"),
            new RunEvent.Admitted(),
            new RunEvent.Prepares("git"),
            new RunEvent.Started(),
            new RunEvent.Decided(FAILURE),
            new RunEvent.AllEnded());

    static Stream<Arguments> moves() {
        return Stream.of(
                Arguments.of(QUEUED, new RunEvent.Waits("fuller"), new RunState.Queued(BEFORE, "fuller")),
                Arguments.of(QUEUED, new RunEvent.Admitted(), new RunState.Starting(NOW, "")),
                Arguments.of(
                        QUEUED,
                        new RunEvent.Decided(FAILURE),
                        new RunState.Failed(NOW, FailureCause.USER_EXIT, "exit 3")),
                Arguments.of(QUEUED, new RunEvent.Decided(new Outcome.Stop("ada")), new RunState.Stopped(NOW, "ada")),
                Arguments.of(STARTING, new RunEvent.Prepares("git"), new RunState.Starting(BEFORE, "git")),
                Arguments.of(STARTING, new RunEvent.Started(), new RunState.Running(NOW)),
                Arguments.of(STARTING, new RunEvent.Decided(FAILURE), new RunState.Ending(NOW, FAILURE)),
                Arguments.of(RUNNING, new RunEvent.Decided(FAILURE), new RunState.Ending(NOW, FAILURE)),
                Arguments.of(
                        RUNNING,
                        new RunEvent.Decided(new Outcome.Success()),
                        new RunState.Ending(NOW, new Outcome.Success())),
                Arguments.of(
                        ENDING, new RunEvent.AllEnded(), new RunState.Failed(NOW, FailureCause.USER_EXIT, "exit 3")),
                Arguments.of(
                        new RunState.Ending(BEFORE, new Outcome.Success()),
                        new RunEvent.AllEnded(),
                        new RunState.Succeeded(NOW)));
    }

    @ParameterizedTest
    @MethodSource("moves")
    void aRunMovesOn(RunState from, RunEvent event, RunState to) {
        assertThat(from.after(event, NOW)).isEqualTo(to);
    }

    @Test
    void everythingElseChangesNothing() {
        List<List<Object>> moving = moves().map(
                        row -> List.<Object>of(row.get()[0].getClass(), row.get()[1].getClass()))
                .toList();
        for (RunState state : List.of(QUEUED, STARTING, RUNNING, ENDING)) {
            for (RunEvent event : EVENTS) {
                if (!moving.contains(List.<Object>of(state.getClass(), event.getClass()))) {
                    assertThat(state.after(event, NOW)).isEqualTo(state);
                }
            }
        }
    }

    @Test
    void aFinalStateIsNeverLeft() {
        for (RunState state : FINAL) {
            for (RunEvent event : EVENTS) {
                assertThat(state.after(event, NOW)).isSameAs(state);
            }
        }
    }
}
