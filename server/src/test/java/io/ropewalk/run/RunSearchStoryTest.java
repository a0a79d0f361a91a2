package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.TestServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RunSearchStoryTest {
    private static JsonNode search(TestServer server, String query) {
        return server.get("/api/v1/search/logs?" + query).expect(200).json();
    }

    private static List<String> lines(JsonNode found) {
        List<String> lines = new ArrayList<>();
        for (JsonNode hits : found.get("items")) {
            for (JsonNode line : hits.get("lines")) {
                lines.add(hits.get("name").asText() + " " + hits.get("log").asText() + " "
                        + line.get("text").asText());
            }
        }
        return lines;
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void aLineOfAnyRunIsFoundTheNewestFirst(TestServer server) {
        server.apply("many", """
                name: many
                tasks:
                  - name: one
                    roles:
                      - {name: worker, replicas: 2, command: 'echo "needle $REPLICA_INDEX"; echo hay'}
                  - name: two
                    command: echo other; echo "needle of two"; echo end
                """);
        server.ended(server.run("many", "one"));
        server.ended(server.run("many", "two"));
        JsonNode all = search(server, "q=needle");
        assertThat(lines(all))
                .containsExactly("two-2 worker-0 needle of two", "one-1 worker-0 needle 0", "one-1 worker-1 needle 1");
        assertThat(all.has("next")).isFalse();
        assertThat(lines(search(server, "q=needle+of&context=1")))
                .containsExactly("two-2 worker-0 other", "two-2 worker-0 needle of two", "two-2 worker-0 end");
        assertThat(lines(search(server, "q=needle+%5Cd&regex=true"))).hasSize(2);
        assertThat(lines(search(server, "q=nowhere"))).isEmpty();
        List<String> paged = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = search(server, "q=needle&limit=1" + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            paged.addAll(lines(page));
            cursor = page.path("next").asText();
        } while (!cursor.isEmpty());
        assertThat(paged).isEqualTo(lines(all));
        server.get("/api/v1/search/logs").expect(400);
        server.get("/api/v1/search/logs?q=x&cursor=nonsense").expect(400);
        server.get("/api/v1/search/logs?q=(&regex=true").expect(400);
        server.get("/api/v1/search/logs?q=x&limit=0").expect(400);
        assertThat(server.send("GET", "/api/v1/search/logs?q=needle", "stranger", null)
                        .status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void theIndexSparesReadingAndMayBeDeleted(TestServer server) throws Exception {
        server.apply("big", """
                name: big
                tasks:
                  - name: one
                    command: |
                      for i in $(seq 1 9000); do echo "line $i with nothing to be found in it"; done
                      echo the needle
                      for i in $(seq 9001 18000); do echo "line $i with nothing to be found in it"; done
                """);
        server.ended(server.run("big", "one"));
        for (int round = 0; round < 2; round++) {
            String run = server.get("/api/v1/workspaces/default/runs")
                    .json()
                    .get("items")
                    .get(0)
                    .get("id")
                    .asText();
            server.until(run, _ -> {
                JsonNode found = search(server, "q=needle&context=1");
                assertThat(lines(found))
                        .containsExactly(
                                "one-1 worker-0 line 9000 with nothing to be found in it",
                                "one-1 worker-0 the needle",
                                "one-1 worker-0 line 9001 with nothing to be found in it");
                return found.get("bytes").asLong() < 250_000;
            });
            try (var files = java.nio.file.Files.list(server.data().resolve("search"))) {
                for (java.nio.file.Path file : files.toList()) {
                    java.nio.file.Files.deleteIfExists(file);
                }
            }
        }
    }
}
