package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.project.DocumentReader;
import io.ropewalk.project.ProjectDocument;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.WorkspaceId;
import io.ropewalk.spi.executor.Observation.ReplicaStatus;
import io.ropewalk.spi.executor.ReplicaId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunStatusTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    @ParameterizedTest(name = "AT-K19: {0} is {1}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            -                                            | Unknown
            Running                                      | Running
            Completed Completed                          | Completed
            Running Terminating                          | Terminating
            Terminating ContainerCreating                | Terminating
            ContainerCreating Terminating Terminating    | Terminating
            CrashLoopBackOff Terminating                 | Terminating
            Running Running ContainerCreating            | ContainerCreating
            CrashLoopBackOff ContainerCreating           | ContainerCreating
            Completed Completed Running                  | Running
            Running Completed                            | Running
            CrashLoopBackOff Running Running             | CrashLoopBackOff
            Completed Completed CrashLoopBackOff         | CrashLoopBackOff
            Error Running Running                        | Running
            Error Error Completed                        | Error
            Running Completed Terminating Completed      | Completed
            Running Running ContainerCreating Completed  | Running
            Pending Error Completed Error                | Error
            """)
    void ofTwoWordsTheMoreTellingStandsForAllElseTheMostFrequent(@Nullable String words, String overall) {
        assertThat(RunStatus.overall(words == null ? List.of() : List.of(words.split(" ", -1))))
                .isEqualTo(overall);
    }

    private static Run run(RunState state) {
        ProjectDocument document =
                new DocumentReader(List.of()).read("""
                        name: p
                        tasks:
                          - name: train
                            roles:
                              - {name: worker, replicas: 2, command: work}
                              - {name: ps, permanent: true, command: serve}
                        """).document().orElseThrow();
        return new Run(
                new RunId("r"),
                new Run.Home(new WorkspaceId("w"), "w", new ProjectId("p"), "p"),
                1,
                Run.Kind.LAUNCHED,
                new Run.Origin("master", null, null, "owner", "", null),
                new RunSpecification(document, Map.of(), Map.of()),
                state,
                Timeline.EMPTY.enter(Timeline.Name.QUEUED, NOW),
                Map.of(),
                NOW,
                null,
                null,
                Optional.empty(),
                Optional.empty());
    }

    private static Replica running(String role, int index) {
        return Replica.waiting(new ReplicaId(role, index), 1).seen(new ReplicaStatus.Running(NOW, "", ""));
    }

    private static List<String> shown(RunStatus.ResourceState role) {
        return role.events().stream()
                .map(event -> event.type() + " " + event.reason() + " of "
                        + event.source().component())
                .toList();
    }

    @Test
    void aRoleTellsItsEventsWhileNotAllOfItRuns() {
        List<Incident> incidents = List.of(
                Incident.warning(NOW, "BackOff", "worker-1", "starts again"),
                Incident.warning(NOW, "FailedMount", "source code", "cannot be had"),
                Incident.normal(NOW, "Started", "ps-0", "runs"));
        RunStatus status = RunStatus.of(
                run(new RunState.Running(NOW)), List.of(running("worker", 0), running("ps", 0)), incidents);
        assertThat(status.resourceStates().stream().map(role -> role.name() + " " + role.status()))
                .containsExactly("worker CrashLoopBackOff", "ps Running");
        assertThat(shown(status.resourceStates().getFirst()))
                .containsExactly("Warning BackOff of worker-1", "Warning FailedMount of source code");
        assertThat(shown(status.resourceStates().getLast())).isEmpty();
        assertThat(status.status()).isEqualTo("CrashLoopBackOff");
        assertThat(status.health()).isEqualTo("healthy");
        assertThat(status.reason()).isEqualTo("cannot be had");
        assertThat(status.reasonCode()).isEqualTo("error");
    }

    @Test
    void whatWaitsForAPlaceIsInsufficientAndWhatFailedForItToo() {
        RunStatus waits = RunStatus.of(run(new RunState.Queued(NOW, "needs 3 CPUs, 1 free")), List.of(), List.of());
        assertThat(waits.status()).isEqualTo("Pending");
        assertThat(waits.reason()).isEqualTo("Insufficient: needs 3 CPUs, 1 free");
        assertThat(waits.reasonCode()).isEqualTo("insufficient");
        RunStatus failed = RunStatus.of(
                run(new RunState.Failed(NOW, FailureCause.USER_EXIT, "worker-0 ended with 3")), List.of(), List.of());
        assertThat(failed.health()).isEqualTo("unhealthy");
        assertThat(failed.reasonCode()).isEqualTo("error");
        assertThat(RunStatus.of(run(new RunState.Running(NOW)), List.of(), List.of())
                        .reason())
                .isNull();
    }
}
