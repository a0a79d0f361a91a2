package io.ropewalk.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.TestServer;
import io.ropewalk.TestServer.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A request that is sent again with the same `Idempotency-Key`.
@Timeout(120)
class SameKeyTest {
    private static final String RUNS = "/api/v1/workspaces/default/projects/keys/runs";

    private static Answer submit(TestServer server, String key, String body) {
        return server.send("POST", RUNS, server.server().ownerToken(), body, Map.of("Idempotency-Key", key));
    }

    private static int runs(TestServer server) {
        return server.get(RUNS).expect(200).json().get("items").size();
    }

    private static void apply(TestServer server) {
        server.apply("keys", """
                name: keys
                tasks:
                  - {name: one, command: echo one}
                """);
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void isAnsweredAsTheFirstTimeAlsoByTheNextServer(TestServer server) {
        apply(server);
        Answer first = submit(server, "k-1", "{\"task\": \"one\"}").expect(201);
        Answer second = submit(server, "k-1", "{\"task\": \"one\"}").expect(201);
        server.restart();
        Answer third = submit(server, "k-1", "{\"task\": \"one\"}").expect(201);
        assertThat(second.response().body()).isEqualTo(first.response().body());
        assertThat(third.response().body()).isEqualTo(first.response().body());
        assertThat(runs(server)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void withAnotherBodyOrPathIsRefused(TestServer server) {
        apply(server);
        String run = submit(server, "k-2", "{\"task\": \"one\"}")
                .expect(201)
                .json()
                .get("id")
                .asText();
        submit(server, "k-2", "{\"task\": \"one\", \"comment\": \"x\"}").expect(409);
        server.send(
                        "POST",
                        "/api/v1/runs/" + run + "/again",
                        server.server().ownerToken(),
                        "{\"task\": \"one\"}",
                        Map.of("Idempotency-Key", "k-2"))
                .expect(400);
        server.send(
                        "POST",
                        "/api/v1/runs/" + run + "/again",
                        server.server().ownerToken(),
                        "{}",
                        Map.of("Idempotency-Key", "k-2"))
                .expect(409);
        submit(server, "x".repeat(201), "{\"task\": \"one\"}").expect(400);
        assertThat(runs(server)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void afterARefusalMayBeTriedAgain(TestServer server) {
        apply(server);
        submit(server, "k-3", "{\"task\": \"two\"}").expect(404);
        server.apply("keys", """
                name: keys
                tasks:
                  - {name: two, command: echo two}
                """);
        submit(server, "k-3", "{\"task\": \"two\"}").expect(201);
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void atTheSameTimeStartsOneRun(TestServer server) throws InterruptedException, ExecutionException {
        apply(server);
        List<Future<Answer>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                answers.add(threads.submit(() -> submit(server, "k-4", "{\"task\": \"one\"}")));
            }
        }
        List<String> ids = new ArrayList<>();
        for (Future<Answer> answer : answers) {
            assertThat(answer.get().status()).isIn(201, 409);
            if (answer.get().status() == 201) {
                ids.add(answer.get().json().get("id").asText());
            }
        }
        assertThat(ids).isNotEmpty();
        assertThat(ids.stream().distinct()).hasSize(1);
        assertThat(runs(server)).isEqualTo(1);
    }
}
