package io.ropewalk.notice;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.TestServer;
import io.ropewalk.access.Tokens;
import io.ropewalk.metric.LiveNumbers;
import io.ropewalk.metric.MetricStore;
import io.ropewalk.run.RunNews;
import io.ropewalk.run.TestNews;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.db.Databases;
import io.ropewalk.support.db.ForwardingDatabase;
import io.ropewalk.support.egress.Egress;
import io.ropewalk.support.time.Signals;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A server that dies between the end of a run and what is told of it: at every transaction, before and after it.
class NoticeCrashTest {
    private static final Receiver RECEIVER = new Receiver();
    private static final int RUNS = 3;

    static Stream<TestServer> both() {
        return TestServer.onBoth(Map.of("notices.allow", RECEIVER.machine()));
    }

    /// The process is gone.
    private static final class Died extends RuntimeException {}

    /// A database whose server dies at one of its transactions.
    private static final class Dying extends ForwardingDatabase {
        private final boolean committed;
        private int left;

        /// @param committed whether the transaction at which it dies is still written
        Dying(Database database, int left, boolean committed) {
            super(database);
            this.left = left;
            this.committed = committed;
        }

        @Override
        public synchronized <T> T read(Work<T> work) {
            if (left < 0) {
                throw new Died();
            }
            return super.read(work);
        }

        @Override
        public synchronized <T> T write(Work<T> work) {
            if (left < 0) {
                throw new Died();
            }
            if (left-- > 0) {
                return super.write(work);
            }
            if (committed) {
                super.write(work);
            }
            throw new Died();
        }

        boolean died() {
            return left < 0;
        }
    }

    private static void tellEverything(Database database, TestServer server) throws Exception {
        Signals signals = new Signals();
        Clock clock = Clock.systemUTC();
        RunNews news = TestNews.of(database, clock);
        ChannelStore channels = new ChannelStore(database);
        try (Egress egress = new Egress(List.of(RECEIVER.machine()), Duration.ofSeconds(10))) {
            new NoticeReconciler(
                            news,
                            new MetricStore(database, new LiveNumbers(_ -> {})),
                            new NoticeStore(database),
                            channels,
                            signals,
                            clock,
                            () -> "http://here")
                    .pass();
            new Courier(
                            channels,
                            new Webhooks(egress, new Tokens(server.data()), clock),
                            new Mails(server.settings().notices().mail(), server.data(), Duration.ofSeconds(1)),
                            signals,
                            clock)
                    .pass();
        }
    }

    private static void forgetThatAnythingWasTold(Database database) {
        database.write(handle -> {
            handle.execute("delete from notice");
            handle.execute("delete from notice_delivery");
            handle.execute("delete from notice_person");
            handle.execute("delete from notice_rule where kind = 'failed'");
            return handle.execute("update run set told = 0");
        });
    }

    @ParameterizedTest
    @MethodSource("both")
    void whateverItDiesAtEveryEndIsToldOnceAndDeliveredUnderOneId(TestServer server) throws Exception {
        server.apply("crash", """
                name: crash
                tasks:
                  - {name: bad, command: exit 7}
                """);
        String channel = server.post("/api/v1/notice-channels", Map.of("kind", "webhook", "target", RECEIVER.url()))
                .expect(201)
                .json()
                .get("id")
                .asText();
        server.post("/api/v1/notice-rules", Map.of("project", "crash", "on", "ended", "channels", List.of(channel)))
                .expect(201);
        for (int i = 0; i < RUNS; i++) {
            server.ended(server.run("crash", "bad"));
        }
        server.close();
        try (Database database =
                Databases.open(server.settings().database(), server.data().resolve("ropewalk.db"))) {
            int deaths = 0;
            for (boolean committed : List.of(false, true)) {
                boolean died = true;
                for (int at = 0; died; at++) {
                    forgetThatAnythingWasTold(database);
                    int before = RECEIVER.all().size();
                    Dying dying = new Dying(database, at, committed);
                    try {
                        tellEverything(dying, server);
                    } catch (Died e) {
                        // The next server goes on.
                    }
                    died = dying.died();
                    deaths += died ? 1 : 0;
                    tellEverything(database, server);
                    tellEverything(database, server);

                    assertThat(count(database, "notice"))
                            .as("told, dead at %d", at)
                            .isEqualTo(RUNS);
                    assertThat(count(database, "notice_delivery where state = 'delivered'"))
                            .isEqualTo(RUNS);
                    assertThat(count(database, "notice_delivery")).isEqualTo(RUNS);
                    List<Receiver.Call> calls = RECEIVER.all();
                    Map<String, List<String>> idsByRun = calls.subList(before, calls.size()).stream()
                            .collect(Collectors.groupingBy(
                                    call -> call.json().at("/data/run/id").asText(),
                                    Collectors.mapping(
                                            Receiver.Call::id,
                                            Collectors.collectingAndThen(
                                                    Collectors.toSet(), ids -> List.copyOf(ids)))));
                    assertThat(idsByRun).as("received, dead at %d", at).hasSize(RUNS);
                    assertThat(idsByRun.values())
                            .allSatisfy(ids -> assertThat(ids)
                                    .as("one id, however often it came")
                                    .hasSize(1));
                }
            }
            assertThat(deaths).as("places to die at").isGreaterThanOrEqualTo(2 * (2 + RUNS));
        }
    }

    private static long count(Database database, String what) {
        return database.read(handle -> handle.createQuery("select count(*) from " + what)
                .mapTo(Long.class)
                .one());
    }
}
