package io.ropewalk.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.source.SourceType.TreeWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaterialisedTreesTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private static final ProjectId OWNER = new ProjectId("p-1");

    @TempDir
    Path root;

    private final AtomicInteger made = new AtomicInteger();
    private final List<String> reports = new ArrayList<>();
    private MaterialisedTrees trees = trees(NOW);
    private TreeWriter writer = writer("hello");

    @BeforeEach
    void prepare() {
        trees = trees(NOW);
        writer = writer("hello");
    }

    @Test
    void aTreeIsMadeOnceForAll() {
        Path one = tree("key");
        Path two = tree("key");
        assertThat(two).isEqualTo(one);
        assertThat(made).hasValue(1);
        assertThat(tree("another")).isNotEqualTo(one);
    }

    @Test
    void itsFilesAreReadOnlyAndKeepWhatCanBeRun() throws IOException {
        Path tree = tree("key");
        assertThat(permissions(tree.resolve("a/file"))).isEqualTo("r--r--r--");
        assertThat(permissions(tree.resolve("run.sh"))).isEqualTo("r-xr-xr-x");
    }

    @Test
    void aMakerThatFailsLeavesNothingAndTheNextOneMakesIt() throws IOException {
        TreeWriter failing = (directory, _) -> {
            write(directory.resolve("half"), "x");
            throw new RopewalkException(ErrorCode.SOURCE_UNAVAILABLE, "gone");
        };
        assertThatThrownBy(() -> trees.tree(OWNER, "key", failing, reports::add))
                .hasMessage("gone");
        try (Stream<Path> left = Files.list(root.resolve(OWNER.value()))) {
            assertThat(left.filter(Files::isDirectory)).isEmpty();
        }
        assertThat(tree("key").resolve("half")).doesNotExist();
    }

    @Test
    void whatAKilledMakerLeftIsThrownAway() throws IOException {
        Path tree = tree("key");
        Path home = tree.resolveSibling("");
        Path making = home.resolveSibling(home.getFileName() + ".making");
        MaterialisedTrees.delete(home);
        Files.createDirectories(making.resolve("tree"));
        write(making.resolve("tree/stale"), "x");

        assertThat(tree("key").resolve("stale")).doesNotExist();
        assertThat(making).doesNotExist();
        assertThat(made).hasValue(2);
    }

    @Test
    void manyWhoWantItAtOnceGetTheOneThatWasMade() throws Exception {
        CyclicBarrier together = new CyclicBarrier(8);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Path>> asked = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                asked.add(threads.submit(() -> {
                    together.await();
                    return trees.tree(OWNER, "key", writer, _ -> {});
                }));
            }
            for (Future<Path> one : asked) {
                assertThat(one.get().resolve("a/file")).hasContent("hello");
            }
        }
        assertThat(made).hasValue(1);
    }

    @Test
    void aFileThatAProgramChangedIsMadeAnew() throws IOException {
        Path file = tree("key").resolve("a/file");
        FileTime before = Files.getLastModifiedTime(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        write(file, "HELLO");
        Files.setLastModifiedTime(file, before);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));

        assertThat(tree("key").resolve("a/file")).hasContent("hello");
        assertThat(made).hasValue(2);
        assertThat(reports).anyMatch(line -> line.contains("changed"));
    }

    @Test
    void aFileThatWasAddedOrRemovedIsNoticed() throws IOException {
        write(tree("key").resolve("a/more"), "x");
        assertThat(tree("key").resolve("a/more")).doesNotExist();
        Files.delete(tree("key").resolve("run.sh"));
        assertThat(tree("key").resolve("run.sh")).exists();
        assertThat(made).hasValue(3);
    }

    @Test
    void aLinkThatWasPutInAFilesPlaceIsNoticed() throws IOException {
        Path tree = tree("key");
        Files.delete(tree.resolve("a/file"));
        Files.createSymbolicLink(tree.resolve("a/file"), Path.of("/etc/hostname"));
        assertThat(Files.isSymbolicLink(tree("key").resolve("a/file"))).isFalse();
    }

    @Test
    void aFileThatWasOnlyTouchedIsKept() throws IOException {
        Path file = tree("key").resolve("a/file");
        Files.setLastModifiedTime(file, FileTime.from(NOW));
        tree("key");
        tree("key");
        assertThat(made).hasValue(1);
    }

    @Test
    void whoUsesAChangedTreeKeepsItForAWeek() throws IOException {
        Path tree = tree("key");
        write(tree.resolve("a/more"), "x");
        tree("key");
        assertThat(aside()).hasSize(1);
        trees(NOW.plus(Duration.ofDays(6))).sweep();
        assertThat(aside()).hasSize(1);
        trees(NOW.plus(Duration.ofDays(8))).sweep();
        assertThat(aside()).isEmpty();
        assertThat(tree("key").resolve("a/file")).hasContent("hello");
    }

    @Test
    void theTimeOfItsLastUseIsNoted() throws IOException {
        Path tree = tree("key");
        Instant later = NOW.plus(Duration.ofDays(1));
        trees(later).tree(OWNER, "key", writer, reports::add);
        assertThat(Files.getLastModifiedTime(tree.resolveSibling("lastUsed")).toInstant())
                .isEqualTo(later);
    }

    @Test
    void treesGoWithTheirProject() {
        ProjectId other = new ProjectId("p-2");
        Path mine = tree("key");
        Path theirs = trees.tree(other, "key", writer, reports::add);
        assertThat(theirs).isNotEqualTo(mine);
        trees.forget(OWNER);
        assertThat(mine).doesNotExist();
        assertThat(theirs).isDirectory();
        assertThat(tree("key")).isDirectory();
    }

    @Test
    void aTreeWithALinkOutOfItIsRefused() {
        for (String target : List.of("/etc", "../..", "a/../../..")) {
            TreeWriter linking = (directory, _) -> {
                try {
                    Files.createSymbolicLink(directory.resolve("out"), Path.of(target));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            };
            assertThatThrownBy(() -> trees.tree(OWNER, "key" + target, linking, reports::add))
                    .isInstanceOf(RopewalkException.class)
                    .hasMessageContaining("out of the tree");
        }
    }

    private Path tree(String key) {
        return trees.tree(OWNER, key, writer, reports::add);
    }

    private MaterialisedTrees trees(Instant now) {
        return new MaterialisedTrees(root, Clock.fixed(now, ZoneOffset.UTC));
    }

    private TreeWriter writer(String text) {
        return (directory, _) -> {
            made.incrementAndGet();
            try {
                Files.createDirectories(directory.resolve("a"));
                write(directory.resolve("a/file"), text);
                write(directory.resolve("run.sh"), "#!");
                Files.setPosixFilePermissions(
                        directory.resolve("run.sh"), PosixFilePermissions.fromString("rwxr-xr-x"));
                Files.createSymbolicLink(directory.resolve("a/up"), Path.of("../run.sh"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    private List<Path> aside() throws IOException {
        try (Stream<Path> children = Files.list(root.resolve(OWNER.value()))) {
            return children.filter(path -> path.toString().contains(".changed-"))
                    .toList();
        }
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
