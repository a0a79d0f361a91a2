package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Python environments of real runs, made from a wheel that lies here; no network is used but where it says so.
@Timeout(300)
class EnvironmentStoryTest {
    @TempDir
    Path place;

    private Path wheel = Path.of("");
    private Path code = Path.of("");

    @BeforeEach
    void makeAWheel() throws IOException, InterruptedException {
        Assumptions.assumeTrue(succeeds("python3", "-c", "import venv, ensurepip"), "no Python with venv");
        place = place.toRealPath();
        wheel = place.resolve("ropetest-1.0-py3-none-any.whl");
        code = Files.createDirectory(place.resolve("code"));
        String info = "ropetest-1.0.dist-info/";
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(wheel))) {
            entry(zip, "ropetest.py", "VERSION = 'one'\n");
            entry(zip, info + "METADATA", "Metadata-Version: 2.1\nName: ropetest\nVersion: 1.0\n");
            entry(
                    zip,
                    info + "WHEEL",
                    "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
            entry(zip, info + "RECORD", "ropetest.py,,\n%1$sMETADATA,,\n%1$sWHEEL,,\n%1$sRECORD,,\n".formatted(info));
        }
    }

    private static void entry(ZipOutputStream zip, String name, String text) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(text.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    private static boolean succeeds(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(120, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    private TestServer server() {
        return TestServer.start(Map.of("allowedHostPaths", place.toString()));
    }

    private String document(String requirements) {
        return """
                name: python
                sources:
                  - {name: code, hostPath: {path: "%s"}}
                tasks:
                  - name: train
                    environment: {python: "3", requirements: %s}
                    command: python -c "import ropetest; print(ropetest.VERSION)"
                """.formatted(code, requirements);
    }

    @Test
    void tenRunsAtOnceShareOneBuildAndAllSeeItsLines() throws IOException {
        Files.writeString(code.resolve("requirements.txt"), "--no-index\n" + wheel + "\n");
        try (TestServer server = server()) {
            server.apply("python", document("code/requirements.txt"));
            List<String> runs = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                runs.add(server.run("python", "train"));
            }
            for (String run : runs) {
                JsonNode ended = server.ended(run);
                assertThat(ended.get("state").asText())
                        .as(server.log(run, "master"))
                        .isEqualTo("succeeded");
                assertThat(server.log(run, "worker-0")).isEqualTo("one\n");
            }
            assertThat(server.log(runs.getFirst(), "master"))
                    .contains("Building an environment with Python 3", "ropetest", "The environment is ready.");
            try (Stream<Path> builds = Files.walk(server.data().resolve("cache/environments"), 2)) {
                assertThat(builds.filter(path -> path.getFileName().toString().startsWith("b-")))
                        .hasSize(1);
            }
        }
    }

    @Test
    void packagesOfTheProjectMakeAnEnvironmentForEveryTask() {
        // This one is in every environment, so that no index is asked.
        try (TestServer server = server()) {
            server.apply("python", """
                    name: python
                    packages: [pip]
                    tasks:
                      - {name: train, command: python -c "import sys; print(sys.prefix)"}
                    """);
            String run = server.run("python", "train");
            JsonNode ended = server.ended(run);
            assertThat(ended.get("state").asText())
                    .as(server.log(run, "master"))
                    .isEqualTo("succeeded");
            assertThat(server.log(run, "worker-0"))
                    .startsWith(server.data().resolve("cache/environments").toString());
        }
    }

    @Test
    void anEnvironmentThatCannotBeMadeFailsTheRunWithTheReason() throws IOException {
        Files.writeString(code.resolve("bad.txt"), "--no-index\nno-such-package-here==1\n");
        Files.write(code.resolve("binary.txt"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        Map<String, String> reasons = Map.of(
                "code/bad.txt", "no-such-package-here",
                "code/missing.txt", "has a file 'code/missing.txt'",
                "code/binary.txt", "is no text file");
        try (TestServer server = server()) {
            for (Map.Entry<String, String> each : reasons.entrySet()) {
                server.apply("python", document(each.getKey()));
                String run = server.run("python", "train");
                JsonNode ended = server.ended(run);
                assertThat(ended.get("state").asText()).isEqualTo("failed");
                assertThat(ended.get("cause").asText()).isEqualTo("environment-failed");
                assertThat(ended.get("reason").asText()).contains(each.getValue());
                assertThat(server.get("/api/v1/runs/" + run + "/events").json().findValuesAsText("reason"))
                        .containsExactly("Scheduled", "EnvironmentFailed", "Failed");
            }
        }
    }

    @Test
    @DisplayName("AT-K8: the existing client's setup_tf_distributed in replica 1 gives worker 0, its chief is entry 0")
    void theExistingClientFindsItsCluster() throws IOException, InterruptedException {
        // Installed without its dependencies: this part of it needs no more.
        Path library = place.resolve("library");
        boolean installed = succeeds(
                "python3",
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-deps",
                "--target",
                library.toString(),
                "python-mlboardclient==1.2.0",
                "six",
                "PyYAML",
                "pbr",
                "setuptools<81");
        Assumptions.assumeTrue(installed, "no package index can be reached");
        try (TestServer server = server()) {
            server.apply("existing", """
                    name: existing
                    sources:
                      - {name: lib, library: true, hostPath: {path: "%s"}}
                    tasks:
                      - name: train
                        roles:
                          - name: worker
                            replicas: 2
                            port: 2222
                            command: |
                              echo "$WORKER_NODES"
                              python3 -c "from mlboardclient import utils; print(utils.setup_tf_distributed('worker'))"
                          - {name: ps, port: 2223, permanent: true, command: sleep 999}
                    """.formatted(library));
            String run = server.run("existing", "train");
            JsonNode ended = server.ended(run);
            assertThat(ended.get("state").asText())
                    .as(server.log(run, "worker-1"))
                    .isEqualTo("succeeded");
            String[] said = server.log(run, "worker-1").split("\n", -1);
            String[] nodes = said[0].split(",", -1);
            JsonNode found = io.ropewalk.support.json.Json.tree(said[1]);
            assertThat(found.get("task").toString()).isEqualTo("{\"type\":\"worker\",\"index\":0}");
            assertThat(found.get("cluster").get("chief").get(0).asText()).isEqualTo(nodes[0]);
            assertThat(found.get("cluster").get("worker").get(0).asText()).isEqualTo(nodes[1]);
            assertThat(found.get("cluster").get("ps")).hasSize(1);
        }
    }
}
