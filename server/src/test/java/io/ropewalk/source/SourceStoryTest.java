package io.ropewalk.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.TestServer;
import io.ropewalk.TestServer.Answer;
import io.ropewalk.support.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sources as people use them: in a project, by runs.
class SourceStoryTest {
    private static final String NOWHERE = "0123456789012345678901234567890123456789";

    @TempDir
    static Path temporary;

    private static Path allowed;
    private static TestServer server;

    @BeforeAll
    static void start() throws IOException {
        allowed = Files.createDirectories(temporary.toRealPath().resolve("allowed"));
        server = TestServer.start(
                Map.of("allowedHostPaths", allowed.toString(), "limits.upload", "1 MB", "limits.body", "1 MB"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    @DisplayName("A run keeps the commit that its branch stood for, also when it is started again")
    void aRunKeepsItsCommit() {
        Repository repository = new Repository(allowed.resolve("digits"));
        String first = repository.commit("train.sh", "echo one");
        project("pinned", "git: {repository: %s, revision: main}".formatted(repository.directory()), """
                sh "$SRC_DIR/digits/train.sh"
                """);
        String run = server.run("pinned", "work");
        JsonNode ended = succeeded(run);
        assertThat(server.log(run, "worker-0")).isEqualTo("one\n");
        assertThat(ended.at("/pins/0/source").asText()).isEqualTo("src");
        assertThat(ended.at("/pins/0/kind").asText()).isEqualTo("git");
        assertThat(ended.at("/pins/0/revision").asText()).isEqualTo(first);
        assertThat(ended.at("/pins/0/description").asText()).isEqualTo("main at " + first.substring(0, 7));

        String second = repository.commit("train.sh", "echo two");
        String again = server.post("/api/v1/runs/" + run + "/again", Map.of())
                .expect(201)
                .json()
                .get("id")
                .asText();
        assertThat(succeeded(again).at("/pins/0/revision").asText()).isEqualTo(first);
        assertThat(server.log(again, "worker-0")).isEqualTo("one\n");

        String fresh = server.run("pinned", "work");
        assertThat(succeeded(fresh).at("/pins/0/revision").asText()).isEqualTo(second);
        assertThat(server.log(fresh, "worker-0")).isEqualTo("two\n");

        String chosen = server.submit("pinned", Map.of("task", "work", "pins", Map.of("src", first)))
                .expect(201)
                .json()
                .get("id")
                .asText();
        succeeded(chosen);
        assertThat(server.log(chosen, "worker-0")).isEqualTo("one\n");
    }

    @Test
    @DisplayName("AT-K11: '..' in a storage path is a bad request")
    void aStoragePathThatClimbsIsABadRequest() {
        for (String path : List.of("../x", "/shared/../x", "x/../../y")) {
            Answer answer = server.put(
                    "/api/v1/workspaces/default/projects/climbing/document",
                    Map.of("document", document("climbing", "storage: {path: \"" + path + "\"}", "true", false)));
            assertThat(answer.status()).as(path).isEqualTo(400);
            assertThat(answer.response().body()).contains("'path'", "'..'");
        }
    }

    @Test
    @DisplayName("AT-K12: '/team' is shared by the projects of a workspace, 'x' is one project's own")
    void storageIsSharedAsFarAsItsPathSays() {
        String write = "echo \"$PROJECT_NAME\" > \"$SRC_DIR/from\"";
        String read = "cat \"$SRC_DIR/from\" 2>/dev/null || echo nothing";
        for (String path : List.of("/team", "own", "/shared/all")) {
            String name = path.replaceAll("[^a-z]", "");
            project(name + "-one", "storage: {path: " + path + "}", write);
            project(name + "-two", "storage: {path: " + path + "}", read);
            succeeded(server.run(name + "-one", "work"));
            String run = server.run(name + "-two", "work");
            succeeded(run);
            assertThat(server.log(run, "worker-0"))
                    .as(path)
                    .isEqualTo(path.equals("own") ? "nothing\n" : name + "-one\n");
        }
    }

    @Test
    @DisplayName("AT-K14: a bad repository is told with its address: at once, or by the run and its event")
    void aBadRepositoryIsToldWithItsAddress() {
        String gone = allowed.resolve("gone.git").toString();
        project("bad-one", "git: {repository: " + gone + "}", "true");
        Answer refused = server.submit("bad-one", Map.of("task", "work")).expect(400);
        assertThat(detail(refused))
                .startsWith("Source 'src' (git): Failed get access to the repo(s): [" + gone + "]: ");

        Repository repository = new Repository(allowed.resolve("letters"));
        repository.commit("a", "1");
        project(
                "bad-two",
                "git: {repository: %s, revision: \"%s\"}".formatted(repository.directory(), NOWHERE),
                "true");
        String run = server.run("bad-two", "work");
        JsonNode ended = server.ended(run);
        assertThat(ended.get("state").asText()).isEqualTo("failed");
        assertThat(ended.get("cause").asText()).isEqualTo("source-missing");
        String words = "Failed get access to the repo(s): [" + repository.directory() + "]";
        assertThat(ended.get("reason").asText())
                .startsWith("Source 'src' (git): ")
                .contains(words);
        JsonNode events =
                server.get("/api/v1/runs/" + run + "/events").expect(200).json();
        assertThat(events).anySatisfy(event -> {
            assertThat(event.get("type").asText()).isEqualTo("warning");
            assertThat(event.get("component").asText()).isEqualTo("source src");
            assertThat(event.get("message").asText()).contains(words, NOWHERE);
        });
    }

    @ParameterizedTest
    @DisplayName("AT-K15: writing into a source that is read-only fails, and changes nothing")
    @ValueSource(strings = {"upload", "storage", "hostPath", "git"})
    void writingIntoAReadOnlySourceFails(String kind) throws IOException {
        String isolation =
                server.get("/api/v1/server").json().at("/executors/0/isolation").asText();
        assumeFalse(isolation.contains("cannot refuse writes"), isolation);
        String project = "locked-" + kind.toLowerCase(java.util.Locale.ROOT);
        Path directory = Files.createDirectories(allowed.resolve(project));
        String settings = switch (kind) {
            case "hostPath" -> "hostPath: {path: " + directory + "}";
            case "git" -> {
                new Repository(directory).commit("train.sh", "echo");
                yield "git: {repository: " + directory + ", directory: .}";
            }
            default -> kind + ": {}";
        };
        if (kind.equals("storage")) {
            project(project, settings, "echo kept > \"$SRC_DIR/train.sh\"");
            succeeded(server.run(project, "work"));
        }
        for (String command : List.of(
                "echo x > \"$SRC_DIR/new\"",
                "chmod u+w \"$SRC_DIR/train.sh\"; echo x >> \"$SRC_DIR/train.sh\"",
                "rm -f \"$SRC_DIR/train.sh\"",
                "mkdir \"$SRC_DIR/d\"")) {
            server.apply(project, document(project, settings, command, true));
            if (kind.equals("upload")) {
                archive(project, "train.sh", "echo".getBytes(StandardCharsets.UTF_8))
                        .expect(201);
            }
            if (kind.equals("hostPath")) {
                Files.writeString(directory.resolve("train.sh"), "echo");
            }
            String run = server.run(project, "work");
            JsonNode ended = server.ended(run);
            assertThat(ended.get("state").asText())
                    .as(command + " " + ended.toPrettyString())
                    .isEqualTo("failed");
            assertThat(ended.get("cause").asText()).isEqualTo("user-exit");
            assertThat(server.log(run, "worker-0")).contains("Read-only file system");
        }
    }

    @Test
    @DisplayName("A source that may be written is each replica's own copy, and the next run finds it as it was sent")
    void whatARunWritesIntoAnUploadIsItsOwn() {
        project("copied", "upload: {}", "ls \"$SRC_DIR\"; echo x > \"$SRC_DIR/more\"; ls \"$SRC_DIR\"");
        archive("copied", "a.txt", "1".getBytes(StandardCharsets.UTF_8)).expect(201);
        for (int i = 0; i < 2; i++) {
            String run = server.run("copied", "work");
            succeeded(run);
            assertThat(server.log(run, "worker-0")).isEqualTo("a.txt\na.txt\nmore\n");
        }
    }

    @Test
    @DisplayName("An empty directory is a replica's own, and gone with it")
    void anEmptyDirectoryIsAReplicasOwn() {
        project("scratch", "emptyDir: {}", "ls -A \"$SRC_DIR\" | wc -l; echo x > \"$SRC_DIR/x\"; ls \"$SRC_DIR\"");
        for (int i = 0; i < 2; i++) {
            String run = server.run("scratch", "work");
            succeeded(run);
            assertThat(server.log(run, "worker-0")).isEqualTo("0\nx\n");
        }
    }

    @ParameterizedTest
    @DisplayName("A zip, a tar, a packed tar and a single file can be uploaded")
    @ValueSource(strings = {"code.zip", "code.tar", "code.tar.gz", "code.tgz", "train.sh"})
    void anArchiveIsUnpackedForRuns(String name) throws IOException {
        String project = "archive-" + name.replace('.', '-');
        project(project, "upload: {}", "sh \"$SRC_DIR/train.sh\"");
        byte[] body = switch (name) {
            case "code.zip" -> zip("train.sh", "echo hello");
            case "code.tar" -> tar("train.sh", "echo hello");
            case "train.sh" -> "echo hello".getBytes(StandardCharsets.UTF_8);
            default -> gzip(tar("train.sh", "echo hello"));
        };
        archive(project, name, body).expect(201);
        String run = server.run(project, "work");
        succeeded(run);
        assertThat(server.log(run, "worker-0")).isEqualTo("hello\n");
    }

    @Test
    @DisplayName("Another project's snapshot cannot be asked for, even by who knows its id")
    void anotherProjectsSnapshotCannotBeAskedFor() {
        project("theirs", "upload: {}", "true");
        project("mine", "upload: {}", "cat \"$SRC_DIR/secret\"");
        String snapshot = archive("theirs", "secret", "42".getBytes(StandardCharsets.UTF_8))
                .expect(201)
                .json()
                .get("id")
                .asText();
        archive("mine", "secret", "7".getBytes(StandardCharsets.UTF_8)).expect(201);
        Answer refused = server.submit("mine", Map.of("task", "work", "pins", Map.of("src", snapshot)))
                .expect(400);
        assertThat(detail(refused)).startsWith("Source 'src' (upload): It has no snapshot '" + snapshot + "'");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @DisplayName("Every failure says the source, the reason and what to do")
    @CsvSource(delimiter = '|', textBlock = """
            an unreachable host       | git: {repository: "https://127.0.0.1:1/org/repo"}            | [https://127.0.0.1:1/org/repo]: fatal: unable to access | Check the address
            an unknown host           | git: {repository: "https://no-such-host.invalid/org/repo"}   | Could not resolve host                    | Check the address
            nobody listens to ssh     | git: {repository: "ssh://git@127.0.0.1:1/org/repo"}          | Connection refused                        | Check the address
            an unknown branch         | git: {repository: $ALLOWED/good, revision: nowhere}          | no branch, tag or commit 'nowhere'        | Check the address, the revision
            a repository not allowed  | git: {repository: /srv/other.git}                            | [/srv/other.git]: it is not a repository below a directory that the operator lets | allowedHostPaths
            a missing repository      | git: {repository: $ALLOWED/none.git}                         | [$ALLOWED/none.git]                       | allowedHostPaths
            a host path outside       | hostPath: {path: /etc}                                       | The path '/etc' is not a directory that projects may use | ask the operator to add to 'allowedHostPaths'
            a missing directory       | hostPath: {path: $ALLOWED/none}                              | The path '$ALLOWED/none' is not a dir      | Choose an existing one
            a file, not a directory   | hostPath: {path: $ALLOWED/file}                              | is not a directory                        | Name the directory it lies in
            nothing uploaded          | upload: {}                                                   | Nothing has been uploaded                 | Run 'ropewalk apply'
            a snapshot that is none   | upload: {revision: none}                                     | It has no snapshot 'none'                 | Choose one that is listed
            """)
    void everyFailureSaysTheSourceTheReasonAndTheRemedy(String what, String settings, String reason, String remedy)
            throws IOException {
        if (!Files.exists(allowed.resolve("good"))) {
            new Repository(allowed.resolve("good")).commit("a", "1");
            Files.writeString(allowed.resolve("file"), "");
        }
        String project = "fails-" + what.replaceAll("[^a-z]+", "-");
        project(project, settings.replace("$ALLOWED", allowed.toString()), "true");
        String kind = settings.substring(0, settings.indexOf(':'));
        for (Answer answer : List.of(
                server.post("/api/v1/workspaces/default/projects/" + project + "/sources/src/pin", Map.of()),
                server.submit(project, Map.of("task", "work")))) {
            assertThat(answer.status()).isEqualTo(400);
            assertThat(detail(answer))
                    .startsWith("Source 'src' (" + kind + "): ")
                    .contains(reason.replace("$ALLOWED", allowed.toString()), remedy);
        }
    }

    @Test
    @DisplayName("An upload that is refused says the source, the reason and what to do")
    void anUploadThatIsRefusedSaysWhy() throws IOException {
        project("uploads", "upload: {}", "true");
        Answer tooLarge = archive("uploads", "x.bin", new byte[1_500_000]);
        assertThat(tooLarge.status()).isEqualTo(413);
        assertThat(detail(tooLarge))
                .startsWith("Source 'src' (upload): ")
                .contains("larger than", "Send less at once, or raise the server's limit");
        Answer bad = archive("uploads", "x.zip", new byte[100]);
        assertThat(bad.status()).isEqualTo(400);
        assertThat(detail(bad))
                .startsWith("Source 'src' (upload): ")
                .contains("no zip file", "upload the files themselves");
        Answer hostile = archive("uploads", "x.zip", zip("../../evil", "x"));
        assertThat(hostile.status()).isEqualTo(400);
        assertThat(detail(hostile)).startsWith("Source 'src' (upload): ").contains("'..'");
        assertThat(server.get("/api/v1/workspaces/default/projects/uploads/sources/src/snapshots")
                        .json()
                        .get("items"))
                .isEmpty();
    }

    @Test
    @DisplayName("A folder that a mount wants and the source lacks fails the run with the source's name")
    void aMissingSubPathIsSaid() throws IOException {
        server.apply("parts", """
                name: parts
                sources:
                  - name: src
                    upload: {}
                tasks:
                  - name: work
                    roles:
                      - name: worker
                        command: "true"
                        mounts: [{source: src, path: /data, subPath: models/none}]
                """);
        archive("parts", "x.zip", zip("models/a", "1")).expect(201);
        JsonNode ended = server.ended(server.run("parts", "work"));
        assertThat(ended.get("cause").asText()).isEqualTo("source-missing");
        assertThat(ended.get("reason").asText())
                .isEqualTo("Source 'src' has no directory 'models/none'. Correct the mount's subPath.");
    }

    @Test
    @DisplayName("Deleting a project removes its uploads and the trees that were made of them")
    void deletingAProjectRemovesItsUploads() throws IOException {
        project("short", "upload: {}", "cat \"$SRC_DIR/secret.txt\"");
        String text = "only here: 7c1d2f";
        archive("short", "secret.txt", text.getBytes(StandardCharsets.UTF_8)).expect(201);
        succeeded(server.run("short", "work"));
        assertThat(holding(text)).isNotEmpty();

        server.delete("/api/v1/workspaces/default/projects/short").expect(204);
        Instant deadline = Instant.now().plusSeconds(30);
        while (!holding(text).isEmpty() && Instant.now().isBefore(deadline)) {
            Thread.onSpinWait();
        }
        assertThat(holding(text)).isEmpty();
    }

    /// The files of the server that uploads are kept in and that hold just this text.
    private static List<Path> holding(String text) throws IOException {
        List<Path> found = new ArrayList<>();
        for (String folder : List.of("uploads", "cache/trees")) {
            Files.walkFileTree(server.data().resolve(folder), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (attributes.size() == text.length()
                            && Files.readString(file).equals(text)) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) {
                    // It went while it was looked for.
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        return found;
    }

    private static void project(String name, String settings, String command) {
        server.apply(name, document(name, settings, command, false));
    }

    private static String document(String name, String settings, String command, boolean readOnly) {
        return """
                name: %s
                sources:
                  - name: src
                    readOnly: %s
                    %s
                tasks:
                  - name: work
                    command: %s
                """.formatted(name, readOnly, settings, Json.write(command.strip()));
    }

    private static Answer archive(String project, String name, byte[] body) {
        return server.upload(
                "POST", "/api/v1/workspaces/default/projects/" + project + "/sources/src/archive?name=" + name, body);
    }

    private static JsonNode succeeded(String run) {
        JsonNode ended = server.ended(run);
        assertThat(ended.get("state").asText()).as(ended.toPrettyString()).isEqualTo("succeeded");
        return ended;
    }

    private static String detail(Answer answer) {
        return answer.json().get("detail").asText();
    }

    private static byte[] zip(String name, String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            out.putNextEntry(new ZipEntry(name));
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static byte[] tar(String name, String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
            TarArchiveEntry entry = new TarArchiveEntry(name);
            entry.setSize(text.length());
            out.putArchiveEntry(entry);
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }
}
