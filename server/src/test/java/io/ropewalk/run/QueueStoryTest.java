package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.TestServer;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Waiting for a place, on a cluster of four processors.
class QueueStoryTest {
    private static final String DOCUMENT = """
            name: queue
            tasks:
              - {name: hold, command: sleep 999, resources: {cpu: 3}}
              - {name: big, command: echo big, resources: {cpu: 3}}
              - {name: small, command: echo small, resources: {cpu: 1}}
              - {name: hurried, command: echo late, resources: {cpu: 3}, scheduleTimeout: 1}
              - {name: slow, command: sleep 999, resources: {cpu: 1}, timeout: 1}
              - {name: huge, command: echo never, resources: {cpu: 5}}
              - {name: wide, command: echo never, resources: {cpu: 2}, replicas: 3}
              - {name: gpu, command: echo never, resources: {gpu: 1}, scheduleTimeout: 1}
              - {name: fat, command: echo never, resources: {memory: 9Gi}}
            """;

    static Stream<TestServer> small() {
        return TestServer.onBoth(Map.of("local.cpus", "4", "local.memory", "8GiB", "local.gpus", "0"));
    }

    private static String state(TestServer server, String run) {
        return server.get("/api/v1/runs/" + run).json().get("state").asText();
    }

    private static void stop(TestServer server, String run) {
        server.post("/api/v1/runs/" + run + "/stop", Map.of()).expect(200);
    }

    @ParameterizedTest
    @MethodSource("small")
    @DisplayName("AT-K6: what this machine can never give is refused at once, with what there is")
    void theImpossibleIsRefused(TestServer server) {
        server.apply("queue", DOCUMENT);
        Map.of(
                        "huge", "needs 5 CPUs, 4 in all",
                        "wide", "needs 6 CPUs, 4 in all",
                        "gpu", "needs 1 GPUs, 0 in all",
                        "fat", "needs 9.00 GiB of memory, 8.00 GiB in all")
                .forEach((task, why) -> {
                    JsonNode refusal = server.submit("queue", Map.of("task", task))
                            .expect(400)
                            .json();
                    assertThat(refusal.get("code").asText()).isEqualTo("IMPOSSIBLE_REQUEST");
                    assertThat(refusal.get("detail").asText()).contains("'" + task + "'", why);
                });
        assertThat(server.get("/api/v1/workspaces/default/projects/queue/runs")
                        .json()
                        .get("items"))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("small")
    @DisplayName("AT-K6: a run that waits longer than its schedule timeout fails with what it lacked")
    void aScheduleTimeoutEndsTheWaiting(TestServer server) {
        server.apply("queue", DOCUMENT);
        String holding = server.run("queue", "hold");
        String hurried = server.run("queue", "hurried");
        JsonNode ended = server.ended(hurried);
        assertThat(ended.get("state").asText()).isEqualTo("failed");
        assertThat(ended.get("cause").asText()).isEqualTo("schedule-timeout");
        assertThat(ended.get("reason").asText()).contains("InsufficientResources", "needs 3 CPUs, 1 free");
        assertThat(ended.has("startedAt")).isFalse();
        assertThat(server.get("/api/v1/runs/" + hurried + "/events").json().findValuesAsText("reason"))
                .contains("InsufficientResources");
        assertThat(server.get("/api/v1/runs/" + hurried + "/status")
                        .json()
                        .get("ReasonCode")
                        .asText())
                .isEqualTo("insufficient");
        assertThat(server.log(hurried, "master")).contains("needs 3 CPUs, 1 free");
        assertThat(state(server, holding)).isIn("starting", "running");
        stop(server, holding);
    }

    @ParameterizedTest
    @MethodSource("small")
    void whoCameFirstIsServedFirstAndEveryoneIsToldWhyTheyWait(TestServer server) {
        server.apply("queue", DOCUMENT);
        String holding = server.run("queue", "hold");
        String big = server.run("queue", "big");
        String small = server.run("queue", "small");
        assertThat(server.get("/api/v1/runs/" + big).json().get("reason").asText())
                .isEqualTo("needs 3 CPUs, 1 free");
        assertThat(server.get("/api/v1/runs/" + small).json().get("reason").asText())
                .isEqualTo("waits for its turn; 1 before it");
        JsonNode load = server.get("/api/v1/server").json();
        assertThat(load.get("queued").asInt()).isEqualTo(2);
        assertThat(load.get("running").asInt()).isEqualTo(1);
        stop(server, holding);
        JsonNode first = server.ended(big);
        JsonNode second = server.ended(small);
        assertThat(first.get("state").asText()).isEqualTo("succeeded");
        assertThat(second.get("state").asText()).isEqualTo("succeeded");
        assertThat(server.get("/api/v1/server").json().get("queued").asInt()).isZero();
    }

    @ParameterizedTest
    @MethodSource("small")
    void whoGivesUpWaitingLetsTheNextOneThrough(TestServer server) {
        server.apply("queue", DOCUMENT);
        String holding = server.run("queue", "hold");
        String big = server.run("queue", "big");
        String small = server.run("queue", "small");
        stop(server, big);
        JsonNode gone = server.ended(big);
        assertThat(gone.get("state").asText()).isEqualTo("stopped");
        assertThat(gone.has("startedAt")).isFalse();
        assertThat(server.ended(small).get("state").asText()).isEqualTo("succeeded");
        assertThat(state(server, holding)).isIn("starting", "running");
        stop(server, holding);
    }

    @ParameterizedTest
    @MethodSource("small")
    void thoseWhoWaitGoOnWaitingInTheirOrderAfterTheServerWasStartedAgain(TestServer server) {
        server.apply("queue", DOCUMENT);
        String holding = server.run("queue", "hold");
        server.until(holding, run -> run.get("state").asText().equals("running"));
        String big = server.run("queue", "big");
        String small = server.run("queue", "small");
        server.restart();
        assertThat(state(server, big)).isEqualTo("queued");
        assertThat(server.get("/api/v1/runs/" + small).json().get("reason").asText())
                .isEqualTo("waits for its turn; 1 before it");
        stop(server, holding);
        assertThat(server.ended(big).get("state").asText()).isEqualTo("succeeded");
        assertThat(server.ended(small).get("state").asText()).isEqualTo("succeeded");
    }

    @ParameterizedTest
    @MethodSource("small")
    void aRunThatTakesLongerThanItsTimeoutFails(TestServer server) {
        server.apply("queue", DOCUMENT);
        JsonNode ended = server.ended(server.run("queue", "slow"));
        assertThat(ended.get("state").asText()).isEqualTo("failed");
        assertThat(ended.get("cause").asText()).isEqualTo("timed-out");
        assertThat(ended.get("reason").asText()).contains("timeout");
        assertThat(ended.get("replicas").get(0).get("state").asText()).isEqualTo("stopped");
    }
}
