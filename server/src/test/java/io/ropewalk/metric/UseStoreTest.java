package io.ropewalk.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.metric.UseStore.Sample;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.db.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UseStoreTest {
    private static final long BEGAN = 1_800_000_000_000L;

    private static List<Sample> minute(long from) {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            long at = from + 5000L * i;
            samples.add(new Sample("worker-0/cpu", at, i == 7 ? 390 : 90));
            samples.add(new Sample("worker-0/memory", at, 100 + i));
        }
        return samples;
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void whatIsStoredIsReadInTheOrderOfTime(Database database) {
        UseStore store = new UseStore(database);
        RunId run = RunId.mint();
        RunId other = RunId.mint();
        store.append(Map.of(run, minute(BEGAN), other, minute(BEGAN)));
        store.append(Map.of(run, minute(BEGAN + 60_000)));
        List<Sample> all = new ArrayList<>(minute(BEGAN));
        all.addAll(minute(BEGAN + 60_000));
        assertThat(store.read(run, 0, Long.MAX_VALUE)).isEqualTo(all);
        assertThat(store.read(other, 0, Long.MAX_VALUE)).isEqualTo(minute(BEGAN));
        assertThat(store.read(run, BEGAN + 55_000, BEGAN + 65_000))
                .extracting(Sample::at)
                .containsExactly(BEGAN + 55_000, BEGAN + 55_000, BEGAN + 60_000, BEGAN + 60_000);
        assertThat(store.read(RunId.mint(), 0, Long.MAX_VALUE)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void whatIsLongAgoIsKeptInFewerPointsWithItsPeaks(Database database) {
        UseStore store = new UseStore(database);
        RunId run = RunId.mint();
        for (int i = 0; i < 90; i++) {
            store.append(Map.of(run, minute(BEGAN + 60_000L * i)));
        }
        long before = BEGAN + 60 * 60_000L;
        assertThat(store.thin(run, before)).isEqualTo(60);
        assertThat(store.thin(run, before)).isZero();
        List<Sample> cpu = store.read(run, 0, Long.MAX_VALUE).stream()
                .filter(sample -> sample.series().endsWith("cpu"))
                .toList();
        assertThat(cpu).hasSize(60 + 30 * 12);
        assertThat(cpu.subList(0, 60)).allSatisfy(sample -> {
            assertThat(sample.value()).isEqualTo((11 * 90 + 390) / 12.0);
            assertThat(sample.largest()).isEqualTo(390);
        });
        assertThat(cpu.subList(60, cpu.size()).stream().map(Sample::at))
                .isSorted()
                .allMatch(at -> at >= before);
    }
}
