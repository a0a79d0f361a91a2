package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.run.Timeline.Name;
import io.ropewalk.run.Timeline.Phase;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimelineTest {
    @ParameterizedTest
    @CsvSource({
        "QUEUED, QUEUED@0-",
        "QUEUED STARTING RUNNING, QUEUED@0-1 STARTING@1-2 RUNNING@2-",
        "QUEUED QUEUED STARTING, QUEUED@0-2 STARTING@2-",
        "QUEUED STARTING PREPARING STARTING RUNNING, QUEUED@0-1 PREPARING@1-3 STARTING@3-4 RUNNING@4-",
        "QUEUED STARTING PREPARING PREPARING ENDING, QUEUED@0-1 PREPARING@1-4 ENDING@4-",
    })
    void phasesFollowEachOtherWithoutGaps(String entered, String phases) {
        Timeline timeline = Timeline.EMPTY;
        long second = 0;
        for (Name name :
                Arrays.stream(entered.split(" ", -1)).map(Name::valueOf).toList()) {
            timeline = timeline.enter(name, Instant.ofEpochSecond(second++));
        }
        assertThat(timeline.phases().stream().map(TimelineTest::text)).containsExactly(phases.split(" ", -1));
    }

    private static String text(Phase phase) {
        Instant end = phase.endedAt();
        return phase.phase() + "@" + phase.startedAt().getEpochSecond() + "-"
                + (end == null ? "" : Long.toString(end.getEpochSecond()));
    }
}
