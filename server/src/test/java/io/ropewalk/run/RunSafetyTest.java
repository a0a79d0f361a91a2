package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a run may see of its project, and what is left of both.
class RunSafetyTest {
    private static final String PROJECT = "/api/v1/workspaces/default/projects/guarded";

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void aRunFindsTheSecretsOfItsProjectNowhere(TestServer server) {
        server.apply("guarded", """
                name: guarded
                sources:
                  - {name: code, git: {repository: 'https://example.org/a/b.git', token: s3cret-token}}
                  - name: keys
                    git:
                      repository: git@example.org:a/b.git
                      privateKey: |
                        -----BEGIN OPENSSH PRIVATE KEY-----
                        s3cret-key
                        -----END OPENSSH PRIVATE KEY-----
                tasks:
                  - {name: look, mountAll: false, command: echo "token=$ROPEWALK_TOKEN"; sleep 999}
                """);
        String first =
                server.get(PROJECT + "/revisions").json().at("/items/0/id").asText();
        server.apply("guarded", """
                name: guarded
                sources:
                  - {name: code, git: {repository: 'https://example.org/a/b.git', token: s3cret-other}}
                tasks:
                  - {name: look, mountAll: false, command: echo "token=$ROPEWALK_TOKEN"; sleep 999}
                """);
        String run = server.run("guarded", "look");
        server.until(
                run,
                node -> server.get("/api/v1/runs/" + run + "/logs/worker-0/raw")
                        .response()
                        .body()
                        .contains("token="));
        String token = server.log(run, "worker-0").strip().replace("token=", "");

        for (String path : List.of(
                "/api/v1/runs/" + run,
                "/api/v1/runs/" + run + "/specification",
                PROJECT + "/document",
                PROJECT + "/document?revision=" + first,
                PROJECT + "/diff?from=" + first + "&to=master",
                PROJECT + "/sources")) {
            assertThat(server.send("GET", path, token, null)
                            .expect(200)
                            .response()
                            .body())
                    .as(path)
                    .doesNotContain("s3cret");
        }
        assertThat(server.send("GET", PROJECT + "/document?revision=" + first, token, null)
                        .json()
                        .get("text")
                        .asText())
                .contains("command: echo", "token: \"***\"", "privateKey: \"***\"");
        String projects = "/api/v1/workspaces/default/projects?search=";
        assertThat(server.send("GET", projects + "s3cret", token, null)
                        .expect(200)
                        .json()
                        .get("items"))
                .as("a search that tells whether a guess is right")
                .isEmpty();
        assertThat(server.send("GET", projects + "guard", token, null).json().get("items"))
                .hasSize(1);
        assertThat(server.get(PROJECT + "/document").json().get("text").asText())
                .as("the owner's own text")
                .contains("s3cret-other");
        server.post("/api/v1/runs/" + run + "/stop", Map.of("grace", 0)).expect(200);
        server.ended(run);
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void aRunThatIsStoppedGetsTheGraceThatWasGiven(TestServer server) {
        server.apply("deaf", """
                name: deaf
                tasks:
                  - {name: wait, command: "trap '' TERM; echo begun; while true; do sleep 0.1; done"}
                """);
        String run = server.run("deaf", "wait");
        server.until(
                run,
                node -> server.get("/api/v1/runs/" + run + "/logs/worker-0/raw")
                        .response()
                        .body()
                        .contains("begun"));
        for (int wrong : new int[] {-1, 3601}) {
            server.post("/api/v1/runs/" + run + "/stop", Map.of("grace", wrong)).expect(400);
        }
        Instant asked = Instant.now();
        server.post("/api/v1/runs/" + run + "/stop", Map.of("grace", 1)).expect(200);
        JsonNode ended = server.ended(run);
        assertThat(ended.get("state").asText()).isEqualTo("stopped");
        assertThat(Duration.between(asked, Instant.now()))
                .isGreaterThan(Duration.ofMillis(900))
                .isLessThan(RunReconciler.GRACE);
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void aDeletedProjectTakesTheFilesOfItsRunsAlong(TestServer server) throws IOException {
        Path elsewhere = Files.writeString(server.data().resolveSibling("kept-" + System.nanoTime()), "kept");
        server.apply("gone", """
                name: gone
                tasks:
                  - {name: make, command: echo made > $OUTPUT_DIR/model; ln -s %s $OUTPUT_DIR/link}
                """.formatted(elsewhere));
        String run = server.run("gone", "make");
        assertThat(server.ended(run).get("state").asText()).isEqualTo("succeeded");
        Path directory = server.data().resolve("runs").resolve(run);
        assertThat(directory.resolve("output/model")).exists();

        server.delete("/api/v1/workspaces/default/projects/gone").expect(204);

        Instant deadline = Instant.now().plusSeconds(60);
        while (Files.exists(directory) && Instant.now().isBefore(deadline)) {
            Thread.onSpinWait();
        }
        assertThat(directory).doesNotExist();
        assertThat(elsewhere).hasContent("kept");
        Files.delete(elsewhere);
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void textsAreFoundAsTheyWereTypedInAnyLanguage(TestServer server) {
        server.apply("words", """
                name: words
                title: Übersicht
                tasks: [{name: t, command: "true"}]
                """);
        server.submit("words", Map.of("task", "t", "comment", "Über alles")).expect(201);
        String runs = "/api/v1/workspaces/default/runs?search=";
        assertThat(server.get(runs + "%C3%9Cber").expect(200).json().get("items"))
                .hasSize(1);
        assertThat(server.get(runs + "ALLES").expect(200).json().get("items")).hasSize(1);
        assertThat(server.get("/api/v1/workspaces/default/projects?search=%C3%9Cbers")
                        .json()
                        .get("items"))
                .hasSize(1);
    }
}
