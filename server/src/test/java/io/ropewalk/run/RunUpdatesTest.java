package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.TestServer;
import io.ropewalk.support.json.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RunUpdatesTest {
    private static final Duration WHILE = Duration.ofSeconds(3);

    private record Event(String name, JsonNode data) {}

    private static List<Event> read(Stream<String> lines) {
        List<Event> events = new ArrayList<>();
        String[] name = {""};
        lines.forEach(line -> {
            if (line.startsWith("event:")) {
                name[0] = line.substring(6).strip();
            } else if (line.startsWith("data:")) {
                events.add(new Event(name[0], Json.tree(line.substring(5).strip())));
            }
        });
        return events;
    }

    @Test
    void whoWatchesARunWithManyNumbersLooksTwiceASecondAndMissesNothing() throws Exception {
        try (TestServer server = TestServer.start();
                HttpClient client = HttpClient.newHttpClient()) {
            String run = server.post("/api/v1/workspaces/default/projects/default/runs/tracked", Map.of())
                    .expect(201)
                    .json()
                    .get("id")
                    .asText();
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create(server.server().url() + "/api/v1/runs/" + run + "/updates"))
                    .header("Authorization", "Bearer " + server.server().ownerToken())
                    .build();
            long began = System.nanoTime();
            var watching = client.sendAsync(request, HttpResponse.BodyHandlers.ofLines())
                    .thenApplyAsync(answer -> read(answer.body()));
            int posted = 0;
            while (System.nanoTime() - began < WHILE.toNanos()) {
                server.post(
                                "/api/v1/runs/" + run + "/metrics",
                                Map.of("points", List.of(Map.of("name", "a", "value", posted, "step", posted))))
                        .expect(204);
                posted++;
            }
            server.post("/api/v1/runs/" + run + "/finish", Map.of("state", "succeeded"))
                    .expect(200);
            List<Event> events = watching.get();
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            List<Event> numbers = events.stream()
                    .filter(event -> event.name().equals("metrics"))
                    .toList();
            assertThat(posted).isGreaterThan(20);
            assertThat(numbers).hasSizeBetween(2, (int) (took.toMillis() / 500) + 2);
            JsonNode last = numbers.getLast().data().get("points");
            assertThat(last.get(last.size() - 1).get("step").asInt()).isEqualTo(posted - 1);
            assertThat(events.getLast().name()).isEqualTo("run");
            assertThat(events.getLast().data().get("state").asText()).isEqualTo("succeeded");
        }
    }
}
