package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.run.RunState.Outcome;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.WorkspaceId;
import io.ropewalk.spi.executor.LaunchHandle;
import io.ropewalk.spi.executor.Observation.ReplicaStatus;
import io.ropewalk.spi.executor.ReplicaId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LifeEventsTest {
    private static final Instant BEGAN = Instant.parse("2030-01-01T00:00:00Z");

    private static Run queued() {
        return new Run(
                new RunId("r"),
                new Run.Home(new WorkspaceId("w"), "w", new ProjectId("p"), "p"),
                1,
                Run.Kind.LAUNCHED,
                new Run.Origin("master", null, null, "owner", "", null),
                RunSpecification.tracked("p", "train", Map.of()),
                new RunState.Queued(BEGAN, "2 CPUs are asked for, 1 is free"),
                Timeline.EMPTY.enter(Timeline.Name.QUEUED, BEGAN),
                Map.of(),
                BEGAN,
                null,
                null,
                Optional.empty(),
                Optional.empty());
    }

    private static List<String> told(List<Incident> incidents) {
        return incidents.stream()
                .map(incident -> incident.type() + " " + incident.reason() + ": " + incident.message())
                .toList();
    }

    private static List<Replica> replicas(int count) {
        return IntStream.range(0, count)
                .mapToObj(i ->
                        Replica.waiting(new ReplicaId("worker", i), 1).seen(new ReplicaStatus.Running(BEGAN, "", "")))
                .toList();
    }

    @Test
    void everyStepOfALifeIsToldOnce() {
        List<String> told = new ArrayList<>(told(LifeEvents.first(queued())));
        Run run = queued();
        long seconds = 0;
        for (RunEvent event : List.of(
                new RunEvent.Admitted(),
                new RunEvent.Prepares("installs"),
                new RunEvent.Started(),
                new RunEvent.Decided(new Outcome.Success()),
                new RunEvent.AllEnded())) {
            seconds += 70;
            Run next = run.after(event, BEGAN.plusSeconds(seconds));
            told.addAll(told(LifeEvents.between(run, next, replicas(12))));
            assertThat(LifeEvents.between(next, next, replicas(12))).isEmpty();
            run = next;
        }
        assertThat(told)
                .containsExactly(
                        "NORMAL Queued: 2 CPUs are asked for, 1 is free",
                        "NORMAL Scheduled: there is room for it, after 1 min 10 s",
                        "NORMAL Started: worker-0, worker-1, worker-2, worker-3, worker-4, worker-5, worker-6, worker-7, worker-8, worker-9 and 2 more",
                        "NORMAL Stopping: what decides has succeeded; the others are told to end",
                        "NORMAL Succeeded: after 2 min 20 s");
    }

    @Test
    void whatHappensBetweenTwoLooksIsToldAltogether() {
        Run before = queued().after(new RunEvent.Admitted(), BEGAN);
        Run after = before.with(new LaunchHandle(before.launch(), "h"))
                .after(new RunEvent.Started(), BEGAN)
                .after(new RunEvent.Decided(new Outcome.Failure(FailureCause.OUT_OF_MEMORY, "too big")), BEGAN)
                .after(new RunEvent.AllEnded(), BEGAN);
        assertThat(told(LifeEvents.between(before, after, replicas(1))))
                .containsExactly("NORMAL Started: worker-0", "WARNING Failed: out-of-memory: too big");
    }

    @Test
    void aRunThatIsOverBeforeItsLastReplicaStartsHasStartedAllTheSame() {
        Run before = queued().after(new RunEvent.Admitted(), BEGAN);
        Run ending = before.after(new RunEvent.Decided(new Outcome.Success()), BEGAN);
        List<Replica> replicas = new ArrayList<>(replicas(1));
        replicas.add(Replica.waiting(new ReplicaId("ps", 0), 1));
        assertThat(told(LifeEvents.between(before, ending, replicas)))
                .containsExactly(
                        "NORMAL Started: worker-0",
                        "NORMAL Stopping: what decides has succeeded; the others are told to end");
        Run ended = ending.after(new RunEvent.AllEnded(), BEGAN.plusSeconds(2));
        assertThat(told(LifeEvents.between(ending, ended, replicas))).containsExactly("NORMAL Succeeded: after 2.0 s");
    }

    @Test
    void aRunThatNeverStartsIsNotSaidToHaveStarted() {
        Run stopped = queued().after(new RunEvent.Decided(new Outcome.Stop("")), BEGAN);
        assertThat(told(LifeEvents.between(queued(), stopped, List.of())))
                .containsExactly("NORMAL Stopped: before it started");
    }
}
