package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.TestServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// JUnit closes each server when its test has ended.
class NumberStoryTest {
    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void whatAProgramPrintsIsKeptHoweverShortItLives(TestServer server) {
        server.apply("short", """
                name: short
                tasks:
                  - name: print
                    command: |
                      echo '{"step": 1, "loss": 0.5}'; printf '{"step": 2, "loss": 0.25}'
                """);
        List<String> runs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            runs.add(server.run("short", "print"));
        }
        for (String run : runs) {
            JsonNode ended = server.ended(run);
            assertThat(ended.get("state").asText()).as(ended.toPrettyString()).isEqualTo("succeeded");
            assertThat(ended.at("/metrics/loss").asDouble())
                    .as(ended.toPrettyString())
                    .isEqualTo(0.25);
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void everyAttemptsNumbersAreKept(TestServer server) {
        server.apply("again", """
                name: again
                tasks:
                  - name: print
                    restarts: 2
                    command: |
                      n=$(cat "$ROPEWALK_CHECKPOINT_DIR/n" || echo 0); n=$((n + 1)); echo $n > "$ROPEWALK_CHECKPOINT_DIR/n"
                      echo "{\\"step\\": $n, \\"attempts\\": $n}"; [ $n = 3 ]
                """);
        String run = server.run("again", "print");
        JsonNode ended = server.ended(run);
        assertThat(ended.get("state").asText()).as(ended.toPrettyString()).isEqualTo("succeeded");
        JsonNode series =
                server.get("/api/v1/runs/" + run + "/metrics").expect(200).json();
        assertThat(series.at("/0/count").asInt()).as(series.toPrettyString()).isEqualTo(3);
    }
}
