package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.TestServer;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// JUnit closes each server when its test has ended.
class UseStoryTest {
    private static final int SPINS = 23;

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    @DisplayName("AT-K18: a busy loop is measured at 70 to 130 % in steps of 10 s; a step of 5 s is refused")
    void aBusyLoopIsMeasuredAndWhatItDidNotNeedIsSaid(TestServer server) {
        server.apply("busy", """
                name: busy
                tasks:
                  - name: spin
                    resources: {memory: 1Gi}
                    command: end=$((SECONDS + %d)); while [ $SECONDS -lt $end ]; do :; done; times
                """.formatted(SPINS));
        String run = server.run("busy", "spin");
        JsonNode now = until(server, "/api/v1/server/use", "/runs/0/use/cpu");
        assertThat(now.at("/runs/0/id").asText()).isEqualTo(run);
        assertThat(now.at("/runs/0/name").asText()).isEqualTo("spin-1");
        assertThat(now.at("/total/memory").asDouble()).isPositive();
        JsonNode live = until(server, "/api/v1/runs/" + run + "/use", "/metrics/0/metrics/0/values/0");
        assertThat(live.at("/metrics/0/component_name").asText()).isEqualTo("spin-1");

        until(server, "/api/v1/runs/" + run, "/endedAt");
        JsonNode use =
                server.get("/api/v1/runs/" + run + "/use?step=10s").expect(200).json();
        List<JsonNode> metrics = StreamSupport.stream(
                        use.at("/metrics/0/metrics").spliterator(), false)
                .toList();
        JsonNode cpu = metrics.stream()
                .filter(metric -> metric.get("name").asText().equals("cpu"))
                .findFirst()
                .orElseThrow();
        assertThat(cpu.get("unit").asText()).isEqualTo("%");
        assertThat(cpu.at("/labels/replica").asText()).isEqualTo("worker-0");
        assertThat(cpu.get("values")).hasSizeGreaterThanOrEqualTo(2);
        double mean = StreamSupport.stream(cpu.get("values").spliterator(), false)
                .mapToDouble(value -> value.get("value").asDouble())
                .average()
                .orElseThrow();
        // On a busy machine a loop does not get the whole of a core; how much it got it counts itself.
        double got = ownSeconds(server.log(run, "worker-0")) / SPINS;
        assertThat(mean).as(use.toPrettyString()).isBetween(70.0 * Math.min(1, got), 130.0 * Math.min(1, got));
        assertThat(metrics)
                .extracting(metric -> metric.get("name").asText())
                .contains("memory")
                .noneMatch(name -> name.startsWith("gpu"));
        assertThat(server.get("/api/v1/runs/" + run + "/use?replica=other-0")
                        .expect(200)
                        .json()
                        .get("metrics"))
                .isEmpty();
        for (String wrong : List.of("step=5s", "step=2h", "step=soon", "from=2026-01-01T00:00:00Z", "to=1")) {
            server.get("/api/v1/runs/" + run + "/use?" + wrong).expect(400);
        }

        JsonNode events =
                server.get("/api/v1/runs/" + run + "/events").expect(200).json();
        assertThat(StreamSupport.stream(events.spliterator(), false)
                        .filter(event -> event.get("reason").asText().equals("AskedTooMuch"))
                        .map(event -> event.get("message").asText()))
                .singleElement()
                .asString()
                .contains("asked for 1 GiB of memory", "memory: 256Mi");

        server.restart();
        assertThat(server.get("/api/v1/runs/" + run + "/use?step=10s")
                        .expect(200)
                        .json())
                .isEqualTo(use);
        server.delete("/api/v1/workspaces/default/projects/busy").expect(204);
    }

    /// User time in what the shell says of itself, such as `0m22.512s 0m0.301s`.
    private static double ownSeconds(String times) {
        Matcher matcher = Pattern.compile("([0-9]+)m([0-9.]+)s").matcher(times);
        assertThat(matcher.find()).as(times).isTrue();
        return 60 * Double.parseDouble(matcher.group(1)) + Double.parseDouble(matcher.group(2));
    }

    /// What is at a path as soon as something is at a place in it.
    private static JsonNode until(TestServer server, String path, String place) {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (true) {
            JsonNode answer = server.get(path).expect(200).json();
            if (!answer.at(place).isMissingNode()) {
                return answer;
            }
            assertThat(System.nanoTime())
                    .as("waiting for %s in %s", place, answer)
                    .isLessThan(deadline);
            // Not too often: what is measured is a share of this machine.
            LockSupport.parkNanos(250_000_000);
        }
    }
}
