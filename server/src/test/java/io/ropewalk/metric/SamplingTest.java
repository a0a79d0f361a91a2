package io.ropewalk.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplingTest {
    @ParameterizedTest
    @ValueSource(ints = {5, 6, 7, 10, 100, 999, 1000, 1001})
    void aSampleIsNeverLargerThanAskedAndKeepsEndsAndExtremes(int most) {
        Random random = new Random(most);
        Column column = new Column();
        for (int i = 0; i < 1_000; i++) {
            column.add(i, i, random.nextGaussian());
        }
        column.add(1_000, 1_000, -50);
        column.add(1_001, 1_001, 50);
        column.add(1_002, 1_002, 0);
        Column sample = Sampling.of(column, most);
        assertThat(sample.size()).isLessThanOrEqualTo(most);
        assertThat(sample.step(0)).isZero();
        assertThat(sample.step(sample.size() - 1)).isEqualTo(1_002);
        double smallest = 0;
        double largest = 0;
        for (int i = 0; i < sample.size(); i++) {
            smallest = Math.min(smallest, sample.value(i));
            largest = Math.max(largest, sample.value(i));
            assertThat(i == 0 || sample.step(i) > sample.step(i - 1)).isTrue();
        }
        assertThat(smallest).isEqualTo(-50);
        assertThat(largest).isEqualTo(50);
    }

    @Test
    void anInfinityAndANaNAreNotLostBetweenOthers() {
        Column column = new Column();
        for (int i = 0; i < 10_000; i++) {
            column.add(i, i, i == 5_000 ? Double.NaN : i == 7_000 ? Double.POSITIVE_INFINITY : 1);
        }
        Column sample = Sampling.of(column, 50);
        assertThat(has(sample, 5_000)).isTrue();
        assertThat(has(sample, 7_000)).isTrue();
    }

    private static boolean has(Column column, long step) {
        for (int i = 0; i < column.size(); i++) {
            if (column.step(i) == step) {
                return true;
            }
        }
        return false;
    }
}
