package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What people are told of the normal life of a run.
@Timeout(120)
class RunEventsTest {
    /// Each as `type component Reason: message`.
    private static List<String> events(TestServer server, String run) {
        List<String> events = new ArrayList<>();
        for (JsonNode event :
                server.get("/api/v1/runs/" + run + "/events").expect(200).json()) {
            events.add("%s %s %s: %s"
                    .formatted(
                            event.get("type").asText(),
                            event.get("component").asText(),
                            event.get("reason").asText(),
                            event.get("message").asText()));
        }
        return events;
    }

    private static void assertTold(List<String> events, String... patterns) {
        assertThat(events).hasSameSizeAs(patterns);
        for (int i = 0; i < patterns.length; i++) {
            assertThat(events.get(i)).matches(patterns[i]);
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void aRunThatSucceedsAndOneThatFails(TestServer server) {
        server.apply("life", """
                name: life
                tasks:
                  - {name: good, command: "true"}
                  - {name: bad, restarts: 1, command: exit 3}
                  - name: gang
                    roles:
                      - {name: worker, replicas: 2, command: "true"}
                      - {name: ps, permanent: true, command: sleep 999}
                """);
        String good = server.run("life", "good");
        server.ended(good);
        assertTold(
                events(server, good),
                "normal run Scheduled: there was room for it at once",
                "normal run Started: worker-0.*",
                "normal run Succeeded: after .* s");
        assertThat(server.log(good, "master")).contains("run Started: worker-0", "run Succeeded: after ");

        String bad = server.run("life", "bad");
        server.ended(bad);
        assertThat(events(server, bad))
                .anyMatch(event -> event.startsWith("warning worker-0 Restarted: attempt 1 "))
                .last()
                .asString()
                .matches("warning run Failed: user-exit: worker-0 .*exit code 3.*");

        String gang = server.run("life", "gang");
        server.ended(gang);
        assertThat(events(server, gang))
                .anyMatch(event -> event.matches("normal run Started: .*worker-0.*, worker-1.*"))
                .anyMatch(event -> event.startsWith("normal run Stopping: what decides has succeeded"));
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void aRunWithASourceThatIsStoppedByAPerson(TestServer server) throws IOException {
        server.apply("life", """
                name: life
                sources:
                  - {name: data, upload: {}}
                tasks:
                  - {name: wait, command: sleep 999}
                """);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("a.txt"));
        }
        server.upload(
                        "POST",
                        "/api/v1/workspaces/default/projects/life/sources/data/archive?name=a.zip",
                        bytes.toByteArray())
                .expect(201);
        String run = server.run("life", "wait");
        server.until(run, node -> node.get("state").asText().equals("running"));
        server.post("/api/v1/runs/" + run + "/stop", Map.of()).expect(200);
        server.ended(run);
        List<String> events = events(server, run);
        assertThat(events)
                .anyMatch(event -> event.startsWith("normal source data Pinned: it stands for "))
                .anyMatch(event -> event.matches("normal source data SourceReady: .* is there"))
                .contains("normal run Stopping: owner asked it to end")
                .doesNotHaveDuplicates();
        assertThat(events.getLast()).matches("normal run Stopped: after .* s");
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void aRunOutside(TestServer server) {
        String run = server.post("/api/v1/workspaces/default/projects/default/runs/tracked", Map.of())
                .expect(201)
                .json()
                .get("id")
                .asText();
        for (int i = 0; i < 2; i++) {
            server.post("/api/v1/runs/" + run + "/finish", Map.of("state", "failed", "reason", "no data"));
        }
        assertTold(
                events(server, run),
                "normal run Started: it runs outside this server",
                "warning run Failed: user-exit: no data");
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void numbersOfARunThatOutlivesItsServerAreCollectedByTheNextOne(TestServer server) throws IOException {
        server.apply("life", """
                name: life
                tasks:
                  - name: wait
                    command: |
                      while [ ! -e "$OUTPUT_DIR/go" ]; do sleep 0.05; done
                      echo '{"step": 1, "loss": 0.25}'
                      sleep 999
                """);
        String run = server.run("life", "wait");
        server.until(run, node -> node.get("state").asText().equals("running"));
        server.restart();
        Files.createFile(server.data().resolve("runs").resolve(run).resolve("output/go"));
        server.until(run, node -> !node.get("metrics").isEmpty());
        server.post("/api/v1/runs/" + run + "/stop", Map.of()).expect(200);
        server.ended(run);
    }
}
