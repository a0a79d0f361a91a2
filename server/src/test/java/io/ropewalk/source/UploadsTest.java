package io.ropewalk.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.access.Scope;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.archive.EntryPath;
import io.ropewalk.support.db.Database;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UploadsTest {
    private static final String BOTH = "io.ropewalk.support.db.TestDatabases#both";
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    Path directory;

    /// Uploads into project `digits`, source `src`, of a fresh database.
    private record Stage(Uploads uploads, ProjectPlace place, TestProjects projects) {}

    private Stage stage(Database database) {
        TestProjects projects = new TestProjects(database);
        ProjectPlace place = projects.add("default", "digits", TestProjects.upload("src"));
        return new Stage(new Uploads(database, directory.resolve("blobs"), CLOCK), place, projects);
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void onlyContentsThatAreMissingTravel(Database database) {
        Stage stage = stage(database);
        Map<String, String> files = Map.of("a.py", "print(1)", "b/c.py", "x = 1");
        Uploads.Offer first = offer(stage, files);
        assertThat(first)
                .isInstanceOfSatisfying(
                        Uploads.Offer.Missing.class,
                        missing -> assertThat(missing.hashes()).hasSize(2));
        send(stage, files);
        assertThat(offer(stage, files)).isInstanceOf(Uploads.Offer.Taken.class);

        Map<String, String> changed = Map.of("a.py", "print(2)", "b/c.py", "x = 1");
        assertThat(offer(stage, changed)).isEqualTo(new Uploads.Offer.Missing(List.of(hash("print(2)"))));
        database.close();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void anUnchangedTreeIsTheSameSnapshot(Database database) {
        Stage stage = stage(database);
        Snapshot first = upload(stage, Map.of("a", "1"));
        assertThat(upload(stage, Map.of("a", "1"))).isEqualTo(first);
        Snapshot second = upload(stage, Map.of("a", "2"));
        assertThat(second.id()).isNotEqualTo(first.id());
        Snapshot third = upload(stage, Map.of("a", "1"));
        assertThat(third.id()).isNotEqualTo(first.id());
        assertThat(stage.uploads().latest(stage.place().projectId(), "src")).contains(third.id());
        assertThat(stage.uploads()
                        .list(stage.place(), "src", Scope.EVERYTHING, 50, null)
                        .items())
                .extracting(Snapshot::id)
                .containsExactly(third.id(), second.id(), first.id());
        database.close();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void snapshotsAreListedPageByPage(Database database) {
        Stage stage = stage(database);
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.addFirst(upload(stage, Map.of("a", "" + i)).id());
        }
        List<String> listed = new ArrayList<>();
        String cursor = null;
        do {
            var page = stage.uploads().list(stage.place(), "src", Scope.EVERYTHING, 2, cursor);
            page.items().forEach(snapshot -> listed.add(snapshot.id()));
            cursor = page.next();
        } while (cursor != null);
        assertThat(listed).isEqualTo(made);
        database.close();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aSnapshotIsWrittenAsItWas(Database database) throws IOException {
        Stage stage = stage(database);
        List<FileEntry> files = List.of(
                entry("bin/run.sh", 0755, "#!"),
                entry("data/ünï.txt", 0644, "ü"),
                entry("empty", 0644, ""),
                entry("data/link", 0120777, "../bin/run.sh"));
        send(stage, Map.of("a", "#!", "b", "ü", "c", "", "d", "../bin/run.sh"));
        Uploads.Offer offer = stage.uploads().offer(stage.place(), "src", files, null, "owner");
        Path tree = Files.createDirectory(directory.resolve("tree"));
        stage.uploads()
                .writeInto(
                        stage.place().projectId(),
                        "src",
                        ((Uploads.Offer.Taken) offer).snapshot().id(),
                        tree);

        assertThat(tree.resolve("data/ünï.txt")).hasContent("ü");
        assertThat(tree.resolve("empty")).isEmptyFile();
        assertThat(tree.resolve("data/link")).hasContent("#!");
        assertThat(Files.isExecutable(tree.resolve("bin/run.sh"))).isTrue();
        assertThat(Files.getPosixFilePermissions(tree.resolve("empty"))).hasSize(4);
        database.close();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aLinkThatLeavesTheTreeIsRefused(Database database) {
        Stage stage = stage(database);
        for (String target : List.of("/etc/passwd", "../x", "a/../../x", "")) {
            send(stage, Map.of("l", target));
            assertThatThrownBy(() -> stage.uploads()
                            .offer(stage.place(), "src", List.of(entry("l", 0120777, target)), null, "owner"))
                    .as(target)
                    .isInstanceOf(RopewalkException.class)
                    .hasMessageContaining("out of the tree");
        }
        database.close();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aSizeThatIsNotTrueIsRefused(Database database) {
        Stage stage = stage(database);
        send(stage, Map.of("a", "hello"));
        FileEntry lie = new FileEntry(new EntryPath("a"), 0644, 4, hash("hello"));
        assertThatThrownBy(() -> stage.uploads().offer(stage.place(), "src", List.of(lie), null, "owner"))
                .hasMessageContaining("has 5");
        database.close();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void whereTheFilesCameFromIsKeptWithoutPasswords(Database database) {
        Stage stage = stage(database);
        send(stage, Map.of("a", "1"));
        Uploads.OriginNote note =
                new Uploads.OriginNote("3f2c1a9", "main", "https://me:hunter2@host/org/repo", "- 1\n+ 2");
        stage.uploads().offer(stage.place(), "src", List.of(entry("a", 0644, "1")), note, "owner");
        Snapshot.Origin origin = stage.uploads()
                .newest(stage.place(), "src", Scope.EVERYTHING)
                .orElseThrow()
                .origin();
        assertThat(origin).isEqualTo(new Snapshot.Origin("3f2c1a9", "main", "https://host/org/repo", true));
        database.close();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void anotherWorkspacesContentsAreMissingEvenForWhoKnowsTheirHash(Database database) {
        Stage stage = stage(database);
        upload(stage, Map.of("secret", "42"));
        ProjectPlace foreign = stage.projects().add("other", "digits", TestProjects.upload("src"));
        assertThat(stage.uploads().offer(foreign, "src", List.of(entry("mine", 0644, "42")), null, "eve"))
                .isInstanceOf(Uploads.Offer.Missing.class);
        database.close();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void someoneElsesSnapshotsAreNotThere(Database database) {
        Stage stage = stage(database);
        Snapshot snapshot = upload(stage, Map.of("a", "1"));
        ProjectPlace foreign = stage.projects().add("other", "digits", TestProjects.upload("src"));
        Scope theirs = new Scope.OneProject(foreign.workspaceId(), foreign.projectId());
        Uploads uploads = stage.uploads();

        assertThat(uploads.list(stage.place(), "src", theirs, 50, null).items()).isEmpty();
        assertThat(uploads.newest(stage.place(), "src", theirs)).isEmpty();
        assertThatThrownBy(() -> uploads.browse(stage.place(), "src", snapshot.id(), "", theirs))
                .isInstanceOf(RopewalkException.class);
        assertThatThrownBy(() -> uploads.browse(foreign, "src", snapshot.id(), "", Scope.EVERYTHING))
                .hasMessageContaining("no snapshot");
        assertThat(uploads.has(foreign.projectId(), "src", snapshot.id())).isFalse();
        assertThatThrownBy(() -> uploads.writeInto(foreign.projectId(), "src", snapshot.id(), directory))
                .hasMessageContaining("no snapshot");
        assertThatThrownBy(() -> uploads.content(foreign, "src", snapshot.id(), new EntryPath("a"), Scope.EVERYTHING))
                .hasMessageContaining("no snapshot");
        database.close();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void anArchiveBecomesASnapshot(Database database) throws IOException {
        Stage stage = stage(database);
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(zip)) {
            for (String name : List.of("train.py", "data/a.csv", "big.bin")) {
                out.putNextEntry(new ZipEntry(name));
                out.write((name.equals("big.bin") ? "x".repeat(3 << 20) : name).getBytes(StandardCharsets.UTF_8));
                out.closeEntry();
            }
        }
        Snapshot snapshot = stage.uploads()
                .archive(stage.place(), "src", "code.zip", new ByteArrayInputStream(zip.toByteArray()), "owner");
        assertThat(snapshot.files()).isEqualTo(3);
        assertThat(listed(stage, snapshot, "")).containsExactly("big.bin", "data/", "train.py");
        assertThat(listed(stage, snapshot, "data")).containsExactly("a.csv");
        assertThat(stage.uploads()
                        .content(stage.place(), "src", snapshot.id(), new EntryPath("data/a.csv"), Scope.EVERYTHING))
                .hasContent("data/a.csv");
        try (Stream<Path> left = Files.list(directory.resolve("blobs"))) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactly("id-default");
        }
        database.close();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aRefusedArchiveMakesNoSnapshot(Database database) {
        Stage stage = stage(database);
        assertThatThrownBy(() -> stage.uploads()
                        .archive(stage.place(), "src", "x.zip", new ByteArrayInputStream(new byte[100]), "owner"))
                .isInstanceOf(RopewalkException.class);
        assertThat(stage.uploads().latest(stage.place().projectId(), "src")).isEmpty();
        database.close();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void whatADeletedProjectAloneHadIsFreed(Database database) throws IOException {
        Stage stage = stage(database);
        upload(stage, Map.of("both", "shared", "mine", "alone"));
        ProjectPlace other = stage.projects().add("default", "letters", TestProjects.upload("src"));
        Stage theirs = new Stage(stage.uploads(), other, stage.projects());
        Snapshot kept = upload(theirs, Map.of("both", "shared"));
        Uploads.OriginNote note = new Uploads.OriginNote(null, null, null, "- 1");
        upload(stage, Map.of("mine", "new"));
        stage.uploads().offer(stage.place(), "src", List.of(entry("mine", 0644, "alone")), note, "owner");
        OrphanSweeper sweeper = sweeper(database, stage, CLOCK);
        int before = contents();

        assertThat(sweeper.pass()).isTrue();
        assertThat(contents()).as("nothing goes while it is in use").isEqualTo(before);

        ProjectId project = stage.place().projectId();
        database.write(handle -> {
            stage.uploads().deleteProject(handle, project);
            return project;
        });
        sweeper.deleted(project);
        assertThat(sweeper.pass()).isTrue();
        assertThat(contents()).as("one file and its manifest").isEqualTo(2);
        Path tree = Files.createDirectory(directory.resolve("tree"));
        stage.uploads().writeInto(other.projectId(), "src", kept.id(), tree);
        assertThat(tree.resolve("both")).hasContent("shared");
        assertThat(stage.uploads().latest(project, "src")).isEmpty();
        database.close();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void theTreesOfADeletedProjectGoAlsoWhenTheServerDiedBeforeThat(Database database) throws IOException {
        Stage stage = stage(database);
        MaterialisedTrees trees = new MaterialisedTrees(directory.resolve("trees"), CLOCK);
        ProjectId deleted = ProjectId.mint();
        ProjectId kept = ProjectId.mint();
        Path gone = trees.tree(deleted, "k", (into, _) -> writeA(into), _ -> {});
        Path left = trees.tree(kept, "k", (into, _) -> writeA(into), _ -> {});
        database.write(handle -> {
            sweeper(database, stage, CLOCK).note(handle, deleted);
            return deleted;
        });

        assertThat(sweeper(database, stage, CLOCK).pass()).isTrue();

        assertThat(gone).doesNotExist();
        assertThat(left).isDirectory();
        database.close();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void aContentThatNobodyMadeASnapshotOfIsFreedAfterADay(Database database) throws IOException {
        Stage stage = stage(database);
        upload(stage, Map.of("a", "kept"));
        send(stage, Map.of("b", "given up"));
        int before = contents();
        Clock now = Clock.systemUTC();
        assertThat(sweeper(database, stage(stage, database, now), now).pass()).isTrue();
        assertThat(contents()).isEqualTo(before);
        Clock later = Clock.offset(now, Duration.ofHours(25));
        assertThat(sweeper(database, stage(stage, database, later), later).pass())
                .isTrue();
        assertThat(contents()).isEqualTo(before - 1);
        assertThat(offer(stage, Map.of("a", "kept"))).isInstanceOf(Uploads.Offer.Taken.class);
        assertThat(offer(stage, Map.of("b", "given up"))).isInstanceOf(Uploads.Offer.Missing.class);
        database.close();
    }

    @ParameterizedTest
    @MethodSource(BOTH)
    void nothingIsFreedWhileAManifestCannotBeRead(Database database) throws IOException {
        Stage stage = stage(database);
        upload(stage, Map.of("a", "kept"));
        send(stage, Map.of("b", "given up"));
        for (Path file : files()) {
            if (Files.readString(file).startsWith("ropewalk manifest")) {
                Files.writeString(file, "ropewalk manifest 1\n");
            }
        }
        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(25));
        sweeper(database, stage(stage, database, later), later).pass();
        List<String> left = new ArrayList<>();
        for (Path file : files()) {
            left.add(Files.readString(file));
        }
        assertThat(left).contains("given up", "kept");
        database.close();
    }

    private static void writeA(Path into) {
        try {
            Files.writeString(into.resolve("a"), "a");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Stage stage(Stage earlier, Database database, Clock clock) {
        return new Stage(new Uploads(database, directory.resolve("blobs"), clock), earlier.place(), earlier.projects());
    }

    private OrphanSweeper sweeper(Database database, Stage stage, Clock clock) {
        MaterialisedTrees trees = new MaterialisedTrees(directory.resolve("trees"), clock);
        return new OrphanSweeper(database, stage.uploads(), trees, () -> {});
    }

    private int contents() throws IOException {
        return files().size();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("blobs"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private List<String> listed(Stage stage, Snapshot snapshot, String path) {
        return stage.uploads().browse(stage.place(), "src", snapshot.id(), path, Scope.EVERYTHING).items().stream()
                .map(item -> item.name() + (item.directory() ? "/" : ""))
                .toList();
    }

    private static Snapshot upload(Stage stage, Map<String, String> files) {
        send(stage, files);
        return ((Uploads.Offer.Taken) offer(stage, files)).snapshot();
    }

    private static Uploads.Offer offer(Stage stage, Map<String, String> files) {
        List<FileEntry> entries = new TreeMap<>(files)
                .entrySet().stream()
                        .map(file -> entry(file.getKey(), 0644, file.getValue()))
                        .toList();
        return stage.uploads().offer(stage.place(), "src", entries, null, "owner");
    }

    private static void send(Stage stage, Map<String, String> files) {
        files.values()
                .forEach(text -> stage.uploads()
                        .put(
                                stage.place().workspaceId(),
                                hash(text),
                                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))));
    }

    private static FileEntry entry(String path, int mode, String text) {
        return new FileEntry(new EntryPath(path), mode, text.getBytes(StandardCharsets.UTF_8).length, hash(text));
    }

    private static ContentHash hash(String text) {
        return ContentHash.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
