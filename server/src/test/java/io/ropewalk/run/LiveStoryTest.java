package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.TestServer;
import io.ropewalk.support.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a client hears that follows a run while it happens.
@Timeout(180)
class LiveStoryTest {
    private static final int LINES = 2_000;
    /// Half of its lines, then it waits until it is told to go on.
    private static final String DOCUMENT = """
            name: live
            tasks:
              - name: count
                command: |
                  seq 0 999
                  while [ ! -e "$OUTPUT_DIR/go" ]; do sleep 0.05; done
                  seq 1000 1999
                  echo '{"step": 1, "loss": 0.25}'
            """;

    /// An open stream of events.
    private static final class Stream implements AutoCloseable {
        private final HttpURLConnection connection;
        private final BufferedReader lines;

        record Event(String name, String id, JsonNode data) {}

        Stream(TestServer server, String path, Map<String, String> headers) {
            try {
                connection = (HttpURLConnection)
                        URI.create(server.server().url() + path).toURL().openConnection();
                connection.setReadTimeout(60_000);
                connection.setRequestProperty(
                        "Authorization", "Bearer " + server.server().ownerToken());
                headers.forEach(connection::setRequestProperty);
                lines = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /// Empty when the server has ended the stream.
        Optional<Event> next() {
            String name = "";
            String id = "";
            try {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("event: ")) {
                        name = line.substring(7);
                    } else if (line.startsWith("id: ")) {
                        id = line.substring(4);
                    } else if (line.startsWith("data: ")) {
                        return Optional.of(new Event(name, id, Json.tree(line.substring(6))));
                    }
                }
                return Optional.empty();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            connection.disconnect();
        }
    }

    private static void go(TestServer server, String run) {
        try {
            Files.createFile(server.data().resolve("runs").resolve(run).resolve("output/go"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> texts(Stream.Event event) {
        return event.data().get("lines").findValuesAsText("text");
    }

    private static List<String> expected() {
        List<String> lines = new ArrayList<>(
                IntStream.range(0, LINES).mapToObj(Integer::toString).toList());
        lines.add("{\"step\": 1, \"loss\": 0.25}");
        return lines;
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void aFollowerOfALogGetsEveryLineInOrderAndThenTheEnd(TestServer server) {
        server.apply("live", DOCUMENT);
        String run = server.run("live", "count");
        server.until(run, node -> node.get("state").asText().equals("running"));
        List<String> heard = new ArrayList<>();
        String last = "";
        try (Stream stream = new Stream(server, "/api/v1/runs/" + run + "/logs/worker-0/tail", Map.of())) {
            for (Optional<Stream.Event> event = stream.next(); event.isPresent(); event = stream.next()) {
                last = event.get().name();
                if (last.equals("lines")) {
                    heard.addAll(texts(event.get()));
                }
                if (heard.size() == LINES / 2) {
                    go(server, run);
                }
            }
        }
        assertThat(last).isEqualTo("end");
        assertThat(heard).isEqualTo(expected());
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void whoConnectsAgainWhereItWasCutOffMissesNothingAndHearsNothingTwice(TestServer server) {
        server.apply("live", DOCUMENT);
        String run = server.run("live", "count");
        server.until(run, node -> node.get("state").asText().equals("running"));
        for (String name : List.of("worker-0", "all")) {
            List<String> heard = new ArrayList<>();
            String position = "";
            boolean ended = false;
            int connections = 0;
            while (!ended) {
                String path = "/api/v1/runs/" + run + "/logs/" + name + "/tail";
                boolean byHeader = connections++ % 2 == 0;
                String query = byHeader || position.isEmpty() ? "" : "?offset=" + position;
                Map<String, String> headers =
                        byHeader && !position.isEmpty() ? Map.of("Last-Event-ID", position) : Map.of();
                try (Stream stream = new Stream(server, path + query, headers)) {
                    Stream.Event event = stream.next().orElseThrow();
                    position = event.id();
                    ended = event.name().equals("end");
                    if (!ended) {
                        event.data().get("lines").forEach(line -> {
                            if (!line.path("log").asText("worker-0").equals("master")) {
                                heard.add(line.get("text").asText());
                            }
                        });
                    }
                }
                if (heard.size() == LINES / 2 && name.equals("worker-0")) {
                    go(server, run);
                }
            }
            assertThat(connections).isGreaterThan(2);
            assertThat(heard).as(name).isEqualTo(expected());
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void aFollowerOfARunHearsItsStatesItsNumbersAndLastThatItEnded(TestServer server) {
        server.apply("live", DOCUMENT);
        String run = server.run("live", "count");
        List<String> states = new ArrayList<>();
        List<JsonNode> numbers = new ArrayList<>();
        boolean told = false;
        try (Stream stream = new Stream(server, "/api/v1/runs/" + run + "/updates", Map.of())) {
            for (Optional<Stream.Event> event = stream.next(); event.isPresent(); event = stream.next()) {
                if (event.get().name().equals("run")) {
                    states.add(event.get().data().get("state").asText());
                } else if (event.get().name().equals("metrics")) {
                    event.get().data().get("points").forEach(numbers::add);
                }
                if (!told && states.contains("running")) {
                    told = true;
                    go(server, run);
                }
            }
        }
        assertThat(states.getLast()).isEqualTo("succeeded");
        assertThat(states).containsSubsequence("running", "succeeded").containsOnlyOnce("succeeded");
        assertThat(numbers).hasSize(1);
        assertThat(numbers.getFirst().get("name").asText()).isEqualTo("loss");
        assertThat(numbers.getFirst().get("value").asDouble()).isEqualTo(0.25);
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void aServerThatEndsEndsTheStreamsAndTheNextOneGoesOn(TestServer server) {
        server.apply("live", DOCUMENT);
        String run = server.run("live", "count");
        server.until(run, node -> node.get("state").asText().equals("running"));
        List<String> heard = new ArrayList<>();
        String position = "0";
        try (Stream log = new Stream(server, "/api/v1/runs/" + run + "/logs/worker-0/tail", Map.of());
                Stream updates = new Stream(server, "/api/v1/runs/" + run + "/updates", Map.of())) {
            while (heard.size() < LINES / 2) {
                Stream.Event event = log.next().orElseThrow();
                position = event.id();
                heard.addAll(texts(event));
            }
            Stream.Event update = updates.next().orElseThrow();
            while (update.name().equals("event")) {
                update = updates.next().orElseThrow();
            }
            assertThat(update.name()).isEqualTo("run");
            server.restart();
            assertThat(log.next()).isEmpty();
            for (Optional<Stream.Event> rest = updates.next(); rest.isPresent(); rest = updates.next()) {
                assertThat(rest.get().data().path("state").asText()).isNotEqualTo("succeeded");
            }
        }
        go(server, run);
        try (Stream log =
                new Stream(server, "/api/v1/runs/" + run + "/logs/worker-0/tail?offset=" + position, Map.of())) {
            for (Optional<Stream.Event> event = log.next(); event.isPresent(); event = log.next()) {
                if (event.get().name().equals("lines")) {
                    heard.addAll(texts(event.get()));
                }
            }
        }
        assertThat(heard).isEqualTo(expected());
    }
}
