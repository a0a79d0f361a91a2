package io.ropewalk.attack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ropewalk.TestServer;
import io.ropewalk.attack.Wire.Operation;
import io.ropewalk.attack.Wire.Parameter;
import io.ropewalk.attack.Wire.Reply;
import io.ropewalk.support.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/// A server with a project, a run that has ended, an upload, and something beside its directory that must stay
/// secret. Knows a good value for every field, so that a request is wrong in one place only.
final class Victim {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String CANARY = "canary-7f1c9e55";
    private static final String CONTENT = "hello";
    private static final String CONTENT_HASH = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    static final String DOCUMENT = """
            name: victim
            sources:
              - {name: code, upload: {}}
            tasks:
              - {name: greet, command: 'echo hello; echo x > "$OUTPUT_DIR/made.txt"', mounts: []}
            """;

    private final TestServer server;
    private final Map<String, String> good = new HashMap<>();
    private final List<String> secrets;

    Victim(TestServer server) {
        this.server = server;
        try {
            Files.writeString(outside().resolve("secret.txt"), CANARY);
            Files.createDirectories(outside().resolve("secret"));
            Files.writeString(outside().resolve("secret/made.txt"), CANARY);
            secrets = List.of(
                    CANARY,
                    "root:x:0:0",
                    server.server().ownerToken(),
                    Files.readString(server.data().resolve("secret-key")).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.apply("victim", DOCUMENT);
        String snapshot = upload();
        notices();
        String run = server.run("victim", "greet");
        server.ended(run);
        good.put("notice", toldOf(run));
        String revision = server.get("/api/v1/workspaces/default/projects/victim/revisions")
                .json()
                .get("items")
                .get(0)
                .get("id")
                .asText();
        good.putAll(Map.of("run", run, "workspace", "default", "project", "victim", "source", "code", "task", "greet"));
        good.putAll(Map.of("number", "1", "snapshot", snapshot, "revision", revision, "parentRun", run));
        good.putAll(Map.of("from", revision, "to", "master", "experiment", "master", "document", DOCUMENT));
        good.putAll(Map.of("definition", "{name: own, command: echo own}", "hash", CONTENT_HASH, "state", "failed"));
        good.putAll(Map.of("token", server.server().ownerToken(), "limit", "5", "points", "10", "attempt", "1"));
        good.put("q", CONTENT);
        good.put("directory", outside().resolve("backups").toString());
    }

    /// A rule of the owner's, and a channel over which it goes.
    private void notices() {
        JsonNode channels =
                server.get("/api/v1/notice-channels").expect(200).json().get("channels");
        String target = "http://" + TestServer.NOBODY + "/";
        JsonNode channel = channels.isEmpty()
                ? server.post("/api/v1/notice-channels", Map.of("kind", "webhook", "target", target))
                        .json()
                : channels.get(0);
        server.post("/api/v1/notice-rules", Map.of("project", "victim", "on", "ended"));
        String rule = server.get("/api/v1/notice-rules").json().get(0).get("id").asText();
        String id = channel.get("id").asText();
        good.putAll(Map.of("rule", rule, "channel", id, "channels", id, "target", target));
        good.putAll(Map.of("on", "ended", "kind", "webhook"));
    }

    private String toldOf(String run) {
        while (true) {
            for (JsonNode notice : server.get("/api/v1/notices").json().get("items")) {
                if (notice.get("run").asText().equals(run)) {
                    return notice.get("id").asText();
                }
            }
            Thread.onSpinWait();
        }
    }

    private String upload() {
        String source = "/api/v1/workspaces/default/projects/victim/sources/code/archive?name=a.txt";
        Reply reply = call("POST", source, Map.of(), CONTENT.getBytes(StandardCharsets.UTF_8));
        return reply.json().get("id").asText();
    }

    /// The directory that the server's own lies in.
    private Path outside() {
        return Objects.requireNonNull(server.data().getParent());
    }

    TestServer server() {
        return server;
    }

    String good(String field) {
        return good.getOrDefault(field, "");
    }

    /// A good value for a field of an operation.
    private String good(Operation operation, String field) {
        return switch (field) {
            case "name" -> operation.path().contains("/logs/") ? "worker-0" : operation.raw() ? "a.txt" : "loss";
            case "path" ->
                operation.path().endsWith("/files")
                        ? ""
                        : operation.path().contains("/sources/") ? "a.txt" : "made.txt";
            // Revisions in one place, times in another.
            case "from", "to" -> operation.path().endsWith("/use") ? "" : good.getOrDefault(field, "");
            case "offset", "Last-Event-ID", "context" -> "0";
            case "partial", "download" -> "true";
            // These two together have a meaning of their own.
            case "regex", "grep", "cursor", "state", "search", "parent" -> "";
            default -> good(field);
        };
    }

    /// Something in a request that can be replaced.
    ///
    /// @param where path, query, header or a JSON pointer into the body
    record Field(String name, String where) {}

    List<Field> fields(Operation operation) {
        List<Field> fields = new ArrayList<>();
        for (Parameter parameter : operation.parameters()) {
            fields.add(new Field(parameter.name(), parameter.where()));
        }
        operation.body().ifPresent(schema -> leaves(body(operation, schema), "", fields));
        return fields;
    }

    private static void leaves(JsonNode node, String pointer, List<Field> fields) {
        if (node instanceof ObjectNode object) {
            object.properties().forEach(entry -> leaves(entry.getValue(), pointer + "/" + entry.getKey(), fields));
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                leaves(array.get(i), pointer + "/" + i, fields);
            }
        } else {
            fields.add(new Field(pointer.substring(pointer.lastIndexOf('/') + 1), pointer));
        }
    }

    /// A good body.
    ObjectNode body(Operation operation, JsonNode schema) {
        ObjectNode body = (ObjectNode) sample(operation, "", schema);
        if (operation.path().endsWith("/runs") && operation.method().equals("POST")) {
            body.remove("definition");
        }
        body.remove("parent");
        if (operation.path().endsWith("/notice-rules")) {
            // Each kind of rule takes others of these.
            body.remove(List.of("run", "minutes", "metric", "is", "value"));
        }
        return body;
    }

    private JsonNode sample(Operation operation, String name, JsonNode described) {
        JsonNode schema = Wire.resolved(described);
        return switch (schema.path("type").asText("string")) {
            case "object" -> {
                ObjectNode object = NODES.objectNode();
                schema.path("properties")
                        .properties()
                        .forEach(entry ->
                                object.set(entry.getKey(), sample(operation, entry.getKey(), entry.getValue())));
                if (schema.path("additionalProperties").isObject()) {
                    object.put(name.equals("pins") ? "code" : "lr", name.equals("pins") ? good("snapshot") : "0.5");
                }
                if (name.equals("pins")) {
                    object.removeAll();
                }
                yield object;
            }
            case "array" -> NODES.arrayNode().add(sample(operation, name, schema.get("items")));
            case "integer" ->
                NODES.numberNode(name.equals("size") ? CONTENT.length() : name.equals("mode") ? 0100644 : 1);
            case "number" -> NODES.numberNode(0.5);
            case "boolean" -> NODES.booleanNode(true);
            default ->
                NODES.textNode(name.equals("path") ? "a.txt" : name.equals("state") ? "failed" : good(operation, name));
        };
    }

    /// The request with everything good but one field.
    ///
    /// @param value as it stands in the request: encoded where it must be, JSON in a body
    byte[] request(Operation operation, Field changed, String value, String token) {
        String target = operation.path();
        StringBuilder query = new StringBuilder();
        Map<String, String> headers = new HashMap<>();
        if (!token.isEmpty()) {
            headers.put("Authorization", "Bearer " + token);
        }
        for (Parameter parameter : operation.parameters()) {
            boolean this_ =
                    changed.where().equals(parameter.where()) && changed.name().equals(parameter.name());
            String text = this_ ? value : Wire.encoded(good(operation, parameter.name()));
            switch (parameter.where()) {
                case "path" -> target = target.replace("{" + parameter.name() + "}", text);
                case "query" -> {
                    if (!text.isEmpty()) {
                        query.append(query.isEmpty() ? "?" : "&")
                                .append(parameter.name())
                                .append("=")
                                .append(text);
                    }
                }
                default -> {
                    if (this_) {
                        headers.put(parameter.name(), text);
                    }
                }
            }
        }
        byte[] body = new byte[0];
        if (operation.body().isPresent()) {
            headers.put("Content-Type", "application/json");
            ObjectNode good = body(operation, operation.body().get());
            String text = changed.where().startsWith("/") ? replaced(good, changed.where(), value) : good.toString();
            body = text.getBytes(StandardCharsets.UTF_8);
        } else if (operation.raw()) {
            headers.put("Content-Type", "application/octet-stream");
            body = CONTENT.getBytes(StandardCharsets.UTF_8);
        }
        return Wire.request(operation.method(), target + query, headers, body);
    }

    private static String replaced(ObjectNode body, String pointer, String json) {
        int last = pointer.lastIndexOf('/');
        JsonNode parent = body.at(pointer.substring(0, last));
        String mark = "mark-of-the-changed-value";
        if (parent instanceof ObjectNode object) {
            object.put(pointer.substring(last + 1), mark);
        } else {
            ((ArrayNode) parent).set(Integer.parseInt(pointer.substring(last + 1)), mark);
        }
        return body.toString().replace('"' + mark + '"', json);
    }

    /// A request of the owner.
    Reply call(String method, String target, Map<String, String> headers, byte[] body) {
        Map<String, String> all = new HashMap<>(headers);
        all.putIfAbsent("Authorization", "Bearer " + server.server().ownerToken());
        return send(Wire.request(method, target, all, body));
    }

    Reply send(byte[] request) {
        return Wire.exchange(server.server().url(), request);
    }

    /// What of an answer shows that an attack got somewhere, or broke something; empty when it did not.
    String harm(Reply reply) {
        if (reply.status() >= 500) {
            return "status " + reply.status() + " " + reply.body();
        }
        return secrets.stream()
                .filter(secret -> reply.body().contains(secret) || reply.head().contains(secret))
                .map(secret -> "told " + secret)
                .findFirst()
                .orElse("");
    }

    /// What lies beside the server's directory.
    List<String> beside() {
        try (Stream<Path> files = Files.walk(outside(), 2)) {
            return files.filter(file -> !file.startsWith(server.data()))
                    .map(file -> outside().relativize(file).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path secretFile() {
        return outside().resolve("secret.txt");
    }

    static String json(String text) {
        return Json.write(text);
    }
}
