package io.ropewalk.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.access.Caller;
import io.ropewalk.conformance.source.Traversals;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.db.TestDatabases;
import io.ropewalk.support.http.Authenticator;
import io.ropewalk.support.http.HttpEngine;
import io.ropewalk.support.http.HttpServer;
import io.ropewalk.support.http.Idempotency;
import io.ropewalk.support.http.Principal;
import io.ropewalk.support.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceApiTest {
    private static final String HELLO = "hello";
    private static final String SOURCE = "/api/v1/workspaces/default/projects/digits/sources/src";

    @TempDir
    Path directory;

    private final HttpClient client = HttpClient.newHttpClient();
    private Database database = TestDatabases.sqlite().open();
    private HttpServer server = start();
    private String origin = "";

    @BeforeEach
    void prepare() {
        server.close();
        database.close();
        database = TestDatabases.sqlite().open();
        server = start();
        origin = "http://127.0.0.1:" + server.listen();
    }

    @AfterEach
    void stop() {
        server.close();
        database.close();
    }

    private HttpServer start() {
        Path data = directory == null ? Path.of("/nowhere") : directory;
        TestProjects projects = new TestProjects(database);
        projects.add(
                "default",
                "digits",
                TestProjects.upload("src"),
                new SourceDefinition(
                        "code", "git", Map.of("repository", "/nowhere/repo.git", "token", "hunter2"), "/code", true));
        projects.add("default", "letters", TestProjects.upload("src"));
        projects.add("other", "digits", TestProjects.upload("src"));
        Uploads uploads = new Uploads(database, data.resolve("blobs"), Clock.systemUTC());
        Sources sources = new Sources(
                SourcesTest.builtIn(),
                new MaterialisedTrees(data.resolve("cache/trees"), Clock.systemUTC()),
                uploads,
                new Sources.Directories(data.resolve("storage"), List.of(), data.resolve("cache")));
        return new HttpServer(
                new HttpEngine(),
                new HttpServer.Settings("127.0.0.1", 0, Set.of(), 16 << 20, 1L << 30),
                new SourceApi(sources, uploads, projects).endpoints(),
                SourceApiTest::authenticate,
                new Idempotency(database, Clock.systemUTC()),
                (_, _, _, _) -> {});
    }

    private static Principal authenticate(Authenticator.Credentials credentials) {
        return switch (credentials.bearer().orElse("")) {
            case "owner" -> new Caller.Owner("owner");
            case "run" ->
                new Caller.Run(
                        new RunId("r-1"),
                        new io.ropewalk.spi.WorkspaceId("id-default"),
                        new io.ropewalk.spi.ProjectId("id-default-letters"),
                        "letters-1");
            case "" -> new Caller.Nobody();
            default -> throw new RopewalkException(ErrorCode.UNAUTHENTICATED, "unknown");
        };
    }

    @Test
    void aTreeIsNegotiatedSentAndBrowsed() throws Exception {
        String offer = Json.write(Map.of(
                "files",
                List.of(
                        Map.of("path", "a/b.txt", "mode", 420, "size", 5, "hash", hash(HELLO)),
                        Map.of("path", "page.html", "mode", 420, "size", 5, "hash", hash("<b>ü")))));
        JsonNode missing = json(post(SOURCE + "/snapshots", offer));
        assertThat(missing.get("missing")).hasSize(2);
        assertThat(put("/api/v1/workspaces/default/blobs/" + hash(HELLO), HELLO).statusCode())
                .isEqualTo(201);
        assertThat(json(post("/api/v1/workspaces/default/blobs", tarOf("<b>ü"), "application/x-tar"))
                        .get("stored")
                        .asInt())
                .isEqualTo(1);
        JsonNode snapshot = json(post(SOURCE + "/snapshots", offer)).get("snapshot");
        assertThat(snapshot.get("files").asInt()).isEqualTo(2);
        assertThat(snapshot.get("createdBy").asText()).isEqualTo("owner");
        assertThat(json(post(SOURCE + "/snapshots", offer)).at("/snapshot/id").asText())
                .isEqualTo(snapshot.get("id").asText());

        assertThat(json(get(SOURCE + "/files")).get("entries"))
                .extracting(entry -> entry.get("name").asText())
                .containsExactly("a", "page.html");
        assertThat(get(SOURCE + "/content?path=a/b.txt").body()).isEqualTo(HELLO);
        HttpResponse<String> page = get(SOURCE + "/content?path=page.html");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .startsWith("sandbox");
        assertThat(json(get(SOURCE + "/snapshots")).get("items")).hasSize(1);
        assertThat(json(get("/api/v1/workspaces/default/projects/digits/sources"))
                        .at("/0/latest/id")
                        .asText())
                .isEqualTo(snapshot.get("id").asText());
    }

    @Test
    void aContentThatIsNotWhatItsNameSaysIsRefused() throws Exception {
        String blobs = "/api/v1/workspaces/default/blobs/";
        assertThat(put(blobs + hash("other"), HELLO).statusCode()).isEqualTo(400);
        assertThat(put(blobs + "../../etc/passwd", HELLO).statusCode()).isIn(400, 404);
        assertThat(put(blobs + hash(HELLO).toUpperCase(java.util.Locale.ROOT), HELLO)
                        .statusCode())
                .isEqualTo(400);
        assertThat(put(blobs + "abc", HELLO).statusCode()).isEqualTo(400);
    }

    @Test
    void anArchiveCanBeUploaded() throws Exception {
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(zip)) {
            out.putNextEntry(new ZipEntry("a/b.txt"));
            out.write(HELLO.getBytes(StandardCharsets.UTF_8));
        }
        HttpResponse<String> answer = post(SOURCE + "/archive?name=x.zip", zip.toByteArray(), "application/zip");
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(get(SOURCE + "/content?path=a/b.txt").body()).isEqualTo(HELLO);
        assertThat(post(SOURCE + "/archive?name=x.tar", zip.toByteArray(), "application/x-tar")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void secretsAreMasked() throws Exception {
        HttpResponse<String> sources = get("/api/v1/workspaces/default/projects/digits/sources");
        assertThat(sources.body()).doesNotContain("hunter2").contains("\"token\":\"***\"");
        HttpResponse<String> pin = post("/api/v1/workspaces/default/projects/digits/sources/code/pin", "");
        assertThat(pin.statusCode()).isEqualTo(400);
        assertThat(pin.body())
                .contains("Failed get access to the repo(s): [/nowhere/repo.git]")
                .doesNotContain("hunter2");
    }

    @Test
    void theKindsOfSourceAreDescribed() throws Exception {
        assertThat(json(get("/api/v1/source-types")))
                .extracting(kind -> kind.get("kind").asText())
                .contains("git", "upload", "storage", "hostPath", "emptyDir");
    }

    @Test
    void someoneElsesSourcesAreNotThere() throws Exception {
        assertThat(post(SOURCE + "/archive?name=x.txt", HELLO.getBytes(StandardCharsets.UTF_8), "text/plain")
                        .statusCode())
                .isEqualTo(201);
        String snapshot = json(get(SOURCE + "/snapshots")).at("/items/0/id").asText();
        for (String path : List.of("", "/files", "/content?path=x.txt", "/snapshots", "/files?snapshot=" + snapshot)) {
            String url = path.isEmpty() ? SOURCE.replace("/src", "") : SOURCE + path;
            assertThat(send("GET", url, "run", new byte[0], "application/json").statusCode())
                    .as(url)
                    .isEqualTo(404);
        }
        String own = "/api/v1/workspaces/default/projects/letters/sources/src";
        assertThat(send("GET", own + "/files?snapshot=" + snapshot, "run", new byte[0], "")
                        .statusCode())
                .isEqualTo(404);
        assertThat(send("PUT", "/api/v1/workspaces/default/blobs/" + hash(HELLO), "run", new byte[0], "")
                        .statusCode())
                .isEqualTo(403);
        assertThat(send("GET", "/api/v1/workspaces/other/projects/digits/sources", "run", new byte[0], "")
                        .statusCode())
                .isEqualTo(404);
        assertThat(send("GET", SOURCE + "/files", "", new byte[0], "").statusCode())
                .isEqualTo(401);
    }

    /// Every place of these endpoints where a path could be meant, with every spelling of a way out.
    @Test
    void noSpellingOfAWayOutGetsOut() throws Exception {
        Files.writeString(directory.resolve("secret"), "the secret");
        Files.writeString(directory.resolve("blobs.secret"), "the secret");
        post(SOURCE + "/archive?name=good.txt", HELLO.getBytes(StandardCharsets.UTF_8), "text/plain");
        int asked = 0;
        for (String spelling : Traversals.all()) {
            String encoded = URLEncoder.encode(spelling, StandardCharsets.UTF_8).replace("+", "%20");
            String project = "/api/v1/workspaces/default/projects/digits/sources/";
            List<HttpResponse<String>> answers = List.of(
                    get(SOURCE + "/content?path=" + encoded),
                    get(SOURCE + "/files?path=" + encoded),
                    get(SOURCE + "/files?snapshot=" + encoded),
                    get(SOURCE + "/snapshots?cursor=" + encoded),
                    get(project + encoded + "/files"),
                    get("/api/v1/workspaces/" + encoded + "/projects/digits/sources"),
                    put("/api/v1/workspaces/default/blobs/" + encoded, HELLO),
                    put("/api/v1/workspaces/" + encoded + "/blobs/" + hash(HELLO), HELLO),
                    post(
                            SOURCE + "/snapshots",
                            Json.write(Map.of(
                                    "files",
                                    List.of(Map.of(
                                            "path", spelling, "mode", 420, "size", 5, "hash", hash("absent")))))));
            for (HttpResponse<String> answer : answers) {
                asked++;
                assertThat(answer.statusCode()).as(spelling).isIn(200, 400, 404);
                assertThat(answer.body())
                        .as(spelling)
                        .doesNotContain("the secret")
                        .doesNotContain("root:");
            }
        }
        assertThat(asked).isGreaterThan(1800);
        assertThat(Files.readString(directory.resolve("secret"))).isEqualTo("the secret");
        try (var children = Files.list(directory)) {
            assertThat(children.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("secret", "blobs.secret", "blobs");
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send("GET", path, "owner", new byte[0], "application/json");
    }

    private HttpResponse<String> put(String path, String text) throws Exception {
        return send("PUT", path, "owner", text.getBytes(StandardCharsets.UTF_8), "application/octet-stream");
    }

    private HttpResponse<String> post(String path, String json) throws Exception {
        return post(path, json.getBytes(StandardCharsets.UTF_8), "application/json");
    }

    private HttpResponse<String> post(String path, byte[] body, String mediaType) throws Exception {
        return send("POST", path, "owner", body, mediaType);
    }

    private HttpResponse<String> send(String method, String path, String token, byte[] body, String mediaType)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(origin + path))
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        if (!mediaType.isEmpty()) {
            request.header("Content-Type", mediaType);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
        return Json.tree(answer.body());
    }

    private static byte[] tarOf(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
            byte[] content = text.getBytes(StandardCharsets.UTF_8);
            TarArchiveEntry entry = new TarArchiveEntry(hash(text));
            entry.setSize(content.length);
            out.putArchiveEntry(entry);
            out.write(content);
            out.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    private static String hash(String text) {
        return ContentHash.of(text.getBytes(StandardCharsets.UTF_8)).hex();
    }
}
