package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs that are tried again, and what they find of the ones before them.
class RetryStoryTest {
    private static final String DOCUMENT = """
            name: retry
            tasks:
              - name: counts
                retry: {times: 3, on: [user-exit]}
                command: |
                  echo x >> "$ROPEWALK_CHECKPOINT_DIR/starts"
                  starts=$(wc -l < "$ROPEWALK_CHECKPOINT_DIR/starts")
                  echo "start $starts retry $ROPEWALK_RETRY"
                  [ "$starts" -ge 3 ]
              - name: keeps
                retry: {times: 1, on: [user-exit]}
                checkpoints: {keep: 1, best: acc, files: "epoch-*"}
                command: |
                  until [ -e "$OUTPUT_DIR/go" ]; do sleep 0.05; done
                  cd "$ROPEWALK_CHECKPOINT_DIR"
                  for i in 1 2 3 4; do
                    epoch=epoch-$((ROPEWALK_RETRY * 4 + i))
                    mkdir $epoch
                    echo weights > $epoch/weights
                    touch -d @$((1700000000 + ROPEWALK_RETRY * 40 + i * 10)) $epoch/weights $epoch
                  done
                  touch notes
                  [ "$ROPEWALK_RETRY" = 1 ]
              - {name: hopeless, retry: {times: 2, on: [user-exit]}, command: exit 7}
              - {name: other, retry: {times: 2}, command: exit 7}
              - {name: fine, retry: {times: 2, on: [user-exit]}, command: "true"}
              - {name: patient, retry: {times: 2, on: [user-exit]}, command: trap 'exit 1' TERM; echo ready; sleep 999 & wait}
              - name: hungry
                retry: {times: 2, addMemory: 256Mi}
                limits: {memory: 64Mi}
                command: |
                  echo "try $ROPEWALK_RETRY"
                  python3 -c 'x = b"x" * (200 << 20); print(len(x))'
              - name: greedy
                retry: {times: 2, addMemory: 900Gi}
                limits: {memory: 64Mi}
                command: python3 -c 'x = b"x" * (200 << 20); print(len(x))'
            """;

    static Stream<TestServer> both() {
        return TestServer.onBoth(Map.of());
    }

    private static JsonNode run(TestServer server, String id) {
        return server.get("/api/v1/runs/" + id).json();
    }

    /// All runs of the project when none is active any more, oldest first.
    private static List<JsonNode> runs(TestServer server, String any) {
        server.until(
                any,
                _ -> server.get("/api/v1/workspaces/default/runs?state=active")
                        .json()
                        .get("items")
                        .isEmpty());
        List<JsonNode> runs = new ArrayList<>();
        server.get("/api/v1/workspaces/default/projects/retry/runs")
                .json()
                .get("items")
                .forEach(run -> runs.addFirst(run(server, run.get("id").asText())));
        return runs;
    }

    private static void ready(TestServer server, String run) {
        server.until(
                run,
                node -> node.get("state").asText().equals("running")
                        && server.log(run, "worker-0").contains("ready"));
    }

    private static List<String> states(List<JsonNode> runs) {
        return runs.stream().map(run -> run.get("state").asText()).toList();
    }

    private static List<String> events(TestServer server, JsonNode run) {
        List<String> events = new ArrayList<>();
        server.get("/api/v1/runs/" + run.get("id").asText() + "/events")
                .json()
                .forEach(event -> events.add(event.get("reason").asText() + ": "
                        + event.get("message").asText()));
        return events;
    }

    @ParameterizedTest
    @MethodSource("both")
    void aRunThatFailsIsTriedAgainWithItsCheckpointsUntilItSucceeds(TestServer server) {
        server.apply("retry", DOCUMENT);
        String first = server.run("retry", "counts");
        List<JsonNode> runs = runs(server, first);
        assertThat(states(runs)).containsExactly("failed", "failed", "succeeded");
        assertThat(runs.get(0).has("earlier")).isFalse();
        JsonNode last = runs.get(2).get("earlier");
        assertThat(last.get("name").asText()).isEqualTo("counts-2");
        assertThat(last.get("retry").asInt()).isEqualTo(2);
        assertThat(last.get("retries").asInt()).isEqualTo(3);
        assertThat(server.log(runs.get(2).get("id").asText(), "worker-0")).contains("start 3 retry 2");
        assertThat(runs.get(0).get("id").asText()).isEqualTo(first);
        assertThat(runs.get(0).get("later").get("run")).isEqualTo(runs.get(1).get("id"));
        assertThat(runs.get(2).has("later")).isFalse();
        assertThat(events(server, runs.get(0))).contains("Retried: run counts-2 tries it again (1 of 3)");
        assertThat(events(server, runs.get(1))).contains("GoesOn: it goes on from run counts-1");
    }

    @ParameterizedTest
    @MethodSource("both")
    void ofItsCheckpointsTheBestAndTheLatestAreKept(TestServer server) throws IOException {
        server.apply("retry", DOCUMENT);
        String first = server.run("retry", "keeps");
        logThenGo(server, first, 1_700_000_000_000L, 0.3, 0.9, 0.5, 0.4);
        server.ended(first);
        Path checkpoints = server.data().resolve("runs").resolve(first).resolve("checkpoints");
        assertThat(checkpoints.toFile().list()).containsExactlyInAnyOrder("epoch-2", "epoch-4", "notes");
        assertThat(server.log(first, "master"))
                .contains("removed 'epoch-1'; kept are the latest 1 and the best of 'acc'");
        // What an earlier run has found best counts for those that go on from it.
        String second = run(server, first).at("/later/run").asText();
        logThenGo(server, second, 1_700_000_040_000L, 0.1, 0.8, 0.7, 0.6);
        assertThat(server.ended(second).get("state").asText()).isEqualTo("succeeded");
        assertThat(checkpoints.toFile().list()).containsExactlyInAnyOrder("epoch-2", "epoch-8", "notes");
        assertThat(checkpoints.resolve("epoch-2/weights")).hasContent("weights");
    }

    private static void logThenGo(TestServer server, String run, long from, double... values) throws IOException {
        server.until(run, node -> node.get("state").asText().equals("running"));
        List<Map<String, Object>> points = new ArrayList<>();
        for (double value : values) {
            points.add(Map.of("name", "acc", "value", value, "at", from + 10_000L * (points.size() + 1) - 100));
        }
        server.post("/api/v1/runs/" + run + "/metrics", Map.of("points", points))
                .expect(204);
        Files.createFile(server.data().resolve("runs").resolve(run).resolve("output/go"));
    }

    @ParameterizedTest
    @MethodSource("both")
    void aRunIsTriedAgainAsOftenAsItsTaskSays(TestServer server) {
        server.apply("retry", DOCUMENT);
        List<JsonNode> runs = runs(server, server.run("retry", "hopeless"));
        assertThat(states(runs)).containsExactly("failed", "failed", "failed");
        assertThat(events(server, runs.get(2))).contains("NotRetried: it was tried again 2 times already");
    }

    @ParameterizedTest
    @MethodSource("both")
    void whatSucceedsIsStoppedOrFailsForAnotherReasonIsNotTriedAgain(TestServer server) {
        server.apply("retry", DOCUMENT);
        server.ended(server.run("retry", "fine"));
        server.ended(server.run("retry", "other"));
        String patient = server.run("retry", "patient");
        ready(server, patient);
        server.post("/api/v1/runs/" + patient + "/stop", Map.of()).expect(200);
        assertThat(states(runs(server, patient))).containsExactly("succeeded", "failed", "stopped");
    }

    @ParameterizedTest
    @MethodSource("both")
    void whatRanOutOfMemoryGetsMoreWhereThereIsMore(TestServer server) {
        server.apply("retry", DOCUMENT);
        List<JsonNode> runs = runs(server, server.run("retry", "hungry"));
        assertThat(states(runs)).last().isEqualTo("succeeded");
        assertThat(runs.getFirst().get("cause").asText()).isEqualTo("out-of-memory");
        List<JsonNode> greedy = runs(server, server.run("retry", "greedy"));
        assertThat(greedy).hasSize(runs.size() + 1);
        assertThat(events(server, greedy.getLast()))
                .anySatisfy(event -> assertThat(event).startsWith("NotRetried: with more memory it could not start"));
    }

    @ParameterizedTest
    @MethodSource("both")
    void aPersonMayGoOnFromCheckpointsOnceTheRunHasEnded(TestServer server) {
        server.apply("retry", DOCUMENT);
        String patient = server.run("retry", "patient");
        ready(server, patient);
        server.post("/api/v1/runs/" + patient + "/again", Map.of("resume", true))
                .expect(409);
        server.post("/api/v1/runs/" + patient + "/stop", Map.of()).expect(200);
        server.ended(patient);
        JsonNode next = server.post("/api/v1/runs/" + patient + "/again", Map.of("resume", true))
                .expect(201)
                .json();
        assertThat(next.get("earlier").get("run").asText()).isEqualTo(patient);
        assertThat(next.get("earlier").get("retry").asInt()).isZero();
        server.post("/api/v1/runs/" + next.get("id").asText() + "/stop", Map.of())
                .expect(200);
        assertThat(states(runs(server, patient))).containsExactly("stopped", "stopped");
    }

    @ParameterizedTest
    @MethodSource("both")
    void theCausesThatADocumentMayNameAreThoseOfRuns(TestServer server) {
        JsonNode schema = server.get("/api/v1/schemas/project.json").json();
        List<String> causes = schema.findParents("enum").stream()
                .map(node -> node.get("enum"))
                .filter(words -> words.toString().contains("\"cluster-lost\""))
                .flatMap(words -> words.valueStream().map(JsonNode::asText))
                .distinct()
                .toList();
        assertThat(causes)
                .hasSizeGreaterThan(3)
                .allSatisfy(word -> assertThat(FailureCause.of(word).word()).isEqualTo(word));
    }
}
