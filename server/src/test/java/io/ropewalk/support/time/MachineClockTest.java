package io.ropewalk.support.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MachineClockTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private final List<Duration> told = new ArrayList<>();
    private Instant wall = NOON;
    private long nanos = -5_000_000_000L;
    private MachineClock clock = new MachineClock(() -> wall, () -> nanos);

    @BeforeEach
    void listen() {
        clock.onSet(told::add);
    }

    private void pass(Duration time) {
        wall = wall.plus(time);
        nanos += time.toNanos();
    }

    private Duration since(Instant then) {
        return MachineClock.since(clock, then);
    }

    @Test
    void aClockThatNobodySetsIsBelieved() {
        pass(Duration.ofHours(3));
        assertThat(clock.instant()).isEqualTo(NOON.plus(Duration.ofHours(3)));
        assertThat(since(NOON)).isEqualTo(Duration.ofHours(3));
        assertThat(since(NOON.minusSeconds(60))).isEqualTo(Duration.ofHours(3).plusSeconds(60));
        assertThat(since(NOON.plus(Duration.ofHours(4)))).isEqualTo(Duration.ofHours(-1));
        assertThat(told).isEmpty();
    }

    @Test
    void aClockThatIsPutRightSlowlyIsNotSet() {
        for (int i = 0; i < 100; i++) {
            pass(Duration.ofMinutes(1));
            wall = wall.plusSeconds(1);
            clock.instant();
        }
        assertThat(told).isEmpty();
    }

    @Test
    void aDayThatDidNotPassDoesNotCount() {
        pass(Duration.ofMinutes(10));
        clock.instant();
        wall = wall.plus(Duration.ofDays(1));
        pass(Duration.ofMinutes(5));
        assertThat(since(NOON)).isEqualTo(Duration.ofMinutes(15));
        Instant later = clock.instant();
        pass(Duration.ofMinutes(2));
        assertThat(since(later)).isEqualTo(Duration.ofMinutes(2));
        assertThat(since(NOON.minusSeconds(30)))
                .isEqualTo(Duration.ofMinutes(17).plusSeconds(30));
        assertThat(told).singleElement().satisfies(by -> assertThat(by).isEqualTo(Duration.ofDays(1)));
    }

    @Test
    void aDayThatComesTwiceIsTakenForTheSecond() {
        Instant started = clock.instant();
        pass(Duration.ofMinutes(10));
        clock.instant();
        wall = wall.minus(Duration.ofDays(1));
        pass(Duration.ofMinutes(5));
        assertThat(since(started)).isEqualTo(Duration.ofMinutes(15));
        Instant again = clock.instant();
        pass(Duration.ofMinutes(1));
        assertThat(since(again)).isEqualTo(Duration.ofMinutes(1));
        pass(Duration.ofDays(2));
        assertThat(since(again)).isEqualTo(Duration.ofDays(2).plusMinutes(1));
        assertThat(told).containsExactly(Duration.ofDays(-1));
    }

    @Test
    void anotherProcessKnowsWhatWasKeptSinceTheMachineBegan(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("clock");
        clock.keep(file, "boot", Duration.ofHours(1));
        pass(Duration.ofMinutes(10));
        clock.instant();
        wall = wall.plus(Duration.ofDays(1));
        pass(Duration.ofMinutes(1));
        clock.instant();
        pass(Duration.ofMinutes(4));
        // Nobody is there when it is set back.
        wall = wall.minus(Duration.ofDays(1));
        nanos += 77;
        Files.writeString(file, "boot 17", StandardOpenOption.APPEND);
        clock = new MachineClock(() -> wall, () -> nanos);
        clock.keep(file, "boot", Duration.ofMinutes(75));
        assertThat(since(NOON))
                .isBetween(Duration.ofMinutes(15), Duration.ofMinutes(15).plusMillis(1));
        clock = new MachineClock(() -> wall, () -> nanos);
        clock.keep(file, "boot", Duration.ofMinutes(75));
        assertThat(since(NOON.plus(Duration.ofDays(1)).plus(Duration.ofMinutes(12))))
                .isBetween(Duration.ofMinutes(3), Duration.ofMinutes(3).plusMillis(1));
        assertThat(Files.readAllLines(file))
                .filteredOn(line -> line.endsWith("."))
                .hasSize(3);
        clock = new MachineClock(() -> wall, () -> nanos);
        clock.keep(file, "another boot", Duration.ofMinutes(1));
        assertThat(since(NOON.minusSeconds(60))).isEqualTo(Duration.ofMinutes(16));
    }

    @Test
    void whoIsAwayBetweenTheTwoReadingsLooksAgain() {
        int[] readings = {0};
        clock = new MachineClock(
                () -> {
                    if (++readings[0] == 2) {
                        pass(Duration.ofMinutes(1));
                    }
                    return wall;
                },
                () -> nanos);
        listen();
        clock.instant();
        assertThat(readings[0]).isEqualTo(3);
        assertThat(told).isEmpty();
    }
}
