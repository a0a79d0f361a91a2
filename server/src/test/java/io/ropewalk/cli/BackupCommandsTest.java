package io.ropewalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.TestServer;
import io.ropewalk.cli.StandInServer.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `backup`, `verify`, `restore` and `sync` as they are typed.
class BackupCommandsTest {
    @TempDir
    Path folder;

    private Outcome call(TestServer server, String... arguments) {
        return StandInServer.call(
                Map.of(
                        "ROPEWALK_URL",
                        server.server().url(),
                        "ROPEWALK_TOKEN",
                        server.server().ownerToken()),
                folder,
                arguments);
    }

    @Test
    void aServerIsBackedUpVerifiedAndRestored() throws IOException {
        try (TestServer server = TestServer.start()) {
            server.apply("hello", "name: hello\ntasks: [{name: greet, command: echo hello}]\n");
            server.ended(server.run("hello", "greet"));

            Outcome made = call(server, "backup", "kept");
            assertThat(made.code()).as(made.err()).isZero();
            assertThat(made.out()).matches("(?s)Backup 2[-0-9]+: \\d+ files, .* are new\\.\n");
            assertThat(call(server, "verify").out()).contains("all is as it was written");
            assertThat(call(server, "verify", "kept").out()).contains("of 1 backups: all is as it was written");

            Outcome restored = call(server, "restore", "kept", "--data", "new");
            assertThat(restored.code()).as(restored.err()).isZero();
            assertThat(restored.out()).contains("every checksum right", "ropewalk up --data " + folder.resolve("new"));
            assertThat(folder.resolve("new/ropewalk.db")).exists();

            Outcome again = call(server, "restore", "kept", "--data", "new");
            assertThat(again.code()).isEqualTo(Failure.USER);
            assertThat(again.err()).contains("is not empty");

            Path damaged;
            try (var objects = Files.walk(folder.resolve("kept/objects"))) {
                damaged = objects.filter(Files::isRegularFile).findFirst().orElseThrow();
            }
            Files.delete(damaged);
            Files.writeString(damaged, "something else");
            Outcome found = call(server, "verify", "kept");
            assertThat(found.code()).isEqualTo(Failure.USER);
            assertThat(found.out()).contains("1 problem.", damaged.toString());
            assertThat(call(server, "restore", "kept", "--data", "other").err()).contains(damaged.toString());
            assertThat(folder.resolve("other")).doesNotExist();
        }
    }

    @Test
    void theDataOfAStoppedServerIsCheckedWithoutOne() throws IOException {
        Path data;
        try (TestServer server = TestServer.start()) {
            data = server.data();
            server.apply("hello", "name: hello\ntasks: [{name: greet, command: echo hello}]\n");
            server.ended(server.run("hello", "greet"));
            assertThat(call(server, "verify", "--data", data.toString()).out()).contains("all is as it was written");
            assertThat(call(server, "verify", "--data", folder.toString()).err())
                    .contains("is no data directory");
        }
        String[] verify = {"verify", "--data", data.toString()};
        Outcome good = StandInServer.call(Map.of(), folder, verify);
        assertThat(good.code()).as(good.err()).isZero();
        assertThat(good.out()).contains("and the database: all is as it was written");

        Path runs = Files.move(data.resolve("runs"), data.resolve("elsewhere"));
        Outcome bad = StandInServer.call(Map.of(), folder, verify);
        assertThat(bad.code()).isEqualTo(Failure.USER);
        assertThat(bad.out()).contains("1 problem.", data.resolve("runs").toString());
        Files.move(runs, data.resolve("runs"));

        Path rows = data.resolve("ropewalk.db");
        byte[] bytes = Files.readAllBytes(rows);
        for (int i = 4096; i < bytes.length; i += 4096) {
            bytes[i] ^= 0x7f;
        }
        Files.write(rows, bytes);
        Outcome damaged = StandInServer.call(Map.of(), folder, verify);
        assertThat(damaged.code()).isEqualTo(Failure.USER);
        assertThat(damaged.out() + damaged.err()).contains("database");
    }

    @Test
    void whatAProgramLoggedWithoutAServerIsSent() throws IOException {
        try (TestServer server = TestServer.start()) {
            Path spool = folder.resolve("ropewalk-spool-1.jsonl");
            String text = """
                    {"request": {"project": "offline", "body": {"task": "train", "parameters": {"lr": 0.5}}, "key": "k0"}}
                    {"key": "k1", "points": [{"name": "loss", "value": 0.5, "step": 1, "at": 1000}]}
                    {"key": "k2", "points": [{"name": "loss", "value": "NaN", "step": 2, "at": 2000}]}
                    {"key": "k3", "finish": {"state": "failed", "reason": "ValueError"}}
                    {"key": "k4", "poi""";
            for (int i = 0; i < 2; i++) {
                Files.writeString(spool, text);
                Outcome sent = call(server, "sync", ".");
                assertThat(sent.code()).as(sent.err()).isZero();
                assertThat(sent.out()).isEqualTo("Sent 2 numbers of 1 file.\n");
                assertThat(spool).doesNotExist();
            }
            // Killed when the first entry had arrived and the two behind it were on their way.
            for (int i = 0; i < 2; i++) {
                Files.writeString(spool, """
                        {"request": {"project": "offline", "body": {"task": "train", "parameters": {"lr": 0.5}}, "key": "k0"}}
                        {"key": "k1", "points": [{"name": "loss", "value": 0.5, "step": 1, "at": 1000}]}
                        {"key": "k5", "points": [{"name": "loss", "value": 0.5, "step": 5, "at": 5000}]}
                        {"key": "k6", "points": [{"name": "loss", "value": 0.5, "step": 6, "at": 6000}]}
                        {"sent": 1}
                        {"sending": 2}
                        {"key": "k7", "points": [{"name": "loss", "value": 0.5, "step": 7, "at": 7000}]}
                        """);
                assertThat(call(server, "sync", ".").out()).isEqualTo("Sent 3 numbers of 1 file.\n");
            }
            var runs = server.get("/api/v1/workspaces/default/projects/offline/runs")
                    .expect(200)
                    .json()
                    .get("items");
            assertThat(runs).hasSize(1);
            assertThat(runs.get(0).get("state").asText()).isEqualTo("failed");
            String run = runs.get(0).get("id").asText();
            assertThat(server.get("/api/v1/runs/" + run + "/metrics")
                            .json()
                            .get(0)
                            .get("count")
                            .asInt())
                    .isEqualTo(5);
        }
    }
}
