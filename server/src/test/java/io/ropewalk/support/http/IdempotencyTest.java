package io.ropewalk.support.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.db.ForwardingDatabase;
import io.ropewalk.support.db.TestDatabases;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class IdempotencyTest {
    private static final String BOTH = "io.ropewalk.support.db.TestDatabases#both";

    private final AtomicInteger carriedOut = new AtomicInteger();

    private static Idempotency on(Database database) {
        return new Idempotency(database, Clock.systemUTC());
    }

    private static Idempotency.Request request(String body) {
        return new Idempotency.Request("owner", "k", "POST /things", body.getBytes(StandardCharsets.UTF_8), 201);
    }

    private static Idempotency.Stored answer(int number) {
        return new Idempotency.Stored(201, Answer.json(number));
    }

    private static String text(Idempotency.Stored stored) {
        return stored.status() + " " + new String(stored.body(), StandardCharsets.UTF_8);
    }

    /// Makes a change that keeps its answer, and answers with how many times that was done.
    private Idempotency.Stored change(Database database, RequestKey key) {
        int number = carriedOut.incrementAndGet();
        database.write(handle -> {
            key.keep(handle, number);
            return number;
        });
        return answer(number);
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aServerThatDiesRightAfterTheChangeDoesNotMakeItTwice(Database database) throws Exception {
        try (database) {
            assertThatThrownBy(() -> on(database).once(request("a"), key -> {
                        change(database, key);
                        throw new IllegalStateException("died");
                    }))
                    .hasMessage("died");
            assertThat(text(on(database).once(request("a"), key -> change(database, key))))
                    .isEqualTo("201 1");
            assertThat(carriedOut).hasValue(1);
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aChangeThatIsUndoneKeepsNoAnswer(Database database) throws Exception {
        try (database) {
            assertThatThrownBy(() -> on(database)
                            .once(
                                    request("a"),
                                    key -> database.write(handle -> {
                                        key.keep(handle, 1);
                                        throw new IllegalStateException("undone");
                                    })))
                    .hasMessage("undone");
            assertThat(text(on(database).once(request("a"), key -> change(database, key))))
                    .isEqualTo("201 1");
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void ofTwoServersOneMakesTheChangeAndBothAnswerTheSame(Database database) throws Exception {
        try (database) {
            Idempotency one = on(database);
            Idempotency two = on(database);
            String answer = text(one.once(request("a"), key -> {
                two.once(request("a"), other -> change(database, other));
                return change(database, key);
            }));
            assertThat(answer).isEqualTo("201 1");
        }
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void anAnswerWithASecretIsGivenOnceAndStoredNowhere(Database database) throws Exception {
        try (database) {
            Idempotency.Action action = key -> {
                database.write(handle -> {
                    key.keepOnlyThat(handle, "It was shown once.");
                    return carriedOut.incrementAndGet();
                });
                return new Idempotency.Stored(201, Answer.json("the-secret"));
            };
            Idempotency idempotency = on(database);
            assertThat(text(idempotency.once(request("a"), action))).isEqualTo("201 \"the-secret\"");
            for (Idempotency server : List.of(idempotency, on(database))) {
                assertThatThrownBy(() -> server.once(request("a"), action))
                        .isInstanceOfSatisfying(RopewalkException.class, e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT);
                            assertThat(e).hasMessage("It was shown once.");
                        });
            }
            assertThat(carriedOut).hasValue(1);
            List<Map<String, Object>> rows = database.read(handle ->
                    handle.createQuery("select * from idempotency").mapToMap().list());
            assertThat(rows).singleElement().asString().doesNotContain("the-secret");
        }
    }

    @Test
    void anAnswerThatIsKeptWithItsChangeCostsNoOtherCommit() throws Exception {
        AtomicInteger commits = new AtomicInteger();
        try (Database database = TestDatabases.sqlite().open()) {
            Database counting = new ForwardingDatabase(database) {
                @Override
                public <T> T write(Work<T> work) {
                    commits.incrementAndGet();
                    return super.write(work);
                }
            };
            on(counting).once(request("a"), key -> change(counting, key));
            assertThat(commits).hasValue(1);
        }
    }

    @Test
    void aTwinWaitsForTheFirstAndGetsItsAnswer() throws Exception {
        try (Database database = TestDatabases.sqlite().open()) {
            Idempotency idempotency = on(database);
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            var first = CompletableFuture.supplyAsync(() -> once(idempotency, key -> {
                begun.countDown();
                go.await();
                return answer(carriedOut.incrementAndGet());
            }));
            begun.await();
            assertThatThrownBy(() -> idempotency.once(request("other"), _ -> answer(carriedOut.incrementAndGet())))
                    .isInstanceOfSatisfying(
                            RopewalkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
            CompletableFuture<String> second = new CompletableFuture<>();
            Thread twin = Thread.ofPlatform()
                    .start(() -> second.complete(once(idempotency, _ -> answer(carriedOut.incrementAndGet()))));
            while (twin.getState() != Thread.State.TIMED_WAITING && twin.isAlive()) {
                Thread.onSpinWait();
            }
            go.countDown();
            assertThat(first.get()).isEqualTo("201 1");
            assertThat(second.get()).isEqualTo("201 1");
            assertThat(carriedOut).hasValue(1);
        }
    }

    @Test
    void aTwinOfOneThatFailsIsCarriedOutItself() throws Exception {
        try (Database database = TestDatabases.sqlite().open()) {
            Idempotency idempotency = on(database);
            CompletableFuture<String> second = new CompletableFuture<>();
            String first = once(idempotency, _ -> {
                Thread twin = Thread.ofPlatform()
                        .start(() -> second.complete(once(idempotency, _ -> answer(carriedOut.incrementAndGet()))));
                while (twin.getState() != Thread.State.TIMED_WAITING && twin.isAlive()) {
                    Thread.onSpinWait();
                }
                throw new IllegalStateException("failed");
            });
            assertThat(first).isEqualTo("failed");
            assertThat(second.get()).isEqualTo("201 1");
        }
    }

    @Test
    void aTwinThatHasWaitedLongIsToldToComeAgain() throws Exception {
        try (Database database = TestDatabases.sqlite().open()) {
            Idempotency idempotency = new Idempotency(database, Clock.systemUTC(), Duration.ZERO);
            idempotency.once(request("a"), _ -> {
                assertThatThrownBy(() -> idempotency.once(request("a"), _ -> answer(2)))
                        .isInstanceOfSatisfying(
                                RopewalkException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.IN_PROGRESS));
                return answer(1);
            });
        }
    }

    private static String once(Idempotency idempotency, Idempotency.Action action) {
        try {
            return text(idempotency.once(request("a"), action));
        } catch (Exception e) {
            return String.valueOf(e.getMessage());
        }
    }
}
