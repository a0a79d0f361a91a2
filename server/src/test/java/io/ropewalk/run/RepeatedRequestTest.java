package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.TestServer;
import io.ropewalk.access.Caller;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.WorkspaceId;
import io.ropewalk.support.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a request changes is stored together with its key, or not at all.
class RepeatedRequestTest {
    private static final String PROJECTS = "/api/v1/workspaces/default/projects";
    private static final String RUNS = PROJECTS + "/default/runs";

    private static HttpResponse<String> post(TestServer server, String path, Object body) {
        return send(server, "POST", path, body);
    }

    private static HttpResponse<String> send(TestServer server, String method, String path, Object body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server.server().url() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(Json.write(body)))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", method + " " + path)
                .header("Authorization", "Bearer " + server.server().ownerToken())
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String track(TestServer server) {
        return server.post(RUNS + "/tracked", Map.of())
                .expect(201)
                .json()
                .get("id")
                .asText();
    }

    private static long stored(TestServer server, String run) {
        long count = 0;
        for (var series :
                server.get("/api/v1/runs/" + run + "/metrics").expect(200).json()) {
            count += series.get("count").asLong();
        }
        return count;
    }

    private static void refuseKeys(TestServer server) throws SQLException {
        try (var connection = DriverManager.getConnection(
                        "jdbc:sqlite:" + server.data().resolve("ropewalk.db"));
                var statement = connection.createStatement()) {
            statement.execute(
                    "create trigger no_keys before insert on idempotency begin select raise(abort, 'full'); end");
        }
    }

    @Test
    void whereTheKeyCannotBeStoredNeitherIsTheRunNorAreTheNumbers() throws SQLException {
        try (TestServer server = TestServer.start()) {
            server.apply("default", """
                    name: default
                    tasks:
                      - {name: wait, command: "true"}
                    """);
            String run = track(server);
            String launched = server.run("default", "wait");
            server.ended(launched);
            refuseKeys(server);
            assertThat(post(server, RUNS, Map.of("task", "wait")).statusCode()).isGreaterThanOrEqualTo(500);
            assertThat(post(server, RUNS + "/tracked", Map.of()).statusCode()).isGreaterThanOrEqualTo(500);
            assertThat(post(server, "/api/v1/runs/" + launched + "/again", Map.of())
                            .statusCode())
                    .isGreaterThanOrEqualTo(500);
            assertThat(post(
                                    server,
                                    "/api/v1/runs/" + run + "/metrics",
                                    Map.of("points", List.of(Map.of("name", "a", "value", 1))))
                            .statusCode())
                    .isGreaterThanOrEqualTo(500);
            String waiting = "/api/v1/runs/" + run;
            assertThat(post(server, waiting + "/finish", Map.of("state", "succeeded"))
                            .statusCode())
                    .isGreaterThanOrEqualTo(500);
            assertThat(server.get(waiting).json().get("state").asText()).isEqualTo("running");
            assertThat(server.get(RUNS).expect(200).json().get("items")).hasSize(2);
            assertThat(stored(server, run)).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void numbersThatAreSentAgainCountOnceAlsoAfterARestart(TestServer server) {
        String run = track(server);
        Object points = Map.of("points", List.of(Map.of("name", "a", "value", 1), Map.of("name", "a", "value", 2)));
        for (int i = 0; i < 4; i++) {
            if (i == 2) {
                server.restart();
            }
            HttpResponse<String> answer = post(server, "/api/v1/runs/" + run + "/metrics", points);
            assertThat(answer.statusCode()).isEqualTo(204);
            assertThat(answer.body()).isEmpty();
        }
        assertThat(stored(server, run)).isEqualTo(2);
    }

    /// A change of a project.
    private record Change(String method, String path, Object body, int status) {
        /// Each of them makes, in this order, what the next one needs.
        static List<Change> all() {
            return List.of(
                    new Change("POST", PROJECTS, Map.of("document", "name: new\ntitle: One\n"), 201),
                    new Change("PUT", PROJECTS + "/new/document", Map.of("document", "name: new\ntitle: Two\n"), 200),
                    new Change(
                            "POST",
                            PROJECTS + "/new/checkout",
                            Map.of("revision", "master", "experiment", "wide"),
                            200),
                    new Change("DELETE", PROJECTS + "/new", Map.of(), 204));
        }

        HttpResponse<String> send(TestServer server) {
            return RepeatedRequestTest.send(server, method, path, body);
        }
    }

    /// What is there of the project.
    private static String shape(TestServer server) {
        return server.get(PROJECTS + "/new").response().body()
                + server.get(PROJECTS + "/new/revisions").response().body();
    }

    @Test
    void whereTheKeyCannotBeStoredNeitherIsAChangeOfAProject() throws SQLException {
        for (Change change : Change.all()) {
            try (TestServer server = TestServer.start()) {
                for (Change before : Change.all()) {
                    if (before.equals(change)) {
                        break;
                    }
                    server.send(
                                    before.method(),
                                    before.path(),
                                    server.server().ownerToken(),
                                    Json.write(before.body()),
                                    Map.of())
                            .expect(before.status());
                }
                String shape = withoutRequest(shape(server));
                refuseKeys(server);
                assertThat(change.send(server).statusCode())
                        .as(change.toString())
                        .isGreaterThanOrEqualTo(500);
                assertThat(withoutRequest(shape(server))).as(change.toString()).isEqualTo(shape);
            }
        }
    }

    /// An error names its request, which is another one every time.
    private static String withoutRequest(String text) {
        return text.replaceAll("\"requestId\":\"[^\"]*\"", "");
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void aChangeOfAProjectThatIsSentAgainIsMadeOnceAlsoAfterARestart(TestServer server) throws SQLException {
        for (Change change : Change.all()) {
            HttpResponse<String> first = change.send(server);
            assertThat(first.statusCode()).as(first.body()).isEqualTo(change.status());
            String shape = withoutRequest(shape(server));
            for (boolean restarted : List.of(false, true)) {
                if (restarted) {
                    server.restart();
                }
                HttpResponse<String> again = change.send(server);
                assertThat(again.statusCode()).as(again.body()).isEqualTo(change.status());
                assertThat(again.body()).isEqualTo(first.body());
                assertThat(withoutRequest(shape(server))).isEqualTo(shape);
            }
        }
    }

    private static String documentThatWaits() {
        return """
                name: default
                tasks:
                  - {name: wait, command: sleep 999}
                """;
    }

    @Test
    void whereTheKeyCannotBeStoredARunIsNotStopped() throws SQLException {
        try (TestServer server = TestServer.start()) {
            server.apply("default", documentThatWaits());
            String run = server.run("default", "wait");
            server.until(run, shown -> shown.get("state").asText().equals("running"));
            refuseKeys(server);
            assertThat(post(server, "/api/v1/runs/" + run + "/stop", Map.of()).statusCode())
                    .isGreaterThanOrEqualTo(500);
            assertThat(server.get("/api/v1/runs/" + run + "/events").json().findValuesAsText("reason"))
                    .doesNotContain("Stopping");
            server.post("/api/v1/runs/" + run + "/stop", Map.of()).expect(200);
            server.ended(run);
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void stoppingAndFinishingThatIsSentAgainIsAnsweredAsTheFirstTimeAlsoWhenTheRunHasEnded(TestServer server) {
        server.apply("default", documentThatWaits());
        String launched = server.run("default", "wait");
        server.until(launched, shown -> shown.get("state").asText().equals("running"));
        String stop = "/api/v1/runs/" + launched + "/stop";
        String finish = "/api/v1/runs/" + track(server) + "/finish";
        HttpResponse<String> stopped = post(server, stop, Map.of());
        HttpResponse<String> finished = post(server, finish, Map.of("state", "failed", "reason", "no more data"));
        assertThat(stopped.statusCode()).as(stopped.body()).isEqualTo(200);
        assertThat(finished.statusCode()).as(finished.body()).isEqualTo(200);
        assertThat(Json.tree(finished.body()).get("state").asText()).isEqualTo("failed");
        server.ended(launched);
        for (boolean restarted : List.of(false, true)) {
            if (restarted) {
                server.restart();
            }
            assertThat(post(server, stop, Map.of()).body()).isEqualTo(stopped.body());
            assertThat(post(server, finish, Map.of("state", "failed", "reason", "no more data"))
                            .body())
                    .isEqualTo(finished.body());
        }
    }

    @Test
    void aPersonAndTheirRunShareNoKeys() {
        Caller.Run run = new Caller.Run(new RunId("r"), new WorkspaceId("w"), new ProjectId("p"), "owner");
        assertThat(List.of(
                        run.identity(),
                        new Caller.Run(new RunId("s"), new WorkspaceId("w"), new ProjectId("p"), "owner").identity(),
                        new Caller.Owner("owner").identity(),
                        new Caller.Nobody().identity()))
                .doesNotHaveDuplicates();
    }
}
