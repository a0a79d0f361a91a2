package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.TestServer;
import java.util.Map;
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
    void atK4PermanentRolesAreStoppedWhenTheOthersAreDone(TestServer server) {
        server.apply("gang", """
                name: gang
                tasks:
                  - name: train
                    roles:
                      - {name: worker, replicas: 2, command: exit 0}
                      - {name: ps, permanent: true, command: sleep 999}
                """);
        JsonNode ended = server.ended(server.run("gang", "train"));
        assertThat(ended.get("state").asText()).as(ended.toPrettyString()).isEqualTo("succeeded");
        assertThat(ended.get("replicas").get(2).get("state").asText()).isEqualTo("stopped");
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void atK5AFailedReplicaIsStartedAgainSoOftenAndNoMore(TestServer server) {
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
}
