package io.ropewalk.support.failpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.spi.RopewalkException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailpointsTest {
    private final AtomicInteger kills = new AtomicInteger();

    @Test
    void thereAreManyPointsEachWithANameAndASentenceOfItsOwn() {
        assertThat(Failpoints.values()).hasSizeGreaterThanOrEqualTo(60);
        assertThat(Arrays.stream(Failpoints.values()).map(Failpoints::toString)).doesNotHaveDuplicates();
        assertThat(Arrays.stream(Failpoints.values()).map(Failpoints::stands)).doesNotHaveDuplicates();
    }

    @Test
    void aPointIsCalledLikeItsConstant() {
        for (Failpoints point : Failpoints.values()) {
            assertThat(point.toString())
                    .isEqualTo(point.name().toLowerCase(java.util.Locale.ROOT).replace('_', '.'));
        }
    }

    @Test
    void nothingHappensAtAPointThatIsNotArmed() {
        for (Failpoints point : Failpoints.values()) {
            point.reached();
        }
    }

    @Test
    void anArmedPointKillsOnceWhenItHasBeenReachedOftenEnough() {
        Armed armed = Armed.parse("run.stored:3:kill", kills::incrementAndGet);
        armed.reached(Failpoints.RUN_STORED);
        armed.reached(Failpoints.RUN_BEGUN);
        armed.reached(Failpoints.RUN_STORED);
        assertThat(kills).hasValue(0);
        armed.reached(Failpoints.RUN_STORED);
        armed.reached(Failpoints.RUN_STORED);
        assertThat(kills).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"run.stored", "run.stored:1", "run.stored:kill"})
    void withoutMoreWordsItIsTheFirstTimeAndAKill(String text) {
        Armed.parse(text, kills::incrementAndGet).reached(Failpoints.RUN_STORED);
        assertThat(kills).hasValue(1);
    }

    @Test
    void aPointMayFailInsteadOfKilling() {
        Armed armed = Armed.parse("run.stored:throw", kills::incrementAndGet);
        assertThatThrownBy(() -> armed.reached(Failpoints.RUN_STORED))
                .isInstanceOf(RopewalkException.class)
                .hasMessageContaining("run.stored");
        armed.reached(Failpoints.RUN_STORED);
        assertThat(kills).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "run", "run.stored:0", "run.stored:-1", "run.stored:maybe", "no.such.point", "run.stored:1:2"
            })
    void whatNamesNoPointIsRefusedAndSaysWhatToDo(String text) {
        assertThatThrownBy(() -> Armed.parse(text)).hasMessageContaining("Unset ROPEWALK_FAILPOINT");
    }
}
