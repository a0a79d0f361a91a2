package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.artifact.FileTotals;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.WorkspaceId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class OutputTotalsTest {
    private static final Instant BEGAN = Instant.parse("2030-01-01T00:00:00Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(BEGAN);
    private int counts;
    private final OutputTotals totals = new OutputTotals(_ -> new FileTotals(++counts, 0, false), now::get);

    private static Run run(String id) {
        return new Run(
                new RunId(id),
                new Run.Home(new WorkspaceId("w"), "w", new ProjectId("p"), "p"),
                1,
                Run.Kind.TRACKED,
                new Run.Origin("master", null, null, "owner", "", null),
                RunSpecification.tracked("p", "train", Map.of()),
                new RunState.Running(BEGAN),
                Timeline.EMPTY.enter(Timeline.Name.RUNNING, BEGAN),
                Map.of(),
                BEGAN,
                BEGAN,
                null,
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void manyWhoLookAtARunMakeItsFilesBeCountedOnceInAWhile() {
        for (int i = 0; i < 100; i++) {
            assertThat(totals.of(run("a")).files()).isEqualTo(1);
        }
        assertThat(totals.of(run("b")).files()).isEqualTo(2);
        now.set(BEGAN.plus(OutputTotals.KEPT));
        assertThat(totals.of(run("a")).files()).isEqualTo(3);
    }

    @Test
    void whatARunHasInTheEndIsCountedThen() {
        Run run = run("a");
        totals.of(run);
        Run ended = run.after(new RunEvent.Decided(new RunState.Outcome.Success()), BEGAN)
                .after(new RunEvent.AllEnded(), BEGAN);
        assertThat(totals.of(ended).files()).isEqualTo(2);
        assertThat(totals.of(ended).files()).isEqualTo(2);
    }
}
