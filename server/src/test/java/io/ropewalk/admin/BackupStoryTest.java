package io.ropewalk.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.Ropewalk;
import io.ropewalk.TestServer;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.config.ServerSettings;
import io.ropewalk.support.config.SettingsReader.Flag;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.db.Databases;
import io.ropewalk.support.db.TestDatabases;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Backups of a server with work in it, and what comes back out of them.
class BackupStoryTest {
    private static final String PROJECT = "/api/v1/workspaces/default/projects/kept";

    @TempDir
    Path temporary;

    /// A run that leaves logs, numbers and files, and another that failed.
    private static List<String> work(TestServer server) {
        server.apply("kept", """
                name: kept
                sources:
                  - {name: src, upload: {}}
                tasks:
                  - name: make
                    command: |
                      echo one; echo '{"step": 1, "loss": 0.5}'; echo '{"step": 2, "loss": 0.25}'
                      mkdir -p "$OUTPUT_DIR/deep/er"; head -c 300000 /dev/zero > "$OUTPUT_DIR/deep/er/zeros"
                      echo "with a line
                      break" > "$OUTPUT_DIR/words.txt"; echo saved > "$ROPEWALK_CHECKPOINT_DIR/state"
                      mkdir "$OUTPUT_DIR/empty"; ln -s ../words.txt "$OUTPUT_DIR/deep/link"
                  - name: fail
                    command: echo no; exit 3
                """);
        server.upload("POST", PROJECT + "/sources/src/archive?name=x.zip", zip())
                .expect(201);
        List<String> runs = List.of(server.run("kept", "make"), server.run("kept", "fail"));
        assertThat(server.ended(runs.get(0)).get("state").asText()).isEqualTo("succeeded");
        assertThat(server.ended(runs.get(1)).get("state").asText()).isEqualTo("failed");
        return runs;
    }

    private static byte[] zip() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("a/b.txt"));
            zip.write("uploaded".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static List<String> pages(List<String> runs) {
        List<String> pages = new ArrayList<>(List.of(
                "/api/v1/workspaces/default/projects",
                PROJECT,
                PROJECT + "/document",
                PROJECT + "/revisions",
                PROJECT + "/sources/src/files",
                PROJECT + "/sources/src/snapshots",
                PROJECT + "/sources/src/content?path=a/b.txt",
                PROJECT + "/runs",
                "/api/v1/workspaces/default/runs"));
        for (String run : runs) {
            String page = "/api/v1/runs/" + run;
            Stream.of(
                            "",
                            "/events",
                            "/status",
                            "/specification",
                            "/files",
                            "/files?path=deep/er",
                            "/metrics",
                            "/metrics/series?name=loss",
                            "/logs",
                            "/logs/all",
                            "/logs/worker-0/raw",
                            "/logs/master/raw",
                            "/files/content?path=words.txt",
                            "/files/content?path=deep/er/zeros")
                    .map(page::concat)
                    .forEach(pages::add);
        }
        return pages;
    }

    /// What a server says, with its own address and directory made nameless.
    private static Map<String, String> answers(Ropewalk server, Path data, List<String> pages) {
        Map<String, String> answers = new LinkedHashMap<>();
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (String page : pages) {
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(URI.create(server.url() + page))
                                .header("Authorization", "Bearer " + server.ownerToken())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                answers.put(
                        page,
                        answer.statusCode() + " "
                                + answer.body()
                                        .replaceAll("\"requestId\":\"[^\"]*\"", "")
                                        .replace(server.url(), "URL")
                                        .replace(data.toString(), "DATA"));
            }
            return answers;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Ropewalk startOn(Path data, String database) {
        return Ropewalk.start(ServerSettings.read(
                        Map.of(),
                        List.of(
                                new Flag("--data", "data", data.toString()),
                                new Flag("--port", "port", "0"),
                                new Flag("--database", "database", database)))
                .value());
    }

    private static JsonNode backUp(TestServer server, Path directory) {
        server.post("/api/v1/server/backup", Map.of("directory", directory.toString()))
                .expect(200);
        return finished(server, "/api/v1/server/backup");
    }

    private static JsonNode finished(TestServer server, String job) {
        Instant deadline = Instant.now().plus(Duration.ofMinutes(2));
        while (true) {
            JsonNode node = server.get(job).expect(200).json();
            if (!node.get("state").asText().equals("going")) {
                return node;
            }
            assertThat(Instant.now()).isBefore(deadline);
            Thread.onSpinWait();
        }
    }

    private static Path backedUp(TestServer server, Path directory) {
        JsonNode job = backUp(server, directory);
        assertThat(job.get("state").asText()).as(job.toPrettyString()).isEqualTo("done");
        assertThat(job.get("problems")).isEmpty();
        return directory;
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void aRestoredServerShowsTheSameByteForByte(TestServer server) throws IOException {
        List<String> runs = work(server);
        List<String> pages = pages(runs);
        Path backups = backedUp(server, temporary.resolve("backups"));
        Map<String, String> before = answers(server.server(), server.data(), pages);
        assertThat(before.values())
                .filteredOn(answer -> answer.startsWith("200"))
                .hasSizeGreaterThan(20);
        assertThat(Files.getPosixFilePermissions(backups)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        server.close();

        Path target = temporary.resolve("restored");
        Restore.Restored restored = Restore.restore(backups, "", target, "", Progress.SILENT);
        assertThat(restored.lost()).isZero();
        try (Ropewalk again = startOn(target, "")) {
            assertThat(answers(again, target, pages)).isEqualTo(before);
        }
        assertThat(Files.readString(
                        target.resolve("runs").resolve(runs.getFirst()).resolve("checkpoints/state")))
                .isEqualTo("saved\n");
        assertThat(Files.readSymbolicLink(
                        target.resolve("runs").resolve(runs.getFirst()).resolve("output/deep/link")))
                .isEqualTo(Path.of("../words.txt"));

        String postgres = TestDatabases.postgres().url();
        Path other = temporary.resolve("restored-beside-postgresql");
        Restore.restore(backups, "", other, postgres, Progress.SILENT);
        try (Ropewalk again = startOn(other, postgres)) {
            assertThat(answers(again, other, pages)).isEqualTo(before);
        }
        assertThatThrownBy(() -> Restore.restore(backups, "", temporary.resolve("third"), postgres, Progress.SILENT))
                .hasMessageContaining("Give an empty one");
        assertThat(temporary.resolve("third")).doesNotExist();
    }

    @Test
    void whatRunsWhileABackupIsMadeIsNeitherAdoptedNorEnded() throws IOException {
        try (TestServer server = TestServer.start()) {
            server.apply("kept", """
                    name: kept
                    tasks:
                      - name: wait
                        command: echo begun; until [ -e "$OUTPUT_DIR/go" ]; do sleep 0.05; done
                    """);
            String run = server.run("kept", "wait");
            server.until(run, node -> node.get("state").asText().equals("running"));
            Path backups = backedUp(server, temporary.resolve("backups"));
            Path target = temporary.resolve("restored");
            assertThat(Restore.restore(backups, "", target, "", Progress.SILENT).lost())
                    .isEqualTo(1);
            try (Ropewalk again = startOn(target, "")) {
                String shown =
                        answers(again, target, List.of("/api/v1/runs/" + run)).get("/api/v1/runs/" + run);
                assertThat(shown).contains("\"state\":\"failed\"", "cluster-lost", "restored from a backup");
                assertThat(server.get("/api/v1/runs/" + run).json().get("state").asText())
                        .isEqualTo("running");
            }
            Files.createFile(server.data().resolve("runs").resolve(run).resolve("output/go"));
            assertThat(server.ended(run).get("state").asText()).isEqualTo("succeeded");
        }
    }

    @Test
    void aSecondBackupCopiesOnlyWhatIsNewAndOldOnesAreRemoved() throws IOException {
        try (TestServer server = TestServer.start(
                Map.of("backup.directory", temporary.resolve("backups").toString(), "backup.keep", "2"))) {
            String run = work(server).getFirst();
            Path large = server.data().resolve("runs").resolve(run).resolve("output/large");
            Files.write(large, new byte[5_000_000]);
            Files.setLastModifiedTime(
                    large, java.nio.file.attribute.FileTime.from(Instant.now().minusSeconds(60)));
            List<String> names = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                server.post("/api/v1/server/backup", Map.of()).expect(200);
                JsonNode made = finished(server, "/api/v1/server/backup").get("made");
                names.add(made.get("name").asText());
                assertThat(made.get("copied").asLong() > 5_000_000).isEqualTo(i == 0);
                assertThat(made.get("bytes").asLong()).isGreaterThan(5_000_000);
            }
            BackupDirectory directory = BackupDirectory.existing(temporary.resolve("backups"));
            assertThat(directory.manifests().stream().map(BackupDirectory::name))
                    .containsExactly(names.get(2), names.get(1));
            assertThat(BackupCheck.check(directory.path(), Progress.SILENT).problems())
                    .isEmpty();
            assertThatThrownBy(() -> directory.manifest(names.get(0))).hasMessageContaining(names.get(1));
        }
    }

    @Test
    void aFlippedBitInAnyFileOfABackupIsFoundAndNamed() throws IOException {
        Path backups;
        try (TestServer server = TestServer.start()) {
            work(server);
            backups = backedUp(server, temporary.resolve("backups"));
        }
        assertThat(BackupCheck.check(backups, Progress.SILENT).problems()).isEmpty();
        Random random = new Random(7);
        int flipped = 0;
        List<Path> files = new ArrayList<>(BackupDirectory.existing(backups).objects());
        files.addAll(BackupDirectory.existing(backups).manifests());
        for (Path file : files) {
            byte[] good = Files.readAllBytes(file);
            for (int i = 0; i < 4 && good.length > 0; i++) {
                byte[] bad = good.clone();
                int at = i == 0 ? 0 : i == 1 ? good.length - 1 : random.nextInt(good.length);
                bad[at] = (byte) (bad[at] ^ (1 << random.nextInt(8)));
                write(file, bad);
                assertThat(BackupCheck.check(backups, Progress.SILENT).problems())
                        .as("byte %d of %s", at, file)
                        .anyMatch(problem -> problem.contains(file.toString()));
                if (i == 2) {
                    Path target = temporary.resolve("never");
                    assertThatThrownBy(() -> Restore.restore(backups, "", target, "", Progress.SILENT))
                            .isInstanceOf(RopewalkException.class)
                            .hasMessageContaining(file.toString());
                    assertThat(target).doesNotExist();
                }
                flipped++;
            }
            write(file, good);
            assertThat(BackupCheck.check(backups, Progress.SILENT).problems()).isEmpty();
        }
        assertThat(flipped).isGreaterThan(40);
        Path lost = BackupDirectory.existing(backups).objects().getFirst();
        Files.delete(lost);
        assertThat(BackupCheck.check(backups, Progress.SILENT).problems())
                .singleElement()
                .asString()
                .contains(lost + "' is missing");
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.write(file, bytes);
    }

    @Test
    void aRunningServerFindsItsOwnDamage() throws IOException {
        try (TestServer server = TestServer.start()) {
            String run = work(server).getFirst();
            byte[] bytes = "kept for good".getBytes(StandardCharsets.UTF_8);
            Path written = Files.createDirectories(temporary.resolve("w")).resolve("b");
            Files.write(written, bytes);
            String hash = BackupCheck.hash(written);
            Path contents;
            try (Stream<Path> workspaces = Files.list(server.data().resolve("uploads"))) {
                contents = workspaces.findFirst().orElseThrow();
            }
            Path blob = contents.resolve(hash.substring(0, 2)).resolve(hash.substring(2));
            Files.createDirectories(blob.getParent());
            Files.write(blob, bytes);
            server.post("/api/v1/server/verification", Map.of()).expect(200);
            assertThat(finished(server, "/api/v1/server/verification").get("problems"))
                    .isEmpty();

            bytes[3] = (byte) (bytes[3] ^ 1);
            Files.write(blob, bytes);
            Path directory = server.data().resolve("runs").resolve(run);
            Files.move(directory, directory.resolveSibling("elsewhere"));
            server.post("/api/v1/server/verification", Map.of()).expect(200);
            JsonNode problems = finished(server, "/api/v1/server/verification").get("problems");
            assertThat(problems).hasSize(2);
            assertThat(problems.toString()).contains(blob.toString(), directory.toString());

            JsonNode backup = backUp(server, temporary.resolve("backups"));
            assertThat(backup.get("problems").toString()).contains("is damaged", hash.substring(2));
        }
    }

    @Test
    void aBackupThatFailsHalfWayIsNone() throws IOException {
        try (TestServer server = TestServer.start();
                Database rows = Databases.open("", temporary.resolve("other.db"))) {
            work(server);
            Path directory = temporary.resolve("backups");
            Backups backups = new Backups(
                    new Backups.Server(server.data(), rows, "sqlite", "test", () -> () -> {}), Clock.systemUTC());
            for (int step : List.of(1, 2, 5, 9)) {
                int[] left = {step};
                assertThatThrownBy(() -> backups.make(directory, Optional.empty(), (_, _, _) -> {
                            if (--left[0] == 0) {
                                throw new UncheckedIOException(new IOException("no space left"));
                            }
                        }))
                        .hasMessageContaining("no space left");
                assertThat(BackupDirectory.existing(directory).manifests()).isEmpty();
                assertThat(BackupCheck.check(directory, Progress.SILENT).problems())
                        .singleElement()
                        .asString()
                        .contains("no complete backup");
                assertThatThrownBy(() -> Restore.restore(directory, "", temporary.resolve("new"), "", Progress.SILENT))
                        .hasMessageContaining("no complete backup");
            }
            backups.make(directory, Optional.empty(), Progress.SILENT);
            assertThat(BackupCheck.check(directory, Progress.SILENT).problems()).isEmpty();
        }
    }

    @Test
    void nothingIsRestoredOverWhatIsThereNorFromANewerServer() throws Exception {
        try (TestServer server = TestServer.start()) {
            work(server);
            Path backups = backedUp(server, temporary.resolve("backups"));
            assertThatThrownBy(() -> Restore.restore(backups, "", server.data(), "", Progress.SILENT))
                    .hasMessageContaining("in use by a Ropewalk server");
            Path full = Files.createDirectories(temporary.resolve("full"));
            Files.createFile(full.resolve("mine"));
            assertThatThrownBy(() -> Restore.restore(backups, "", full, "", Progress.SILENT))
                    .hasMessageContaining("is not empty");
            assertThatThrownBy(() -> Restore.restore(full, "", temporary.resolve("new"), "", Progress.SILENT))
                    .hasMessageContaining("not a directory of backups");
            assertThat(Restore.restore(
                                    backups,
                                    "",
                                    Files.createDirectories(temporary.resolve("empty")),
                                    "",
                                    Progress.SILENT)
                            .files())
                    .isGreaterThan(5);

            try (var rows = DriverManager.getConnection(
                            "jdbc:sqlite:" + server.data().resolve("ropewalk.db"));
                    var statement = rows.createStatement()) {
                statement.execute("""
                        insert into flyway_schema_history
                        select 99, '999', 'of the future', type, 'V999__of_the_future.sql', checksum, installed_by,
                            installed_on, execution_time, success from flyway_schema_history where installed_rank = 1
                        """);
            }
            backedUp(server, backups);
            assertThatThrownBy(() -> Restore.restore(backups, "", temporary.resolve("newer"), "", Progress.SILENT))
                    .hasMessageContaining("newer Ropewalk");
            assertThat(temporary.resolve("newer")).doesNotExist();
            try (Stream<Path> left = Files.list(temporary)) {
                assertThat(left.filter(path -> path.toString().contains("restoring")))
                        .isEmpty();
            }
        }
    }

    @Test
    void aBackupIsMadeWhenTheNewestIsOldEnough() throws IOException {
        try (TestServer server = TestServer.start();
                Database rows = Databases.open("", temporary.resolve("other.db"))) {
            work(server);
            AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
            InstantSource settable = now::get;
            Clock clock = settable.withZone(ZoneOffset.UTC);
            Backups backups =
                    new Backups(new Backups.Server(server.data(), rows, "sqlite", "test", () -> () -> {}), clock);
            Path directory = temporary.resolve("by-itself");
            try (BackupSchedule schedule = new BackupSchedule(
                    backups, new ServerSettings.Backup(directory, "1h", 2), new Job("backup", clock), clock)) {
                assertThat(schedule.pass()).isTrue();
                assertThat(schedule.pass()).isFalse();
                for (int i = 0; i < 3; i++) {
                    now.updateAndGet(before -> before.plus(Duration.ofMinutes(59)));
                    assertThat(schedule.pass()).isFalse();
                    now.updateAndGet(before -> before.plus(Duration.ofMinutes(1)));
                    assertThat(schedule.pass()).isTrue();
                }
            }
            assertThat(BackupDirectory.existing(directory).manifests().stream().map(BackupDirectory::name))
                    .containsExactly("20260101-030000-000", "20260101-020000-000");
        }
    }

    @Test
    void aDamagedManifestNeitherStopsTheScheduleNorLosesContents() throws IOException {
        try (TestServer server = TestServer.start();
                Database rows = Databases.open("", temporary.resolve("other.db"))) {
            work(server);
            AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
            Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
            Path directory = temporary.resolve("by-itself");
            Backups backups =
                    new Backups(new Backups.Server(server.data(), rows, "sqlite", "test", () -> () -> {}), clock);
            try (BackupSchedule schedule = new BackupSchedule(
                    backups, new ServerSettings.Backup(directory, "1h", 1), new Job("backup", clock), clock)) {
                assertThat(schedule.pass()).isTrue();
                BackupDirectory made = BackupDirectory.existing(directory);
                Path manifest = made.manifests().getFirst();
                byte[] good = Files.readAllBytes(manifest);
                write(manifest, "nonsense".getBytes(StandardCharsets.UTF_8));
                int contents = made.objects().size();
                assertThat(schedule.pass()).isTrue();
                assertThat(made.manifests()).hasSize(2).contains(manifest);
                assertThat(made.objects()).hasSizeGreaterThanOrEqualTo(contents);
                write(manifest, good);
                assertThat(BackupCheck.check(directory, Progress.SILENT).problems())
                        .isEmpty();

                now.set(Instant.parse("2025-12-31T00:00:00Z"));
                assertThat(schedule.pass()).as("the clock was set back a day").isTrue();
                assertThat(schedule.pass()).isFalse();
                assertThat(made.manifest("").head().madeAt()).isEqualTo(now.get());
            }
        }
    }

    @Test
    void theServerTellsItsLatestBackupAlsoAfterARestart() throws IOException {
        String page = "/api/v1/server/backups";
        Path directory = temporary.resolve("backups");
        Path data = temporary.resolve("data");
        try (Ropewalk server = startOn(data, "")) {
            assertThat(answers(server, data, List.of(page)).get(page))
                    .isEqualTo(
                            "200 {\"keep\":7,\"job\":{\"state\":\"none\",\"doing\":\"\",\"bytes\":0,\"total\":0,\"problems\":[]}}");
        }
        try (Database rows = Databases.open("", temporary.resolve("other.db"))) {
            new Backups(new Backups.Server(data, rows, "sqlite", "test", () -> () -> {}), Clock.systemUTC())
                    .make(directory, Optional.empty(), Progress.SILENT);
        }
        try (Ropewalk server = startOn(data, "")) {
            assertThat(answers(server, data, List.of(page)).get(page))
                    .contains("\"directory\":\"" + directory + "\"", "\"present\":true");
            Files.move(directory, temporary.resolve("unplugged"));
            assertThat(answers(server, data, List.of(page)).get(page)).contains("\"present\":false");
        }
    }

    @Test
    void aPlaceInsideOfTheDataDirectoryOrFullOfOtherThingsIsRefused() throws IOException {
        try (TestServer server = TestServer.start()) {
            Path full = Files.createDirectories(temporary.resolve("full"));
            Files.createFile(full.resolve("mine"));
            Path link = Files.createSymbolicLink(temporary.resolve("link"), server.data());
            for (Path wrong :
                    List.of(server.data().resolve("b"), server.data().resolveSibling(""), link.resolve("b"), full)) {
                JsonNode job = backUp(server, wrong);
                assertThat(job.get("state").asText()).as(wrong.toString()).isEqualTo("failed");
            }
            assertThat(server.post("/api/v1/server/backup", Map.of("directory", "here"))
                            .status())
                    .isEqualTo(400);
            assertThat(server.post("/api/v1/server/backup", Map.of()).status()).isEqualTo(400);
            assertThat(server.send("POST", "/api/v1/server/backup", "", "{}").status())
                    .isEqualTo(401);
        }
    }
}
