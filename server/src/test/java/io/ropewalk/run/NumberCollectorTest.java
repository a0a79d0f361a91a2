package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.access.Scope;
import io.ropewalk.log.LogFile;
import io.ropewalk.metric.LiveNumbers;
import io.ropewalk.metric.MetricStore;
import io.ropewalk.metric.Point;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.executor.LogChunk;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.db.ForwardingDatabase;
import io.ropewalk.support.db.TestDatabases;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NumberCollectorTest {
    private static final String BOTH = "io.ropewalk.support.db.TestDatabases#both";
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(5_000));
    private static final NumberCollector.Watcher NOBODY = (_, _, _) -> {};

    private final FakeLogs logs = new FakeLogs();
    private final List<String> said = new ArrayList<>();

    private static MetricStore store(Database database) {
        return new MetricStore(database, new LiveNumbers(_ -> {}));
    }

    private NumberCollector collector(Database database, MetricStore store) {
        return new NumberCollector(database, store, logs, NOBODY, (_, line) -> said.add(line), CLOCK);
    }

    private static List<Long> steps(MetricStore store, String name) {
        return store.points(FakeLogs.RUN, name).stream().map(Point::step).toList();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void numbersThatArePrintedAreCollectedAsTheyAppear(Database database) {
        try (database) {
            MetricStore store = store(database);
            NumberCollector collector = collector(database, store);
            logs.write("master", 1, "{\"loss\":99}\n")
                    .write("worker-0", 1, "starting\n{\"step\":1,\"loss\":0.5}\n{\"step\":2,");
            collector.pass(List.of(FakeLogs.RUN));
            assertThat(store.points(FakeLogs.RUN, "loss")).containsExactly(new Point("loss", 1, 5_000, 0.5));
            logs.write("worker-0", 1, "\"loss\":0.25}\n").write("worker-1", 1, "{\"step\":1,\"loss\":7}\n");
            collector.pass(List.of(FakeLogs.RUN));
            collector.pass(List.of(FakeLogs.RUN));
            assertThat(steps(store, "loss")).containsExactly(1L, 2L, 1L);
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void whatIsLeftIsCollectedWhenTheRunEndsAlsoTwice(Database database) {
        try (database) {
            MetricStore store = store(database);
            logs.write("worker-0", 1, "{\"step\":1,\"a\":1}\n{\"step\":2,\"a\":1}")
                    .write("worker-0", 2, "{\"step\":3,\"a\":1}\n{\"step\":4,\"a\":1}");
            collector(database, store).drain(FakeLogs.RUN);
            collector(database, store).drain(FakeLogs.RUN);
            assertThat(steps(store, "a")).containsExactly(1L, 2L, 3L, 4L);
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aServerThatIsKilledAtAnyMomentNeitherLosesNorDoublesANumber(Database database) {
        try (database) {
            Random random = new Random(11);
            int printed = 0;
            for (int life = 0; life < 40; life++) {
                MetricStore store = store(database);
                NumberCollector collector = collector(
                        new Killed(database, random.nextInt(4)), store(new Killed(database, random.nextInt(4))));
                for (int i = random.nextInt(30); i > 0; i--) {
                    logs.write("worker-" + printed % 2, 1, "{\"step\":" + printed++ + ",\"a\":1}\nsome text\n");
                    try {
                        collector.pass(List.of(FakeLogs.RUN));
                    } catch (KilledHere e) {
                        break;
                    }
                }
                assertThat(steps(store, "a")).doesNotHaveDuplicates();
            }
            MetricStore store = store(database);
            collector(database, store).drain(FakeLogs.RUN);
            assertThat(steps(store, "a"))
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, printed).mapToObj(Long::valueOf).toList());
        }
    }

    private static final class KilledHere extends RuntimeException {}

    /// A database that dies at its n-th write, before or after the commit.
    private static final class Killed extends ForwardingDatabase {
        private final AtomicInteger left;
        private final boolean committed;

        Killed(Database database, int writes) {
            super(database);
            this.left = new AtomicInteger(writes);
            this.committed = writes % 2 == 0;
        }

        @Override
        public <T> T write(Work<T> work) {
            boolean last = left.getAndDecrement() <= 0;
            T result = super.write(handle -> {
                T done = work.with(handle);
                if (last && !committed) {
                    throw new KilledHere();
                }
                return done;
            });
            if (last) {
                throw new KilledHere();
            }
            return result;
        }
    }

    @Test
    void twoCollectorsOfOneLogDoNotBothStore() {
        try (Database database = TestDatabases.sqlite().open()) {
            NumberCollector one = collector(database, store(database));
            NumberCollector two = collector(database, store(database));
            logs.write("worker-0", 1, "{\"step\":1,\"a\":1}\n");
            one.pass(List.of(FakeLogs.RUN));
            two.pass(List.of(FakeLogs.RUN));
            logs.write("worker-0", 1, "{\"step\":2,\"a\":1}\n");
            one.pass(List.of(FakeLogs.RUN));
            assertThatThrownBy(() -> two.drain(FakeLogs.RUN)).isInstanceOf(RopewalkException.class);
            two.drain(FakeLogs.RUN);
            assertThat(steps(store(database), "a")).containsExactly(1L, 2L);
        }
    }

    @Test
    void aLogThatIsWrittenFasterThanItIsReadHoldsUpNoOther() {
        try (Database database = TestDatabases.sqlite().open()) {
            MetricStore store = store(database);
            RunLogSource growing = new RunLogSource() {
                private int reads;

                @Override
                public List<LogFile> logs(Scope scope, RunId run) {
                    return logs.logs(scope, run);
                }

                @Override
                public LogChunk read(Scope scope, RunId run, String log, int attempt, long offset, int limit) {
                    assertThat(++reads).as("reads in one pass").isLessThan(200);
                    logs.write("worker-0", 1, "{\"a\":1}\n".repeat(limit / 8));
                    return logs.read(scope, run, log, attempt, offset, limit);
                }
            };
            logs.write("worker-0", 1, "{\"a\":1}\n").write("worker-1", 1, "{\"step\":7,\"b\":1}\n");
            NumberCollector collector =
                    new NumberCollector(database, store, growing, NOBODY, (_, line) -> said.add(line), CLOCK);
            collector.pass(List.of(FakeLogs.RUN));
            assertThat(steps(store, "b")).containsExactly(7L);
            int first = steps(store, "a").size();
            assertThat(first).isPositive();
            collector(database, store(database)).drain(FakeLogs.RUN);
            assertThat(steps(store(database), "a")).hasSizeGreaterThan(first).doesNotHaveDuplicates();
        }
    }

    @Test
    void seriesTooManyAreLeftOutAndToldOnce() {
        try (Database database = TestDatabases.sqlite().open()) {
            MetricStore store = store(database);
            NumberCollector collector = collector(database, store);
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < MetricStore.MOST_NAMES; i++) {
                lines.append("{\"step\":1,\"n").append(i).append("\":1}\n");
            }
            logs.write("worker-0", 1, lines.toString());
            collector.pass(List.of(FakeLogs.RUN));
            assertThat(said).isEmpty();
            for (int i = 0; i < 2; i++) {
                logs.write("worker-0", 1, "{\"step\":2,\"one-more" + i + "\":1,\"n0\":5}\n");
                collector.pass(List.of(FakeLogs.RUN));
            }
            assertThat(store.names(FakeLogs.RUN)).hasSize(MetricStore.MOST_NAMES);
            assertThat(store.points(FakeLogs.RUN, "n0")).hasSize(3);
            assertThat(said).singleElement().asString().contains("worker-0 TooManySeries", "20000");
        }
    }

    @Test
    void aLogWithoutNumbersIsReadOnceAndWritesLittle() {
        try (Database database = TestDatabases.sqlite().open()) {
            NumberCollector collector = collector(database, store(database));
            logs.write("worker-0", 1, "no numbers here\n".repeat(1_000_000));
            for (int i = 0; i < 6; i++) {
                collector.pass(List.of(FakeLogs.RUN));
            }
            long position = database.read(handle -> handle.createQuery("select position from metric_cursor")
                    .mapTo(Long.class)
                    .one());
            assertThat(position).isBetween(12_000_000L, 16_000_000L);
        }
    }
}
