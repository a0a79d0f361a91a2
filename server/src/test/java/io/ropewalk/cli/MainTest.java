package io.ropewalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.cli.StandInServer.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
    private static final String PROJECT = "/api/v1/workspaces/default/projects/digits";

    @TempDir
    Path home;

    private Path folder = Path.of("");
    private StandInServer server;

    MainTest() throws IOException {
        server = new StandInServer();
    }

    @BeforeEach
    void makeAFolder() throws IOException {
        folder = Files.createDirectory(home.resolve("digits"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String run(String state, String more) {
        return "{\"id\":\"r-1\",\"number\":7,\"name\":\"train-7\",\"project\":\"digits\",\"task\":\"train\",\"state\":\"%s\",\"author\":\"owner\",\"createdAt\":\"%s\"%s}"
                .formatted(state, Instant.now(), more);
    }

    private static String lines(String... pairs) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < pairs.length; i += 2) {
            lines.append(i == 0 ? "" : ",")
                    .append("{\"offset\":%d,\"log\":\"%s\",\"text\":\"%s\"}".formatted(i, pairs[i], pairs[i + 1]));
        }
        return "event: lines\ndata: {\"lines\":[" + lines + "],\"next\":\"n" + pairs.length + "\"}\n\n";
    }

    @Test
    void runsAreListedAsAnAlignedTable() {
        server.on(
                "GET /api/v1/workspaces/default/runs?limit=20",
                200,
                "{\"items\":[%s,%s]}"
                        .formatted(
                                run("running", ",\"metrics\":{\"loss\":0.123456}"),
                                run("failed", ",\"cause\":\"out-of-memory\",\"comment\":\"bigger batch\"")));

        Outcome outcome = server.call(folder, "ls");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out().lines())
                .containsExactly(
                        "RUN       TASK   STATE                   TOOK  CREATED  AUTHOR  NUMBERS      COMMENT",
                        "digits/7  train  running                           now  owner   loss 0.1235",
                        "digits/7  train  failed (out-of-memory)            now  owner                bigger batch");
    }

    @Test
    void jsonIsTheServersAnswerAndNothingElse() {
        server.on("GET /api/v1/workspaces/default/runs?limit=20", 200, "{\"items\":[],\"extra\":1.50}");

        Outcome outcome = server.call(folder, "ls", "--json");

        assertThat(Tree.parse(outcome.out()).at("extra").text()).isEqualTo("1.5");
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void aRequestWhoseFirstTryIsStillCarriedOutIsSentAgainWithTheSameKey() {
        String stop = "POST /api/v1/runs/r-1/stop";
        server.on("GET " + PROJECT + "/runs/7", 200, run("running", ""))
                .on(stop, 409, "{\"code\":\"IN_PROGRESS\",\"detail\":\"still being carried out\"}")
                .on(stop, 200, run("ending", ""));

        Outcome outcome = server.call(folder, "stop", "digits/7");

        assertThat(outcome.code()).isZero();
        assertThat(server.asked("POST"))
                .hasSize(2)
                .extracting(asked -> asked.headers().get("Idempotency-key"))
                .containsOnly(server.asked("POST").getFirst().headers().get("Idempotency-key"));
    }

    @Test
    void theTokenTravelsAsABearer() {
        server.on("GET /api/v1/workspaces/default/runs?limit=20", 200, "{\"items\":[]}");
        server.call(folder, "ls");
        assertThat(server.asked("GET").getFirst().headers()).containsEntry("Authorization", List.of("Bearer secret"));
    }

    @Test
    void aFollowedRunPrintsItsLinesAndEndsWithItsExitCode() {
        server.on(
                        "POST " + PROJECT + "/runs",
                        201,
                        run("queued", ",\"replicas\":[{\"name\":\"a-0\"},{\"name\":\"b-0\"}]"))
                .live(
                        "GET /api/v1/runs/r-1/logs/all/tail",
                        lines("master", "starting 2 replicas", "a-0", "one") + lines("b-0", "two")
                                + "event: end\ndata: {}\n\n")
                .on(
                        "GET /api/v1/runs/r-1",
                        200,
                        run(
                                "failed",
                                ",\"reason\":\"b-0 ended with 3\",\"replicas\":[{\"name\":\"a-0\",\"state\":\"stopped\",\"exitCode\":143},"
                                        + "{\"name\":\"b-0\",\"state\":\"failed\",\"exitCode\":3}]"));

        Outcome outcome = server.call(folder, "run", "digits/train", "--set", "lr=0.1");

        assertThat(outcome.code()).isEqualTo(3);
        assertThat(outcome.out().lines()).containsExactly("a-0 | one", "b-0 | two");
        assertThat(outcome.err()).contains("· starting 2 replicas", "digits/7 failed: b-0 ended with 3");
        assertThat(server.asked("POST").getFirst().json().at("parameters", "lr").text())
                .isEqualTo("0.1");
    }

    @Test
    void aBrokenStreamGoesOnWhereItBroke() {
        server.on("GET " + PROJECT + "/runs/7", 200, run("running", ""))
                .live("GET /api/v1/runs/r-1/logs/all/tail", lines("main-0", "one"))
                .live(
                        "GET /api/v1/runs/r-1/logs/all/tail?offset=n2",
                        lines("main-0", "two") + "event: end\ndata: {}\n\n")
                .on("GET /api/v1/runs/r-1", 200, run("succeeded", ""));

        Outcome outcome = server.call(folder, "logs", "-f", "7");

        assertThat(outcome.out().lines()).containsExactly("one", "two");
        assertThat(outcome.code()).isZero();
    }

    @Test
    void aSearchGoesOnBehindALongStretchWithoutAMatch() {
        String page = "GET /api/v1/runs/r-1/logs/all";
        server.on("GET " + PROJECT + "/runs/7", 200, run("succeeded", ""))
                .on(page + "?limit=5000&grep=x", 200, "{\"lines\":[],\"next\":\"n1\"}")
                .on(
                        page + "?offset=n1&limit=5000&grep=x",
                        200,
                        "{\"lines\":[{\"log\":\"a-0\",\"text\":\"x marks it\"}],\"next\":\"n2\"}")
                .on(page + "?offset=n2&limit=5000&grep=x", 200, "{\"lines\":[],\"next\":\"n2\"}");

        Outcome outcome = server.call(folder, "logs", "7", "--grep", "x");

        assertThat(outcome.out().lines()).containsExactly("x marks it");
    }

    @Test
    void aCommandRunsWithTheFilesOfItsFolderAndOnlyMissingOnesTravel() throws IOException {
        Files.writeString(folder.resolve("train.py"), "print(1)\n");
        Files.writeString(folder.resolve("known.py"), "known\n");
        String missing = new Folder(folder)
                .files((_, _) -> {}).stream()
                        .filter(file -> file.path().equals("train.py"))
                        .map(Folder.File::hash)
                        .findFirst()
                        .orElseThrow();
        server.on("PUT " + PROJECT + "/document", 200, "{\"created\":true}")
                .on("POST " + PROJECT + "/sources/code/snapshots", 200, "{\"missing\":[\"" + missing + "\"]}")
                .on("POST " + PROJECT + "/sources/code/snapshots", 201, "{\"snapshot\":{\"id\":\"s-1\"}}")
                .on("POST /api/v1/workspaces/default/blobs", 200, "{\"stored\":1}")
                .on("POST " + PROJECT + "/runs", 201, run("queued", ""));

        Outcome outcome = server.call(folder, "run", "-d", "--", "python", "train.py", "--name", "it's");

        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).isEqualTo("digits/7\n");
        assertThat(server.asked("PUT").getFirst().json().at("document").text()).contains("name: digits", "upload: {}");
        List<StandInServer.Asked> posts = server.asked("POST");
        assertThat(posts.get(0).json().at("files").items()).hasSize(2);
        assertThat(posts.get(1).headers()).containsEntry("Content-type", List.of("application/x-tar"));
        assertThat(posts.get(1).bytes()).hasSize(4 * 512);
        assertThat(posts.get(1).text()).startsWith(missing).contains("print(1)");
        Tree request = posts.get(3).json();
        assertThat(request.at("pins", "code").text()).isEqualTo("s-1");
        Tree role =
                Tree.parse(request.at("definition").text()).at("roles").items().getFirst();
        assertThat(role.at("command").text()).isEqualTo("python train.py --name 'it'\\''s'");
        assertThat(role.at("workDir").text()).isEqualTo("$CODE_DIR");
    }

    @Test
    void aBadDocumentIsShownWithAMarkUnderTheMistake() throws IOException {
        Files.writeString(folder.resolve("ropewalk.yaml"), "kind: Project\nname: digits\ntaskz: []\n");
        server.on(
                "PUT " + PROJECT + "/document",
                400,
                "{\"code\":\"INVALID_DOCUMENT\",\"detail\":\"the document has 1 problem\",\"problems\":"
                        + "[{\"severity\":\"error\",\"line\":3,\"column\":1,\"message\":\"There is no key 'taskz'.\",\"remedy\":\"Did you mean 'tasks'?\"}]}");

        Outcome outcome = server.call(folder, "apply");

        assertThat(outcome.code()).isEqualTo(Failure.USER);
        assertThat(outcome.err().lines())
                .containsExactly(
                        "ropewalk.yaml:3:1: error: There is no key 'taskz'.",
                        "3 | taskz: []",
                        "    ^",
                        "  Did you mean 'tasks'?",
                        "ropewalk: ropewalk.yaml was not applied.");
    }

    @Test
    void applyUploadsTheFoldersOfUploadSources() throws IOException {
        Files.writeString(folder.resolve("ropewalk.yaml"), "kind: Project\nname: digits\n");
        Files.createDirectory(folder.resolve("src"));
        Files.writeString(folder.resolve("src/a.txt"), "a");
        server.on("PUT " + PROJECT + "/document", 200, "{\"changed\":true}")
                .on(
                        "GET " + PROJECT + "/sources",
                        200,
                        "[{\"name\":\"code\",\"kind\":\"upload\",\"settings\":{\"path\":\"src\"}},{\"name\":\"data\",\"kind\":\"storage\"}]")
                .on("POST " + PROJECT + "/sources/code/snapshots", 201, "{\"snapshot\":{\"id\":\"s-1\"}}");

        Outcome outcome = server.call(home, "apply", "digits", "-m", "first");

        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out()).isEqualTo("Project digits changed.\n");
        assertThat(server.asked("PUT").getFirst().json().at("comment").text()).isEqualTo("first");
        assertThat(server.asked("POST").getFirst().json().at("files").items())
                .extracting(file -> file.at("path").text())
                .containsExactly("a.txt");
    }

    @Test
    void theFoldersProjectIsTheOneItsDocumentNames() throws IOException {
        Files.writeString(folder.resolve("ropewalk.yaml"), "tasks:\n- type: general\n  name: train\nname: other\n");
        Path below = Files.createDirectories(folder.resolve("src/deep"));
        server.on("GET /api/v1/workspaces/default/projects/other/runs/7", 200, run("running", ""));
        assertThat(server.call(below, "show", "7", "--json").code()).isZero();
        Files.writeString(folder.resolve("ropewalk.yaml"), "kind: MLApp\nmetadata:\n  name: third\n");
        server.on("GET /api/v1/workspaces/default/projects/third/runs/7", 200, run("running", ""));
        assertThat(server.call(below, "show", "7", "--json").code()).isZero();
    }

    @Test
    void noServerIsExitCodeThree() {
        Outcome nobody = StandInServer.call(Map.of("HOME", home.toString()), folder, "ls");
        assertThat(nobody.code()).isEqualTo(Failure.UNREACHABLE);
        assertThat(nobody.err()).contains(home.resolve(".ropewalk").toString(), "ropewalk up");
        server.close();
        Outcome gone = server.call(folder, "ls");
        assertThat(gone.code()).isEqualTo(Failure.UNREACHABLE);
        assertThat(gone.err()).contains("connection refused", "ROPEWALK_URL");
    }

    @Test
    void theServerOfTheDataDirectoryIsFound() throws IOException {
        Files.writeString(home.resolve("url"), server.url() + "\n");
        Files.writeString(home.resolve("owner-token"), "owner\n");
        server.on("GET /api/v1/workspaces/default/projects?limit=20", 200, "{\"items\":[]}");

        Outcome outcome = StandInServer.call(Map.of(), folder, "ls", "projects", "--data", home.toString());

        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(server.asked("GET").getFirst().headers()).containsEntry("Authorization", List.of("Bearer owner"));
    }

    @Test
    void aRefusalIsTheServersOwnWords() {
        server.on(
                "POST " + PROJECT + "/runs", 400, "{\"code\":\"NOT_FOUND\",\"detail\":\"There is no task 'trian'.\"}");
        Outcome outcome = server.call(folder, "run", "digits/trian");
        assertThat(outcome.code()).isEqualTo(Failure.USER);
        assertThat(outcome.err()).isEqualTo("ropewalk: There is no task 'trian'.\n");
    }

    @Test
    void aRunOfAnotherTaskIsNotTheOneMeant() {
        server.on("GET " + PROJECT + "/runs/7", 200, run("running", ""));
        assertThat(server.call(folder, "stop", "test-7").code()).isEqualTo(Failure.USER);
        assertThat(server.asked("POST")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    lgos 7           | Did you mean `logs`?
                    run --dettach x  | Did you mean `--detach`?
                    run              | Say what to run
                    run a b          | put `--` before it
                    ls zebras        | not `zebras`
                    again 7 --set lr | must be NAME=VALUE
                    logs             | Missing required parameter
                    completion fish  | not for `fish`
                    """)
    void misuseIsExitCodeTwoWithAHint(String call, String hint) {
        server.on("GET " + PROJECT + "/runs/7", 200, run("running", ""));
        Outcome outcome = server.call(folder, call.split(" +"));
        assertThat(outcome.code()).isEqualTo(Failure.USAGE);
        assertThat(outcome.err()).contains(hint);
    }

    @Test
    void runsAreComparedBySettingsAndNumbers() {
        server.on(
                        "GET " + PROJECT + "/runs/1",
                        200,
                        run("succeeded", ",\"parameters\":{\"lr\":\"0.1\",\"seed\":\"7\"}"))
                .on(
                        "GET " + PROJECT + "/runs/2",
                        200,
                        run("succeeded", ",\"parameters\":{\"lr\":\"0.2\",\"seed\":\"7\"}"));
        Outcome outcome = server.call(folder, "diff", "1", "2");
        assertThat(outcome.out().lines()).containsExactly("PARAMETERS  1    2", "lr          0.1  0.2", "");
    }

    @Test
    void configShowsEveryValueAndItsOrigin() {
        Outcome outcome =
                StandInServer.call(Map.of("ROPEWALK_PORT", "9000"), folder, "config", "--data", home.toString());
        assertThat(outcome.out()).containsPattern("port +9000 +variable ROPEWALK_PORT");
        assertThat(Tree.parse(StandInServer.call(Map.of(), folder, "config", "--data", home.toString(), "--json")
                                .out())
                        .items())
                .hasSizeGreaterThan(10);
        assertThat(StandInServer.call(Map.of("ROPEWALK_PRT", "1"), folder, "config", "--data", home.toString())
                        .err())
                .contains("did you mean ROPEWALK_PORT?");
    }

    @Test
    void doctorGivesARemedyForWhatIsNotRight() throws IOException {
        Outcome outcome = server.call(
                folder, "doctor", "--json", "--data", home.resolve("new").toString());
        List<Tree> findings = Tree.parse(outcome.out()).items();
        assertThat(findings).extracting(one -> one.at("subject").text()).contains("java", "data directory", "disk");
        assertThat(findings)
                .filteredOn(one -> one.at("grade").text().equals("warn"))
                .allSatisfy(one -> assertThat(one.at("remedy").text()).isNotEmpty());
        Path file = Files.writeString(home.resolve("file"), "");
        assertThat(server.call(folder, "doctor", "--data", file.toString()).code())
                .isEqualTo(Failure.USER);
    }

    @Test
    void completionKnowsEveryVerb() {
        Outcome outcome = server.call(folder, "completion", "bash");
        assertThat(outcome.out()).contains("ropewalk", "checkout", "--detach").doesNotContain("warm-up");
    }

    @Test
    void everyVerbHasHelp() {
        for (String verb : List.of(
                "up",
                "demo",
                "apply",
                "run",
                "ls",
                "show",
                "logs",
                "stop",
                "again",
                "history",
                "diff",
                "checkout",
                "config",
                "doctor",
                "completion")) {
            Outcome outcome = server.call(folder, verb, "--help");
            assertThat(outcome.code()).as(verb).isZero();
            assertThat(outcome.out())
                    .as(verb)
                    .startsWith("Usage: ropewalk " + verb)
                    .contains("--help");
        }
        assertThat(server.call(folder, "--help").out()).doesNotContain("warm-up");
    }
}
