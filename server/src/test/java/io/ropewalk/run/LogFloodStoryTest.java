package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.TestServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LogFloodStoryTest {
    private static final long MOST = 1 << 20;

    @Test
    void ofAFloodTheBeginningAndTheEndAreKeptAndTheProgramGoesOn() throws Exception {
        try (TestServer server = TestServer.start(Map.of("limits.log", Long.toString(MOST)))) {
            server.apply("flood", """
                    name: flood
                    tasks:
                      - name: one
                        command: |
                          echo the first line
                          seq 1 600000
                          while [ ! -e "$OUTPUT_DIR/go" ]; do sleep 0.1; done
                          echo the last line
                    """);
            String run = server.run("flood", "one");
            server.until(
                    run,
                    view -> server.get("/api/v1/runs/" + run + "/events")
                            .json()
                            .toString()
                            .contains("LogLimited"));
            Files.writeString(server.data().resolve("runs").resolve(run).resolve("output/go"), "");
            assertThat(server.ended(run).get("state").asText()).isEqualTo("succeeded");

            List<String> lines = new ArrayList<>();
            String offset = "0";
            JsonNode page;
            do {
                page = server.get("/api/v1/runs/" + run + "/logs/worker-0?limit=10000&offset=" + offset)
                        .json();
                page.get("lines").forEach(line -> lines.add(line.get("text").asText()));
                offset = page.get("next").asText();
            } while (!page.get("complete").asBoolean());
            assertThat(lines).startsWith("the first line", "1", "2").endsWith("599999", "600000", "the last line");
            assertThat(lines)
                    .filteredOn(line -> line.contains("bytes are left out here"))
                    .hasSize(1);
            assertThat(lines.size()).isBetween(20_000, 300_000);

            assertThat(server.get("/api/v1/runs/" + run + "/logs/worker-0?grep=last+line")
                            .json()
                            .toString())
                    .contains("the last line");
            JsonNode found = server.get("/api/v1/search/logs?q=the+last+line").json();
            assertThat(found.toString()).contains("the last line");
            assertThat(server.get("/api/v1/runs/" + run + "/logs/master").json().toString())
                    .contains("LogLimited");
            assertThat(onDisk(server.data())).isLessThan(2 * MOST);
        }
    }

    /// Holes take no place.
    private static long onDisk(Path data) throws Exception {
        try (var files = Files.walk(data.resolve("runs"))) {
            long blocks = 0;
            for (Path log : files.filter(file -> file.endsWith("log")).toList()) {
                Process process = new ProcessBuilder("stat", "-c", "%b", log.toString()).start();
                blocks += Long.parseLong(
                        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
            }
            return blocks * 512;
        }
    }
}
