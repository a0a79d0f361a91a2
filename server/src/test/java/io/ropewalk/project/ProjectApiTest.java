package io.ropewalk.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.access.Caller;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.db.TestDatabases;
import io.ropewalk.support.http.HttpEngine;
import io.ropewalk.support.http.HttpServer;
import io.ropewalk.support.http.Idempotency;
import io.ropewalk.support.http.OpenApi;
import io.ropewalk.support.json.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Projects as a client on the wire meets them.
class ProjectApiTest {
    private static final String PROJECTS = "/api/v1/workspaces/default/projects";
    private static final String DIGITS = """
            name: digits
            sources: [{name: code, git: {repository: a/b, token: s3cret}}]
            tasks: [{name: train, command: python train.py, mounts: [code]}]
            """;

    private final HttpClient client = HttpClient.newHttpClient();
    private Database database;
    private final HttpEngine engine = new HttpEngine();
    private HttpServer server;
    private String url;

    @BeforeEach
    void start() {
        database = TestDatabases.both().findFirst().orElseThrow();
        Clock clock = Clock.systemUTC();
        Projects projects = new Projects(
                database,
                new Workspaces(database, clock),
                new DocumentReader(TestSources.ALL),
                new ProjectsTest.GivenRuns(),
                List.of(),
                clock);
        server = new HttpServer(
                engine,
                new HttpServer.Settings("127.0.0.1", 0, Set.of(), 4 << 20, 1 << 20),
                new ProjectApi(projects).endpoints(),
                credentials -> credentials.bearer().isPresent() ? new Caller.Owner("ann") : new Caller.Nobody(),
                new Idempotency(database, clock),
                (_, _, _, _) -> {});
        url = "http://127.0.0.1:" + server.listen();
    }

    @AfterEach
    void stop() {
        server.close();
        engine.close();
        database.close();
        client.close();
    }

    private HttpResponse<String> send(String method, String path, @Nullable Object body) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path)).header("Authorization", "Bearer x");
        if (body == null) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.method(method, BodyPublishers.ofString(Json.write(body)))
                    .header("Content-Type", "application/json");
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private JsonNode ok(int status, String method, String path, @Nullable Object body) throws Exception {
        HttpResponse<String> response = send(method, path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return response.body().isEmpty() ? Json.tree("null") : Json.tree(response.body());
    }

    @Test
    void aProjectLivesOnTheWire() throws Exception {
        JsonNode created = ok(201, "POST", PROJECTS, Map.of("document", DIGITS, "comment", "first"));
        assertThat(created.at("/created").asBoolean()).isTrue();
        assertThat(created.at("/project/experiments/0/name").asText()).isEqualTo("master");
        assertThat(created.at("/revision/author").asText()).isEqualTo("ann");
        assertThat(created.at("/revision/comment").asText()).isEqualTo("first");
        assertThat(created.at("/revision").has("parent")).isFalse();
        String first = created.at("/revision/id").asText();

        assertThat(send("POST", PROJECTS, Map.of("document", DIGITS)).statusCode())
                .isEqualTo(409);

        String edited = DIGITS.replace("train.py", "better.py");
        JsonNode changed = ok(200, "PUT", PROJECTS + "/digits/document", Map.of("document", edited, "parent", first));
        assertThat(changed.at("/changed").asBoolean()).isTrue();
        assertThat(changed.at("/revision/parent").asText()).isEqualTo(first);
        assertThat(ok(200, "PUT", PROJECTS + "/digits/document", Map.of("document", edited))
                        .at("/changed")
                        .asBoolean(true))
                .isFalse();
        HttpResponse<String> stale =
                send("PUT", PROJECTS + "/digits/document", Map.of("document", DIGITS, "parent", first));
        assertThat(stale.statusCode()).isEqualTo(409);
        assertThat(Json.tree(stale.body()).at("/code").asText()).isEqualTo("CONFLICT");

        JsonNode document = ok(200, "GET", PROJECTS + "/digits/document", null);
        assertThat(document.at("/text").asText()).isEqualTo(edited);
        assertThat(document.at("/normal/tasks/0/roles/0/command").asText()).isEqualTo("python better.py");
        assertThat(document.at("/normal/sources/0/settings/token").asText()).isEqualTo("***");
        assertThat(document.at("/warnings").isEmpty()).isTrue();
        assertThat(ok(200, "GET", PROJECTS + "/digits/document?revision=" + first, null)
                        .at("/text")
                        .asText())
                .isEqualTo(DIGITS);

        JsonNode diff = ok(200, "GET", PROJECTS + "/digits/diff?from=" + first + "&to=master", null);
        assertThat(diff.at("/added").asInt()).isEqualTo(1);
        assertThat(diff.at("/removed").asInt()).isEqualTo(1);
        assertThat(diff.at("/lines/0")).isEqualTo(Json.tree("""
                {"kind":" ","text":"name: digits","oldLine":1,"newLine":1}"""));
        assertThat(diff.at("/lines/2/kind").asText()).isEqualTo("-");
        assertThat(diff.at("/lines/2").has("newLine")).isFalse();

        JsonNode back = ok(
                200,
                "POST",
                PROJECTS + "/digits/checkout",
                Map.of("revision", first, "experiment", "wide", "comment", "again"));
        assertThat(back.at("/project/experiments/1/name").asText()).isEqualTo("wide");
        assertThat(ok(200, "GET", PROJECTS + "/digits/revisions?experiment=wide", null)
                        .at("/items/0/heads/0")
                        .asText())
                .isEqualTo("wide");
        JsonNode list = ok(200, "GET", PROJECTS + "?search=DIG&limit=5", null);
        assertThat(list.at("/items/0/name").asText()).isEqualTo("digits");
        assertThat(list.at("/items/0/runs/total").asInt()).isEqualTo(3);
        assertThat(list.has("next")).isFalse();
        assertThat(ok(200, "GET", PROJECTS + "/digits", null).at("/workspace").asText())
                .isEqualTo("default");

        ok(204, "DELETE", PROJECTS + "/digits", null);
        assertThat(send("GET", PROJECTS + "/digits", null).statusCode()).isEqualTo(404);
    }

    @Test
    void aBadDocumentIsAnsweredWithItsProblems() throws Exception {
        HttpResponse<String> response = send("POST", PROJECTS, Map.of("document", "name: digits\ntsks: []\n"));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode error = Json.tree(response.body());
        assertThat(error.at("/code").asText()).isEqualTo("INVALID_DOCUMENT");
        assertThat(error.at("/problems")).isEqualTo(Json.tree("""
                [{"severity":"error","line":2,"column":1,"path":"tsks",
                  "message":"Unknown key 'tsks' in a project.","remedy":"Did you mean 'tasks'?"}]
                """));
        JsonNode checked = ok(200, "POST", PROJECTS + "/check", Map.of("document", "name: digits\ntsks: []\n"));
        assertThat(checked.at("/problems")).isEqualTo(error.at("/problems"));
        assertThat(checked.has("normal")).isFalse();
        JsonNode sound = ok(200, "POST", PROJECTS + "/check", Map.of("document", DIGITS));
        assertThat(sound.at("/problems").isEmpty()).isTrue();
        assertThat(sound.at("/normal/name").asText()).isEqualTo("digits");
        assertThat(sound.at("/normal/sources/0/settings/token").asText()).isEqualTo("***");
    }

    @Test
    void theSchemaIsServed() throws Exception {
        HttpResponse<String> response = send("GET", "/api/v1/schemas/project.json", null);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/schema+json");
        assertThat(Json.tree(response.body())
                        .at("/properties/tasks/items/properties/command/description")
                        .asText())
                .contains("shell text");
    }

    @Test
    void strangersGetNothing() throws Exception {
        for (String path : List.of(PROJECTS, PROJECTS + "/digits", "/api/v1/schemas/project.json")) {
            HttpResponse<String> response =
                    client.send(HttpRequest.newBuilder(URI.create(url + path)).build(), BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(401);
        }
    }

    @Test
    void theApiDescribesItself() {
        JsonNode api = OpenApi.describe(new ProjectApi(new Projects(
                        database,
                        new Workspaces(database, Clock.systemUTC()),
                        new DocumentReader(TestSources.ALL),
                        new ProjectsTest.GivenRuns(),
                        List.of(),
                        Clock.systemUTC()))
                .endpoints());
        JsonNode task = api.at("/components/schemas/Task");
        assertThat(task.at("/properties/type/enum")).isEqualTo(Json.tree("[\"general\",\"init\",\"export\"]"));
        assertThat(task.at("/properties/timeout/type").asText()).isEqualTo("integer");
        assertThat(api.at("/components/schemas/Line/properties/kind/enum")).isEqualTo(Json.tree("[\" \",\"+\",\"-\"]"));
    }
}
