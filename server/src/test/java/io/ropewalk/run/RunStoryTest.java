package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.TestServer;
import io.ropewalk.support.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// JUnit closes each server when its test has ended.
class RunStoryTest {
    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void aSubmittedRunEndsAndItsLogIsKept(TestServer server) {
        server.apply("hello", """
                name: hello
                tasks:
                  - name: greet
                    command: echo "hello from $TASK_NAME $BUILD_ID"
                """);
        String run = server.run("hello", "greet");
        JsonNode ended = server.ended(run);
        assertThat(ended.get("state").asText()).as(ended.toPrettyString()).isEqualTo("succeeded");
        assertThat(server.log(run, "worker-0")).isEqualTo("hello from greet 1\n");
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    @DisplayName("AT-K4: when the workers have succeeded the run has, and its permanent role is gone")
    void permanentRolesAreStoppedWhenTheOthersAreDone(TestServer server) throws IOException {
        String sleep = "sleep 999." + System.nanoTime();
        server.apply("gang", """
                name: gang
                tasks:
                  - name: train
                    roles:
                      - {name: worker, replicas: 2, command: 'while [ ! -e "$OUTPUT_DIR/go" ]; do sleep 0.05; done; exit 0'}
                      - {name: ps, permanent: true, command: %s}
                """.formatted(sleep));
        String run = server.run("gang", "train");
        server.until(run, _ -> isThere(sleep));
        Files.createFile(server.data().resolve("runs").resolve(run).resolve("output/go"));
        JsonNode ended = server.ended(run);
        assertThat(ended.get("state").asText()).as(ended.toPrettyString()).isEqualTo("succeeded");
        assertThat(ended.get("replicas").get(2).get("state").asText()).isEqualTo("stopped");
        assertThat(isThere(sleep)).isFalse();
    }

    private static boolean isThere(String command) {
        return ProcessHandle.allProcesses()
                .anyMatch(process -> process.info().commandLine().orElse("").endsWith(command));
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    @DisplayName("AT-K5: exit code 3 with 2 restarts is tried 3 times, then the run has failed")
    void aFailedReplicaIsStartedAgainSoOftenAndNoMore(TestServer server) {
        server.apply("again", """
                name: again
                tasks:
                  - name: fail
                    restarts: 2
                    command: exit 3
                """);
        JsonNode ended = server.ended(server.run("again", "fail"));
        assertThat(ended.get("state").asText()).isEqualTo("failed");
        assertThat(ended.get("cause").asText()).isEqualTo("user-exit");
        assertThat(ended.get("replicas").get(0).get("attempts").asInt()).isEqualTo(3);
        assertThat(ended.get("replicas").get(0).get("exitCode").asInt()).isEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void aRunThatIsStoppedEndsStopped(TestServer server) {
        server.apply("long", """
                name: long
                tasks:
                  - name: wait
                    command: echo begun; sleep 999
                """);
        String run = server.run("long", "wait");
        server.until(run, node -> node.get("state").asText().equals("running"));
        server.post("/api/v1/runs/" + run + "/stop", Map.of()).expect(200);
        assertThat(server.ended(run).get("state").asText()).isEqualTo("stopped");
    }

    private static List<String> reasons(TestServer server, String run) {
        return server.get("/api/v1/runs/" + run + "/events").json().findValuesAsText("reason");
    }

    private static void stop(TestServer server, String run) {
        server.post("/api/v1/runs/" + run + "/stop", Map.of()).expect(200);
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    @DisplayName("AT-K7: all replicas are told the same addresses, in order of their index")
    void peersAreToldAlike(TestServer server) {
        server.apply("peers", """
                name: peers
                tasks:
                  - name: train
                    roles:
                      - name: worker
                        replicas: 2
                        port: 2222
                        command: |
                          echo "$WORKER_NODES $WORKER_HOSTS $PS_NODES"; echo "$REPLICA_INDEX $HOST_ADDRESS:$PORT"
                          until [ -e "$OUTPUT_DIR/told" ]; do sleep 0.02; done
                      - name: ps
                        port: 2223
                        permanent: true
                        command: echo "$WORKER_NODES $WORKER_HOSTS $PS_NODES"; touch "$OUTPUT_DIR/told"; sleep 999
                """);
        String run = server.run("peers", "train");
        JsonNode ended = server.ended(run);
        assertThat(ended.get("state").asText()).as(ended.toPrettyString()).isEqualTo("succeeded");
        List<String> first = server.log(run, "worker-0").lines().toList();
        List<String> second = server.log(run, "worker-1").lines().toList();
        assertThat(second.getFirst()).isEqualTo(first.getFirst());
        assertThat(server.log(run, "ps-0").lines().toList()).containsExactly(first.getFirst());
        String[] said = first.getFirst().split(" ", -1);
        String[] nodes = said[0].split(",", -1);
        String[] hosts = said[1].split(",", -1);
        assertThat(nodes).hasSize(2).doesNotHaveDuplicates();
        assertThat(said[2].split(",", -1)).hasSize(1);
        assertThat(first.get(1)).isEqualTo("0 " + nodes[0]);
        assertThat(second.get(1)).isEqualTo("1 " + nodes[1]);
        assertThat(nodes[0]).startsWith(hosts[0] + ":");
        assertThat(nodes[1]).startsWith(hosts[1] + ":");
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    @DisplayName("AT-K9: a REPLICA_INDEX of the user's own is ignored")
    void theIndexIsTheServers(TestServer server) {
        server.apply("index", """
                name: index
                tasks:
                  - {name: say, replicas: 2, command: echo $REPLICA_INDEX, env: {REPLICA_INDEX: 9}}
                """);
        String run = server.run("index", "say");
        server.ended(run);
        assertThat(server.log(run, "worker-0")).isEqualTo("0\n");
        assertThat(server.log(run, "worker-1")).isEqualTo("1\n");
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void permanentRolesMayEndAsTheyLike(TestServer server) {
        server.apply("serve", """
                name: serve
                tasks:
                  - name: train
                    roles:
                      - {name: worker, command: 'while [ ! -e "$OUTPUT_DIR/gone" ]; do sleep 0.05; done'}
                      - {name: ps, permanent: true, command: 'touch "$OUTPUT_DIR/gone"; exit 7'}
                """);
        JsonNode ended = server.ended(server.run("serve", "train"));
        assertThat(ended.get("state").asText()).as(ended.toPrettyString()).isEqualTo("succeeded");
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void everyAttemptHasANumberAndALogOfItsOwn(TestServer server) {
        server.apply("attempts", """
                name: attempts
                tasks:
                  - name: third
                    restarts: 5
                    command: |
                      echo x >> "$OUTPUT_DIR/count"
                      n=$(wc -l < "$OUTPUT_DIR/count")
                      echo "this is attempt $n"
                      [ "$n" = 3 ]
                """);
        String run = server.run("attempts", "third");
        JsonNode ended = server.ended(run);
        assertThat(ended.get("state").asText()).as(ended.toPrettyString()).isEqualTo("succeeded");
        assertThat(ended.get("replicas").get(0).get("attempt").asInt()).isEqualTo(3);
        assertThat(ended.get("replicas").get(0).get("attempts").asInt()).isEqualTo(3);
        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThat(server.get("/api/v1/runs/" + run + "/logs/worker-0/raw?attempt=" + attempt)
                            .response()
                            .body())
                    .isEqualTo("this is attempt " + attempt + "\n");
        }
        assertThat(reasons(server, run)).filteredOn("Restarted"::equals).hasSize(2);
        assertThat(server.log(run, "master")).contains("attempt 2 of 6 begins", "attempt 3 of 6 begins");
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void anImageAndALabelOfMachinesAreNotedAndDoNoHarm(TestServer server) {
        server.apply("image", """
                name: image
                tasks:
                  - {name: train, command: echo ran, images: {cpu: "tensorflow/tensorflow:2.2.0"}, nodes: "knode:fast"}
                  - {name: nothing, images: {cpu: "tensorflow/tensorflow:2.2.0"}}
                """);
        String run = server.run("image", "train");
        assertThat(server.ended(run).get("state").asText()).isEqualTo("succeeded");
        assertThat(server.log(run, "worker-0")).isEqualTo("ran\n");
        assertThat(reasons(server, run))
                .containsExactly("Scheduled", "ImageIgnored", "NodesIgnored", "Started", "Succeeded");
        JsonNode refusal =
                server.submit("image", Map.of("task", "nothing")).expect(400).json();
        assertThat(refusal.get("detail").asText()).contains("image", "Give it a 'command'");
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void parametersReachTheProgramAndAreKept(TestServer server) {
        server.apply("set", """
                name: set
                tasks:
                  - name: train
                    parameters: {lr: 0.1, layers: 2, name: base, deep: false}
                    command: echo "{{ .lr }} {{ .parameters.name }} $lr $PARAM_LAYERS $deep"; echo "$ROPEWALK_PARAMETERS"
                """);
        String run = server.submit(
                        "set",
                        Map.of(
                                "task",
                                "train",
                                "parameters",
                                Map.of("lr", "0.5", "name", "7", "new", "it's \"$HOME\"")))
                .expect(201)
                .json()
                .get("id")
                .asText();
        JsonNode ended = server.ended(run);
        List<String> log = server.log(run, "worker-0").lines().toList();
        assertThat(log.getFirst()).isEqualTo("0.5 7 0.5 2 false");
        JsonNode kept = ended.get("parameters");
        assertThat(Json.tree(log.get(1))).isEqualTo(kept);
        assertThat(kept.get("lr").isNumber()).isTrue();
        assertThat(kept.get("name").asText()).isEqualTo("7");
        assertThat(kept.get("layers").asInt()).isEqualTo(2);
        assertThat(kept.get("new").asText()).isEqualTo("it's \"$HOME\"");
        JsonNode specification =
                server.get("/api/v1/runs/" + run + "/specification").expect(200).json();
        assertThat(specification.get("parameters")).isEqualTo(kept);
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void initAndExportTasksRunAndAnExportFindsWhatTheOtherRunMade(TestServer server) {
        server.apply("kinds", """
                name: kinds
                tasks:
                  - {name: install, type: init, command: echo installed}
                  - {name: train, command: echo weights > "$OUTPUT_DIR/model"}
                  - name: export
                    type: export
                    command: sed "s/^/exported /" "$ROPEWALK_PARENT_OUTPUT_DIR/model" | tee "$OUTPUT_DIR/exported"
                """);
        String installed = server.run("kinds", "install");
        assertThat(server.ended(installed).get("state").asText()).isEqualTo("succeeded");
        String trained = server.run("kinds", "train");
        server.ended(trained);
        String exported = server.submit("kinds", Map.of("task", "export", "parentRun", trained))
                .expect(201)
                .json()
                .get("id")
                .asText();
        JsonNode ended = server.ended(exported);
        assertThat(ended.get("state").asText()).isEqualTo("succeeded");
        assertThat(ended.get("parentRun").asText()).isEqualTo(trained);
        assertThat(server.log(exported, "worker-0")).isEqualTo("exported weights\n");
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void stoppingReachesChildrenThatHaveLeftTheirParents(TestServer server) throws IOException {
        String mark = "86399." + System.nanoTime() % 1_000_000;
        server.apply("escape", """
                name: escape
                tasks:
                  - name: fork
                    command: |
                      (setsid sh -c 'trap "" TERM HUP; sleep %1$s; sleep %1$s' > /dev/null 2>&1 &)
                      (setsid sh -c '(exec setsid sleep %1$s) &' &)
                      sleep %1$s
                """.formatted(mark));
        String run = server.run("escape", "fork");
        server.until(run, _ -> sleepers(mark) >= 3);
        stop(server, run);
        JsonNode ended = server.ended(run);
        assertThat(ended.get("state").asText()).as(ended.toPrettyString()).isEqualTo("stopped");
        assertThat(sleepers(mark)).isZero();
    }

    private static long sleepers(String mark) {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(path -> path.getFileName().toString().matches("\\d+"))
                    .filter(path -> commandLine(path).equals("sleep\0" + mark + "\0"))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String commandLine(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void aRunGoesOnWhileTheServerIsStartedAgainAndLosesNoLineAndNoNumber(TestServer server) {
        server.apply("survive", """
                name: survive
                tasks:
                  - name: count
                    command: |
                      i=0
                      while [ $i -lt 500 ]; do
                        echo "{\\"step\\": $i, \\"loss\\": 0.5}"
                        i=$((i + 1))
                        [ $i -lt 200 ] || [ -e "$OUTPUT_DIR/go" ] || sleep 0.2
                        while [ $i = 400 ] && [ ! -e "$OUTPUT_DIR/go" ]; do sleep 0.05; done
                      done
                """);
        String run = server.run("survive", "count");
        server.until(run, node -> node.get("state").asText().equals("running"));
        server.restart();
        server.until(run, _ -> server.log(run, "worker-0").lines().count() > 200);
        server.restart();
        assertThat(server.get("/api/v1/runs/" + run).json().get("state").asText())
                .isEqualTo("running");
        go(server, run);
        JsonNode ended = server.ended(run);
        assertThat(ended.get("state").asText()).as(ended.toPrettyString()).isEqualTo("succeeded");
        assertThat(ended.get("replicas").get(0).get("attempts").asInt()).isEqualTo(1);
        assertThat(server.log(run, "worker-0").lines().toList())
                .isEqualTo(IntStream.range(0, 500)
                        .mapToObj("{\"step\": %d, \"loss\": 0.5}"::formatted)
                        .toList());
        JsonNode numbers = server.get("/api/v1/runs/" + run + "/metrics").json().get(0);
        assertThat(numbers.get("name").asText()).isEqualTo("loss");
        assertThat(numbers.get("count").asInt()).isEqualTo(500);
        assertThat(numbers.get("lastStep").asInt()).isEqualTo(499);
    }

    /// Makes the file that a program waits for.
    private static void go(TestServer server, String run) {
        try {
            Files.createFile(server.data().resolve("runs").resolve(run).resolve("output/go"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
