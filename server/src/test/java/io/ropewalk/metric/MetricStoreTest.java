package io.ropewalk.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.db.TestDatabases;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricStoreTest {
    private static final String BOTH = "io.ropewalk.support.db.TestDatabases#both";
    private static final RunId RUN = new RunId("run-1");

    private static MetricStore store(Database database) {
        return new MetricStore(database, new LiveNumbers(_ -> {}));
    }

    private static NewPoint point(String name, long step, double value) {
        return new NewPoint(name, step, 1_000 + step, value);
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void whatWasAcknowledgedComesBackExactlyAlsoAfterARestart(Database database) {
        try (database) {
            Random random = new Random(1);
            List<Point> written = new ArrayList<>();
            MetricStore store = store(database);
            for (int batch = 0; batch < 50; batch++) {
                List<NewPoint> points = IntStream.range(0, 40)
                        .mapToObj(_ -> new NewPoint(
                                "loss",
                                random.nextLong(),
                                random.nextLong(),
                                Double.longBitsToDouble(random.nextLong())))
                        .toList();
                store.append(RUN, points);
                points.forEach(p -> written.add(new Point(p.name(), p.step().getAsLong(), p.at(), p.value())));
            }
            assertThat(bits(store.points(RUN, "loss"))).isEqualTo(bits(written));
            assertThat(bits(store(database).points(RUN, "loss"))).isEqualTo(bits(written));
            assertThat(store(database).names(RUN)).isEqualTo(store.names(RUN));
        }
    }

    private static List<List<Long>> bits(List<Point> points) {
        return points.stream()
                .map(point -> List.of(point.step(), point.at(), Double.doubleToRawLongBits(point.value())))
                .toList();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aSummarySaysWhatASeriesHasComeTo(Database database) {
        try (database) {
            MetricStore store = store(database);
            store.append(RUN, List.of(point("b", 5, 2), point("a", 1, Double.NaN), point("b", 3, 9)));
            store.append(RUN, List.of(point("b", 4, -7), point("b", 5, 1)));
            store.append(new RunId("other"), List.of(point("b", 100, 100)));
            assertThat(store.names(RUN))
                    .containsExactly(
                            new SeriesSummary(
                                    "a", 1, Double.NaN, Double.NaN, Double.NaN, 1, Instant.ofEpochMilli(1_001)),
                            new SeriesSummary("b", 4, 1, -7, 9, 5, Instant.ofEpochMilli(1_005)));
            assertThat(store.lastValues(List.of(RUN, new RunId("other"), new RunId("empty"))))
                    .isEqualTo(Map.of(
                            RUN,
                            Map.of("a", Double.NaN, "b", 1.0),
                            new RunId("other"),
                            Map.of("b", 100.0),
                            new RunId("empty"),
                            Map.of()));
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void pointsWithoutStepFollowTheHighestStepOfTheirSeries(Database database) {
        try (database) {
            MetricStore store = store(database);
            NewPoint next = new NewPoint("a", OptionalLong.empty(), 1, 1);
            store.append(RUN, List.of(next, next, point("a", 9, 1), next));
            store.append(RUN, List.of(point("a", 3, 1), new NewPoint("b", OptionalLong.empty(), 1, 1)));
            MetricStore restarted = store(database);
            restarted.append(RUN, List.of(next));
            assertThat(restarted.points(RUN, "a").stream().map(Point::step)).containsExactly(0L, 1L, 9L, 10L, 3L, 11L);
            assertThat(restarted.points(RUN, "b").stream().map(Point::step)).containsExactly(0L);
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void manyWritersAtOnceLoseNothing(Database database) {
        try (database) {
            MetricStore store = store(database);
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int writer = 0; writer < 16; writer++) {
                    String name = "w" + writer;
                    RunId run = new RunId("run-" + writer % 3);
                    threads.execute(() -> {
                        for (int i = 0; i < 20; i++) {
                            store.append(run, List.of(point(name, i, i)));
                        }
                    });
                }
            }
            MetricStore restarted = store(database);
            for (int writer = 0; writer < 16; writer++) {
                RunId run = new RunId("run-" + writer % 3);
                assertThat(store.points(run, "w" + writer)).hasSize(20);
                assertThat(restarted.points(run, "w" + writer)).isEqualTo(store.points(run, "w" + writer));
            }
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void numbersAndWhatGoesWithThemAreStoredTogetherOrNotAtAll(Database database) {
        try (database) {
            MetricStore store = store(database);
            assertThatThrownBy(() -> store.append(RUN, List.of(point("a", 1, 1)), _ -> {
                        throw new IllegalStateException("no");
                    }))
                    .hasMessage("no");
            assertThat(store.names(RUN)).isEmpty();
            assertThat(store(database).names(RUN)).isEmpty();
            store.append(RUN, List.of(point("a", 1, 1)));
            assertThat(store(database).points(RUN, "a")).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 50, 1_000_000})
    void whateverIsKeptInMemoryTheAnswersAreTheSame(int mostPoints) {
        try (Database database = TestDatabases.sqlite().open()) {
            MetricStore store = new MetricStore(database, new LiveNumbers(_ -> {}), mostPoints, 2);
            for (int i = 0; i < 60; i++) {
                store.append(new RunId("run-" + i % 6), List.of(point("a", i, i), point("b", -i, i)));
            }
            for (int run = 0; run < 6; run++) {
                RunId id = new RunId("run-" + run);
                assertThat(store.names(id)).isEqualTo(store(database).names(id)).hasSize(2);
                assertThat(store.points(id, "a")).hasSize(10);
                assertThat(store.series(id, List.of(), 100))
                        .isEqualTo(store(database).series(id, List.of(), 100))
                        .hasSize(2);
            }
        }
    }

    @Test
    void aRunHasSoManySeriesAndNoMore() {
        try (Database database = TestDatabases.sqlite().open()) {
            MetricStore store = store(database);
            store.append(
                    RUN,
                    IntStream.range(0, MetricStore.MOST_NAMES - 1)
                            .mapToObj(i -> point("n" + i, 1, 1))
                            .toList());
            assertThatThrownBy(() -> store.append(RUN, List.of(point("x", 1, 1), point("n0", 2, 2), point("y", 1, 1))))
                    .isInstanceOfSatisfying(
                            RopewalkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE))
                    .hasMessageContaining("'y'");
            assertThat(store.points(RUN, "n0")).hasSize(1);
            assertThat(store.points(RUN, "x")).isEmpty();
            store.append(RUN, List.of(point("x", 1, 1), point("n0", 2, 2), point("x", 2, 2)));
            MetricStore restarted = store(database);
            assertThatThrownBy(() -> restarted.append(RUN, List.of(point("y", 1, 1))))
                    .isInstanceOf(RopewalkException.class);
            assertThat(restarted.appendKnown(RUN, List.of(point("y", 1, 1), point("x", 3, 3)), _ -> {}))
                    .isEqualTo(1);
            assertThat(store(database).names(RUN)).hasSize(MetricStore.MOST_NAMES);
            assertThat(store(database).points(RUN, "x")).hasSize(3);
            restarted.append(new RunId("other"), List.of(point("y", 1, 1)));
        }
    }

    @Test
    void seriesWithFewPointsCountAgainstTheMemoryToo() {
        try (Database database = TestDatabases.sqlite().open()) {
            MetricStore store = new MetricStore(database, new LiveNumbers(_ -> {}), 1_000, 100);
            for (int run = 0; run < 10; run++) {
                store.append(
                        new RunId("run-" + run),
                        IntStream.range(0, 20)
                                .mapToObj(i -> point("n" + i, 1, 1))
                                .toList());
            }
            assertThat(store.runsInMemory()).isEqualTo(2);
        }
    }

    @Test
    void aSeriesIsDrawnByStepAndSampledWhenItIsLong() {
        try (Database database = TestDatabases.sqlite().open()) {
            MetricStore store = store(database);
            store.append(RUN, List.of(point("a", 2, 0.5), point("a", 1, Double.NaN), point("a", 3, 7)));
            assertThat(store.series(RUN, List.of("a", "unknown"), 1000))
                    .containsExactly(
                            new Series(
                                    "a",
                                    List.of(
                                            List.of(1L, 1_001L, Double.NaN),
                                            List.of(2L, 1_002L, 0.5),
                                            List.of(3L, 1_003L, 7.0)),
                                    false),
                            new Series("unknown", List.of(), false));
            store.append(
                    RUN,
                    IntStream.range(0, 10_000)
                            .mapToObj(i -> point("long", i, i % 7))
                            .toList());
            Series sampled = store.series(RUN, List.of("long"), 100).getFirst();
            assertThat(sampled.sampled()).isTrue();
            assertThat(sampled.points()).hasSizeBetween(60, 100);
        }
    }

    @Test
    void aDamagedBatchHidesNothingButItself() {
        try (Database database = TestDatabases.sqlite().open()) {
            MetricStore store = store(database);
            store.append(RUN, List.of(point("a", 1, 1)));
            store.append(RUN, List.of(point("a", 2, 2)));
            store.append(RUN, List.of(point("a", 3, 3)));
            database.write(
                    handle -> handle.execute("update metric_batch set body = x'0102030405060708' where sequence = 2"));
            MetricStore restarted = store(database);
            assertThat(restarted.points(RUN, "a").stream().map(Point::step)).containsExactly(1L, 3L);
            restarted.append(RUN, List.of(point("a", 4, 4)));
            assertThat(restarted.points(RUN, "a")).hasSize(3);
        }
    }

    @Test
    void whoWatchesGetsWhatWasStoredAndNothingOfOthers() {
        try (Database database = TestDatabases.sqlite().open()) {
            List<RunId> woken = new ArrayList<>();
            LiveNumbers live = new LiveNumbers(woken::add);
            MetricStore store = new MetricStore(database, live);
            store.append(RUN, List.of(point("a", 1, 1)));
            try (LiveNumbers.Subscription subscription = live.subscribe(RUN)) {
                store.append(RUN, List.of(point("a", 2, 2)));
                store.append(new RunId("other"), List.of(point("a", 3, 3)));
                assertThat(subscription.take()).containsExactly(new Point("a", 2, 1_002, 2));
                assertThat(subscription.take()).isEmpty();
                for (int i = 0; i < 3; i++) {
                    store.append(
                            RUN,
                            IntStream.range(0, 9_000)
                                    .mapToObj(s -> point("a", s, s))
                                    .toList());
                }
                assertThat(subscription.take()).hasSize(10_000);
            }
            store.append(RUN, List.of(point("a", 5, 5)));
            assertThat(woken).containsExactly(RUN, RUN, RUN, RUN);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", " a", "a ", "a\nb", "a\u0000", "a\u202eb", "a\u2028", "\ud800"})
    void aNameThatCannotBeShownIsRefused(String name) {
        assertThatThrownBy(() -> point(name, 1, 1)).isInstanceOf(RopewalkException.class);
    }
}
