package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.TestServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DiagnosisStoryTest {
    private static JsonNode diagnosis(TestServer server, String run) {
        server.ended(run);
        return server.get("/api/v1/runs/" + run + "/diagnosis").expect(200).json();
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void theReasonOfAFailureIsSaidWithItsPlaceInTheLog(TestServer server) {
        server.apply("broken", """
                name: broken
                tasks:
                  - name: module
                    command: |
                      echo begun
                      python3 -c 'import no_such_module_at_all'
                  - name: unknown
                    command: trian --epochs 3
                  - name: good
                    command: echo fine
                  - name: late
                    timeout: 1s
                    command: echo begun; sleep 999
                  - name: gang
                    roles:
                      - {name: worker, replicas: 2, command: '[ "$REPLICA_INDEX" = 0 ] && sleep 999; cat /no/such/file'}
                """);
        String module = server.run("broken", "module");
        JsonNode found = diagnosis(server, module);
        assertThat(found.get("headline").asText()).as(found.toPrettyString()).contains("no_such_module_at_all");
        assertThat(found.get("log").asText()).isEqualTo("worker-0");
        assertThat(found.get("attempt").asInt()).isEqualTo(1);
        assertThat(found.get("offset").asInt()).isEqualTo("begun\n".length());
        assertThat(found.get("lines").get(0).get("text").asText()).startsWith("Traceback");
        assertThat(diagnosis(server, server.run("broken", "unknown"))
                        .get("headline")
                        .asText())
                .isEqualTo("The command 'trian' was not found");
        assertThat(diagnosis(server, server.run("broken", "good")).get("cause").asText())
                .isEqualTo("none");
        assertThat(diagnosis(server, server.run("broken", "late")).get("cause").asText())
                .isEqualTo("timed-out");
        JsonNode gang = diagnosis(server, server.run("broken", "gang"));
        assertThat(gang.get("log").asText()).isEqualTo("worker-1");
        assertThat(gang.get("headline").asText()).isEqualTo("The file '/no/such/file' is not there");
        server.get("/api/v1/runs/nobody/diagnosis").expect(404);
        assertThat(server.send("GET", "/api/v1/runs/" + module + "/diagnosis", "stranger", null)
                        .status())
                .isEqualTo(401);
    }
}
