package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a run was made of stays what it was: the document, and the commits of its sources.
class RevisionStoryTest {
    private static final String PROJECT = "/api/v1/workspaces/default/projects/moving";

    /// May read the repositories below its `repositories`.
    static Stream<TestServer> servers() {
        try {
            Path machine = Files.createTempDirectory("ropewalk-git").toRealPath();
            return TestServer.onBoth(Map.of("allowedHostPaths", machine.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TestRepository repository(TestServer server) {
        try {
            Path allowed =
                    Path.of(server.settings().allowedHostPaths().getFirst().toString());
            return TestRepository.in(
                    Files.createTempDirectory(allowed, "upstream").resolve("digits"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String document(TestRepository upstream, String word) {
        return """
                name: moving
                sources:
                  - {name: src, git: {repository: "%s"}}
                tasks:
                  - name: show
                    workDir: $SRC_DIR/digits/src
                    command: echo "%s $(cat version)"
                  - name: where
                    workDir: $SRC_DIR/digits/src
                    command: pwd; echo "$SRC_DIR/digits/src"
                  - name: nowhere
                    workDir: $SRC_DIR/digits/none
                    command: echo never
                  - name: start
                    command: |
                      while [ ! -e "$OUTPUT_DIR/go" ]; do sleep 0.05; done
                      python3 - <<'END'
                      import json, os, urllib.request
                      request = urllib.request.Request(
                          os.environ["ROPEWALK_URL"] + "/api/v1/workspaces/default/projects/moving/runs",
                          json.dumps({"task": "show"}).encode(),
                          {"Authorization": "Bearer " + os.environ["ROPEWALK_TOKEN"], "Content-Type": "application/json"})
                      print(json.load(urllib.request.urlopen(request))["id"])
                      END
                """.formatted(upstream.directory(), word);
    }

    private static String revision(TestServer server) {
        return server.get(PROJECT + "/document")
                .expect(200)
                .json()
                .get("revision")
                .get("id")
                .asText();
    }

    private static String text(TestServer server) {
        return server.get(PROJECT + "/document").expect(200).json().get("text").asText();
    }

    private static String said(TestServer server, String run) {
        JsonNode ended = server.ended(run);
        assertThat(ended.get("state").asText()).as(ended.toPrettyString()).isEqualTo("succeeded");
        return server.log(run, "worker-0").strip();
    }

    private static String pinned(TestServer server, String run) {
        return server.get("/api/v1/runs/" + run)
                .json()
                .get("pins")
                .get(0)
                .get("revision")
                .asText();
    }

    @ParameterizedTest
    @MethodSource("servers")
    @DisplayName("AT-K16: run, edit, run, check out the first: the document is equal, and runs as it did")
    void theFirstDocumentComesBack(TestServer server) {
        TestRepository upstream = repository(server);
        upstream.commit("src/version", "1");
        String first = document(upstream, "first");
        server.apply("moving", first);
        String run = server.run("moving", "show");
        assertThat(said(server, run)).isEqualTo("first 1");
        server.apply("moving", document(upstream, "second"));
        assertThat(said(server, server.run("moving", "show"))).isEqualTo("second 1");
        String recorded =
                server.get("/api/v1/runs/" + run).json().get("revision").asText();
        assertThat(recorded).isNotEqualTo(revision(server));

        server.post(PROJECT + "/checkout", Map.of("revision", recorded, "experiment", "master"))
                .expect(200);

        assertThat(text(server)).isEqualTo(first);
        assertThat(said(server, server.run("moving", "show"))).isEqualTo("first 1");
    }

    @ParameterizedTest
    @MethodSource("servers")
    @DisplayName("AT-K16: the same again uses the recorded commit and document after both have moved on")
    void theSameAgainIsTheSame(TestServer server) {
        TestRepository upstream = repository(server);
        String one = upstream.commit("src/version", "1");
        server.apply("moving", document(upstream, "first"));
        String run = server.run("moving", "show");
        assertThat(said(server, run)).isEqualTo("first 1");
        String two = upstream.commit("src/version", "2");
        server.apply("moving", document(upstream, "second"));

        String again = server.post("/api/v1/runs/" + run + "/again", Map.of())
                .expect(201)
                .json()
                .get("id")
                .asText();
        String fresh = server.run("moving", "show");
        String chosen = server.submit("moving", Map.of("task", "show", "pins", Map.of("src", one)))
                .expect(201)
                .json()
                .get("id")
                .asText();

        assertThat(said(server, again)).isEqualTo("first 1");
        assertThat(pinned(server, again)).isEqualTo(one);
        assertThat(said(server, fresh)).isEqualTo("second 2");
        assertThat(pinned(server, fresh)).isEqualTo(two);
        assertThat(said(server, chosen)).isEqualTo("second 1");
    }

    @ParameterizedTest
    @MethodSource("servers")
    void aRunStartedFromInsideARunInheritsItsCommits(TestServer server) throws IOException {
        TestRepository upstream = repository(server);
        String one = upstream.commit("src/version", "1");
        server.apply("moving", document(upstream, "nested"));
        String outer = server.run("moving", "start");
        server.until(outer, run -> run.get("state").asText().equals("running"));
        upstream.commit("src/version", "2");
        Files.createFile(server.data().resolve("runs").resolve(outer).resolve("output/go"));

        String inner = said(server, outer);

        assertThat(said(server, inner)).isEqualTo("nested 1");
        assertThat(pinned(server, inner)).isEqualTo(one);
        assertThat(server.get("/api/v1/runs/" + inner).json().get("parentRun").asText())
                .isEqualTo(outer);
    }

    @ParameterizedTest
    @MethodSource("servers")
    @DisplayName("AT-K10: the work directory `$SRC_DIR/src` is where `pwd` says the program is")
    void theWorkDirectoryIsExpanded(TestServer server) {
        TestRepository upstream = repository(server);
        upstream.commit("src/version", "1");
        server.apply("moving", document(upstream, "x"));
        String[] lines = said(server, server.run("moving", "where")).split("\n", -1);
        assertThat(lines).hasSize(2);
        assertThat(lines[0]).isEqualTo(lines[1]).endsWith("/src");
        JsonNode failed = server.ended(server.run("moving", "nowhere"));
        assertThat(failed.get("state").asText()).isEqualTo("failed");
        assertThat(failed.get("cause").asText()).isEqualTo("setup-failed");
        assertThat(failed.get("reason").asText()).contains("WorkDirNotFound");
    }

    @ParameterizedTest
    @MethodSource("servers")
    @DisplayName("AT-K14: a repository that cannot be had fails the run, or its submission, with the address")
    void aRepositoryThatIsGone(TestServer server) throws IOException {
        TestRepository upstream = repository(server);
        upstream.commit("src/version", "1");
        server.apply("moving", document(upstream, "x"));
        String run = server.run("moving", "show");
        said(server, run);
        Files.move(upstream.directory(), upstream.directory().resolveSibling("gone"));
        assertThat(server.submit("moving", Map.of("task", "show"))
                        .expect(400)
                        .json()
                        .get("detail")
                        .asText())
                .contains(upstream.directory().toString());
        String again = server.post("/api/v1/runs/" + run + "/again", Map.of())
                .expect(201)
                .json()
                .get("id")
                .asText();
        assertThat(said(server, again)).isEqualTo("x 1");
    }
}
