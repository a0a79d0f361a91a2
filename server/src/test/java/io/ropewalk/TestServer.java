package io.ropewalk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ropewalk.support.config.ServerSettings;
import io.ropewalk.support.config.SettingsReader.Flag;
import io.ropewalk.support.db.TestDatabases;
import io.ropewalk.support.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A whole server in this process, on a free port and an empty directory, spoken to over HTTP as its owner.
public final class TestServer implements AutoCloseable {
    /// Where webhooks may go, and nobody takes them.
    public static final String NOBODY = "127.0.0.1:9";

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final HttpClient client = HttpClient.newHttpClient();
    private final Path data;
    private final List<Flag> flags;
    private Ropewalk server;

    /// What came back.
    public record Answer(int status, HttpResponse<String> response) {
        public JsonNode json() {
            return Json.tree(response.body());
        }

        public Answer expect(int wanted) {
            if (status != wanted) {
                throw new AssertionError("expected %d but got %d: %s".formatted(wanted, status, response.body()));
            }
            return this;
        }
    }

    private TestServer(Path data, List<Flag> flags) {
        this.data = data;
        this.flags = flags;
        this.server = Ropewalk.start(settings());
    }

    /// On SQLite.
    public static TestServer start() {
        return start(Map.of());
    }

    /// @param settings more of them, as one would write them behind `--`
    public static TestServer start(Map<String, String> settings) {
        try {
            Path data = Files.createTempDirectory("ropewalk-test").resolve("data");
            Stream<Flag> given = settings.entrySet().stream()
                    .map(entry -> new Flag("--" + entry.getKey(), entry.getKey(), entry.getValue()));
            return new TestServer(
                    data,
                    Stream.concat(
                                    Stream.of(
                                            new Flag("--data", "data", data.toString()),
                                            new Flag("--port", "port", "0"),
                                            new Flag("--no-browser", "browser", "false"),
                                            // Nobody listens there, and nobody outside is called by a test.
                                            new Flag("--set", "notices.allow", NOBODY)),
                                    given)
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// One on each kind of database.
    public static Stream<TestServer> onBoth() {
        return onBoth(Map.of());
    }

    /// @param settings more of them
    public static Stream<TestServer> onBoth(Map<String, String> settings) {
        return Stream.of("", TestDatabases.postgres().url()).map(database -> {
            Map<String, String> all = new HashMap<>(settings);
            all.put("database", database);
            return start(all);
        });
    }

    public ServerSettings settings() {
        return ServerSettings.read(Map.of(), flags).value();
    }

    /// With one of them set otherwise.
    public ServerSettings settings(String name, String value) {
        Stream<Flag> others = flags.stream().filter(flag -> !flag.key().equals(name));
        return ServerSettings.read(
                        Map.of(),
                        Stream.concat(others, Stream.of(new Flag("--" + name, name, value)))
                                .toList())
                .value();
    }

    public Ropewalk server() {
        return server;
    }

    public Path data() {
        return data;
    }

    /// Ends the server and starts another one on the same directory.
    public void restart() {
        server.close();
        server = Ropewalk.start(settings());
    }

    public Answer get(String path) {
        return send("GET", path, server.ownerToken(), null);
    }

    public Answer post(String path, Object body) {
        return send("POST", path, server.ownerToken(), Json.write(body));
    }

    public Answer put(String path, Object body) {
        return send("PUT", path, server.ownerToken(), Json.write(body));
    }

    public Answer delete(String path) {
        return send("DELETE", path, server.ownerToken(), null);
    }

    /// Sends bytes as they are.
    public Answer upload(String method, String path, byte[] body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + path))
                .timeout(PATIENCE)
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                .header("Content-Type", "application/octet-stream")
                .header("Authorization", "Bearer " + server.ownerToken())
                .build();
        return answer(request);
    }

    /// @param token empty to call as a stranger
    public Answer send(String method, String path, String token, @org.jspecify.annotations.Nullable String body) {
        return send(method, path, token, body, Map.of());
    }

    public Answer send(
            String method,
            String path,
            String token,
            @org.jspecify.annotations.Nullable String body,
            Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path))
                .timeout(PATIENCE)
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        headers.forEach(request::header);
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return answer(request.build());
    }

    private Answer answer(HttpRequest request) {
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Saves a project document; the project's name stands in it.
    public void apply(String project, String document) {
        put("/api/v1/workspaces/default/projects/" + project + "/document", Map.of("document", document, "comment", ""))
                .expect(200);
    }

    /// Starts a task and gives the run's id.
    public String run(String project, String task) {
        return submit(project, Map.of("task", task))
                .expect(201)
                .json()
                .get("id")
                .asText();
    }

    public Answer submit(String project, Map<String, Object> request) {
        return post("/api/v1/workspaces/default/projects/" + project + "/runs", request);
    }

    /// The run when it has ended.
    public ObjectNode ended(String run) {
        return until(run, node -> node.has("endedAt"));
    }

    /// The run when it is as wanted.
    public ObjectNode until(String run, Predicate<JsonNode> wanted) {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (true) {
            ObjectNode node =
                    (ObjectNode) get("/api/v1/runs/" + run).expect(200).json();
            if (wanted.test(node)) {
                return node;
            }
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("the run did not come to it: " + node.toPrettyString());
            }
            Thread.onSpinWait();
        }
    }

    /// Everything that a replica has written.
    public String log(String run, String name) {
        return get("/api/v1/runs/" + run + "/logs/" + name + "/raw")
                .expect(200)
                .response()
                .body();
    }

    @Override
    public void close() {
        server.close();
    }

    @Override
    public String toString() {
        return server.url();
    }
}
