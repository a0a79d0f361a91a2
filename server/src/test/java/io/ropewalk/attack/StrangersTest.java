package io.ropewalk.attack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.TestServer;
import io.ropewalk.attack.Victim.Field;
import io.ropewalk.attack.Wire.Operation;
import io.ropewalk.attack.Wire.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Who is not recognised gets nothing; a run gets its own project; a browser must show that this site sent it.
@Timeout(300)
@ParameterizedClass
@MethodSource("io.ropewalk.TestServer#onBoth")
class StrangersTest {
    private static final Set<String> OPEN = Set.of(
            "GET /health",
            "GET /ready",
            "GET /api/docs",
            "GET /api/v1/openapi.json",
            "POST /api/v1/session",
            "GET /sign-in");
    private static final Set<String> OWNERS_ONLY = Set.of(
            "GET /metrics",
            "GET /api/v1/server/backup",
            "GET /api/v1/server/backups",
            "GET /api/v1/server/verification",
            "GET /api/v1/notices",
            "GET /api/v1/notices/updates",
            "GET /api/v1/notice-rules",
            "GET /api/v1/notice-channels",
            "GET /api/v1/notice-channels/{channel}/deliveries");
    private static final Field NOTHING = new Field("", "");

    /// What a run may do in its own project.
    private static final Set<String> RUNS_MAY_CHANGE = Set.of(
            "POST /api/v1/workspaces/{workspace}/projects/check",
            "POST /api/v1/workspaces/{workspace}/projects/{project}/runs",
            "POST /api/v1/workspaces/{workspace}/projects/{project}/runs/tracked",
            "POST /api/v1/runs/{run}/stop",
            "POST /api/v1/runs/{run}/again",
            "POST /api/v1/runs/{run}/finish",
            "POST /api/v1/runs/{run}/info",
            "POST /api/v1/runs/{run}/metrics",
            "DELETE /api/v1/session");

    private final Victim victim;
    private final TestServer server;

    StrangersTest(TestServer server) {
        this.server = server;
        victim = new Victim(server);
    }

    @Test
    void onlyTheseAreOpenToStrangers() {
        assertThat(Wire.operations().stream().filter(Operation::open).map(Operation::toString))
                .containsExactlyInAnyOrderElementsOf(OPEN);
    }

    @Test
    void everythingElseIsRefusedWithoutAToken() {
        for (Operation operation : Wire.operations()) {
            Reply reply = victim.send(victim.request(operation, NOTHING, "", ""));
            if (!OPEN.contains(operation.toString())) {
                assertThat(reply.status()).as(operation.toString()).isEqualTo(401);
                assertThat(reply.header("WWW-Authenticate")).isEqualTo("Bearer");
                assertThat(reply.json().get("code").asText()).isEqualTo("UNAUTHENTICATED");
            }
        }
    }

    @Test
    void aTokenThatIsNotOneIsRefusedEverywhere() throws IOException {
        String real = running("victim");
        String owner = server.server().ownerToken();
        String signature = real.substring(real.lastIndexOf('.') + 1);
        List<String> wrong = List.of(
                "x",
                owner + "x",
                owner.substring(0, owner.length() - 1),
                owner.toUpperCase(java.util.Locale.ROOT),
                "rwr_",
                "rwr_.",
                "rwr_" + victim.good("run") + ".",
                "rwr_" + victim.good("run") + "." + signature,
                real.substring(0, real.length() - 1),
                "rwr_../../secret." + signature,
                "' or '1'='1",
                "null");
        for (Operation operation : Wire.operations()) {
            if (OPEN.contains(operation.toString())) {
                continue;
            }
            for (String token : wrong) {
                Reply reply = victim.send(victim.request(operation, NOTHING, "", token));
                assertThat(reply.status()).as(operation + " with " + token).isEqualTo(401);
                assertThat(victim.harm(reply)).isEmpty();
            }
            Reply basic = victim.send(Wire.request(
                    operation.method(), "/api/v1/me", Map.of("Authorization", "Basic " + owner), new byte[0]));
            assertThat(basic.status()).isIn(401, 405);
        }
    }

    /// Starts a run that waits, and gives its token.
    private String running(String project) throws IOException {
        server.apply(project, Victim.DOCUMENT.replace("name: victim", "name: " + project) + """
                  - {name: wait, mounts: [], command: 'echo "$ROPEWALK_TOKEN" > "$OUTPUT_DIR/new"; mv "$OUTPUT_DIR/new" "$OUTPUT_DIR/token"; sleep 999'}
                """);
        String run = server.run(project, "wait");
        java.nio.file.Path token = server.data().resolve("runs").resolve(run).resolve("output/token");
        server.until(run, _ -> Files.exists(token));
        return Files.readString(token).strip();
    }

    private static String runOf(String token) {
        return token.substring("rwr_".length(), token.lastIndexOf('.'));
    }

    private int runs() {
        return server.get("/api/v1/workspaces/default/runs").json().get("items").size();
    }

    @Test
    void aRunSeesNothingOfAnotherProject() throws IOException {
        String token = running("stranger");
        int before = runs();
        for (Operation operation : Wire.operations()) {
            boolean names =
                    operation.path().contains("{run}") || operation.path().contains("{project}");
            if (OPEN.contains(operation.toString())) {
                continue;
            }
            Reply reply = victim.send(victim.request(operation, NOTHING, "", token));
            if (names) {
                assertThat(reply.status()).as(operation + ": " + reply.body()).isIn(403, 404);
            } else if (!operation.method().equals("GET") && !operation.path().endsWith("/check")) {
                assertThat(reply.status()).as(operation + ": " + reply.body()).isIn(403, 204);
            }
            // What it sends itself to be checked comes back.
            if (operation.path().endsWith("/check")) {
                continue;
            }
            assertThat(reply.body())
                    .as(operation.toString())
                    .doesNotContain("greet", "worker-0", victim.good("revision"));
            if (!names) {
                assertThat(reply.body()).as(operation.toString()).doesNotContain(victim.good("run"), "\"victim\"");
            }
        }
        assertThat(runs()).isEqualTo(before);
        JsonNode listed = server.send("GET", "/api/v1/workspaces/default/runs", token, null)
                .json()
                .get("items");
        assertThat(listed.findValuesAsText("project")).containsOnly("stranger");
        JsonNode projects = server.send("GET", "/api/v1/workspaces/default/projects", token, null)
                .json()
                .get("items");
        assertThat(projects).hasSize(1);
        assertThat(projects.get(0).get("name").asText()).isEqualTo("stranger");
    }

    @Test
    void aRunFindsNoLineOfAnotherProject() throws IOException {
        String token = running("stranger");
        String search = "/api/v1/search/logs?regex=true&q=";
        JsonNode everything = server.get(search + "hello").expect(200).json().get("items");
        assertThat(everything.findValuesAsText("project")).containsOnly("victim");
        for (String pattern : List.of("hello", ".", "(hello|run)")) {
            JsonNode found = server.send("GET", search + Wire.encoded(pattern), token, null)
                    .json();
            assertThat(found.get("items").findValuesAsText("project"))
                    .as(pattern)
                    .isSubsetOf("stranger");
            assertThat(found.toString()).as(pattern).doesNotContain("victim", "greet");
        }
    }

    @Test
    void aRunCannotBorrowTheInputsOfARunOfAnotherProject() throws IOException {
        String token = running("stranger");
        TestServer.Answer answer = server.send(
                "POST",
                "/api/v1/workspaces/default/projects/stranger/runs",
                token,
                "{\"task\": \"greet\", \"parentRun\": \"" + victim.good("run") + "\"}");
        String parent = answer.json().path("parentRun").asText();
        assertThat(parent).isNotEqualTo(victim.good("run"));
    }

    @Test
    void aRunMayReadItsProjectButNotChangeIt() throws IOException {
        String token = running("victim");
        for (Operation operation : Wire.operations()) {
            if (OPEN.contains(operation.toString())) {
                continue;
            }
            boolean live =
                    operation.path().endsWith("/stop") || operation.path().endsWith("/finish");
            Reply reply = victim.send(victim.request(operation, NOTHING, "", token));
            if (operation.method().equals("GET") && !OWNERS_ONLY.contains(operation.toString())) {
                assertThat(reply.status()).as(operation + ": " + reply.body()).isEqualTo(200);
            } else if (RUNS_MAY_CHANGE.contains(operation.toString())) {
                assertThat(reply.status())
                        .as(operation + ": " + reply.body())
                        .isIn(live ? List.of(409) : List.of(200, 201, 204));
            } else {
                assertThat(reply.status()).as(operation + ": " + reply.body()).isEqualTo(403);
            }
        }
    }

    @Test
    void whereTheServerKeepsItsFilesIsForItsOwner() throws IOException {
        String token = running("victim");
        assertThat(server.get("/api/v1/server").json().get("dataDirectory").asText())
                .isEqualTo(server.data().toString());
        TestServer.Answer shown =
                server.send("GET", "/api/v1/server", token, null).expect(200);
        assertThat(shown.json().get("version").asText()).isNotEmpty();
        assertThat(shown.response().body()).doesNotContain(server.data().toString());
    }

    @Test
    void theServersNumbersAreForItsOwnerUnlessTheyArePublic() throws IOException {
        String token = running("victim");
        assertThat(server.send("GET", "/metrics", token, null).status()).isEqualTo(403);
        assertThat(server.get("/metrics").expect(200).response().body()).contains("# TYPE");
        try (TestServer open = TestServer.start(Map.of("metrics", "public"))) {
            assertThat(open.send("GET", "/metrics", "", null).status()).isEqualTo(200);
        }
    }

    @Test
    void theTokenOfARunEndsWithTheRun() throws IOException {
        String token = running("victim");
        assertThat(server.send("GET", "/api/v1/me", token, null)
                        .json()
                        .get("kind")
                        .asText())
                .isEqualTo("run");
        server.post("/api/v1/runs/" + runOf(token) + "/stop", Map.of()).expect(200);
        server.ended(runOf(token));
        for (Operation operation : Wire.operations()) {
            if (!OPEN.contains(operation.toString())) {
                Reply reply = victim.send(victim.request(operation, NOTHING, "", token));
                assertThat(reply.status()).as(operation.toString()).isEqualTo(401);
                assertThat(reply.json().get("detail").asText()).contains("has ended");
            }
        }
    }

    @Test
    void aRunCannotHearAnAnswerThatTheOwnerGotUnderTheSameKey() throws IOException {
        String token = running("stranger");
        String body = "{\"task\": \"greet\"}";
        String path = "/api/v1/workspaces/default/projects/victim/runs";
        Map<String, String> key = Map.of("Idempotency-Key", "shared-key");
        server.send("POST", path, server.server().ownerToken(), body, key).expect(201);
        assertThat(server.send("POST", path, token, body, key).status()).isEqualTo(404);
        String other = running("victim");
        assertThat(runOf(other)).isNotEqualTo(runOf(token));
        TestServer.Answer own = server.send("POST", path, other, body, key).expect(201);
        assertThat(own.json().get("parentRun").asText()).isEqualTo(runOf(other));
    }

    private Reply asBrowser(String method, String path, Map<String, String> headers, String body) {
        return victim.send(Wire.request(method, path, headers, body.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aCookieAloneChangesNothing() {
        String secret = "{\"token\": \"" + server.server().ownerToken() + "\"}";
        Reply opened = asBrowser("POST", "/api/v1/session", Map.of("Content-Type", "application/json"), secret);
        assertThat(opened.status()).isEqualTo(200);
        assertThat(opened.header("Set-Cookie")).contains("HttpOnly", "SameSite=", "Path=/");
        String cookie = opened.header("Set-Cookie").split(";", 2)[0];
        String csrf = opened.json().get("csrf").asText();
        Reply me = asBrowser("GET", "/api/v1/me", Map.of("Cookie", cookie), "");
        assertThat(me.status()).isEqualTo(200);
        List<Map<String, String>> wrong = List.of(
                Map.of("Cookie", cookie),
                Map.of("Cookie", cookie, "X-Ropewalk-Csrf", "x"),
                Map.of("Cookie", cookie, "X-Ropewalk-Csrf", csrf + "x"),
                Map.of("Cookie", cookie, "Origin", "http://evil.example", "Content-Type", "text/plain"),
                Map.of("Cookie", cookie, "Content-Type", "application/x-www-form-urlencoded"),
                Map.of("Cookie", cookie, "X-HTTP-Method-Override", "GET"));
        for (Operation operation : Wire.operations()) {
            if (OPEN.contains(operation.toString()) || operation.method().equals("GET")) {
                continue;
            }
            String path = operation.path();
            for (Wire.Parameter parameter : operation.parameters()) {
                path = path.replace("{" + parameter.name() + "}", victim.good(parameter.name()));
            }
            for (Map<String, String> headers : wrong) {
                assertThat(asBrowser(operation.method(), path, headers, "{}").status())
                        .as(operation + " with " + headers)
                        .isEqualTo(403);
            }
        }
        Map<String, String> right =
                Map.of("Cookie", cookie, "X-Ropewalk-Csrf", csrf, "Content-Type", "application/json");
        assertThat(asBrowser("POST", "/api/v1/runs/" + victim.good("run") + "/info", right, "{\"info\": {}}")
                        .status())
                .isEqualTo(200);
        assertThat(asBrowser("DELETE", "/api/v1/session", right, "").status()).isEqualTo(204);
        assertThat(asBrowser("GET", "/api/v1/me", Map.of("Cookie", cookie), "").status())
                .isEqualTo(401);
    }

    @Test
    void aRunsTokenOpensNoSessionAndAWrongOneNeither() throws IOException {
        Map<String, String> json = Map.of("Content-Type", "application/json");
        assertThat(asBrowser("POST", "/api/v1/session", json, "{\"token\": \"" + running("victim") + "\"}")
                        .status())
                .isEqualTo(403);
        assertThat(asBrowser("POST", "/api/v1/session", json, "{\"token\": \"x\"}")
                        .status())
                .isEqualTo(401);
        for (String token : List.of("x", running("victim"))) {
            Reply link = asBrowser("GET", "/sign-in?token=" + token, Map.of(), "");
            assertThat(link.status()).isEqualTo(303);
            assertThat(link.header("Location")).isEqualTo("/signed-out?refused");
            assertThat(link.header("Set-Cookie")).isEmpty();
        }
    }

    @Test
    void theServerAnswersToItsOwnNamesOnly() {
        List<String> names = List.of(
                "evil.example",
                "evil.example:8080",
                "localhost.evil.example",
                "127.0.0.1.nip.io",
                "10.0.0.1",
                "[::2]",
                "x");
        for (String path : List.of("/", "/health", "/api/v1/me", "/sign-in?token=x", "/assets/none", "/api/v1/none")) {
            for (String name : names) {
                Reply reply = victim.call("GET", path, Map.of("Host", name), new byte[0]);
                assertThat(reply.status()).as(path + " as " + name).isEqualTo(403);
            }
            Reply none = victim.call("GET", path, Map.of("Host", ""), new byte[0]);
            assertThat(none.status()).as(path).isIn(400, 403);
        }
        for (String own : List.of("localhost", "127.0.0.1", "localhost:1", "127.0.0.1:8080", "[::1]")) {
            assertThat(victim.call("GET", "/api/v1/me", Map.of("Host", own), new byte[0])
                            .status())
                    .as(own)
                    .isEqualTo(200);
        }
    }

    @Test
    void noForeignPageIsAllowedToReadAnything() {
        for (String origin : List.of("http://evil.example", "null", "http://localhost.evil.example")) {
            List<Reply> replies = new ArrayList<>();
            replies.add(victim.call("GET", "/api/v1/me", Map.of("Origin", origin), new byte[0]));
            replies.add(victim.call(
                    "OPTIONS",
                    "/api/v1/me",
                    Map.of("Origin", origin, "Access-Control-Request-Method", "PUT"),
                    new byte[0]));
            for (Reply reply : replies) {
                assertThat(reply.head().toLowerCase(java.util.Locale.ROOT)).doesNotContain("access-control-allow");
            }
            assertThat(replies.getLast().status()).isGreaterThanOrEqualTo(400);
        }
    }
}
