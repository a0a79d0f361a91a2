package io.ropewalk.support.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeRemovalTest {
    @TempDir
    Path home;

    @Test
    void everythingInATreeGoesButNothingThatLinksPointTo() throws IOException {
        Path others = Files.createDirectory(home.resolve("others"));
        Files.writeString(others.resolve("kept"), "kept");
        Path tree = home.resolve("tree");
        Files.createDirectories(tree.resolve("a/b"));
        Files.writeString(tree.resolve("a/b/file"), "x");
        Files.createSymbolicLink(tree.resolve("a/directory"), others);
        Files.createSymbolicLink(tree.resolve("a/b/file-link"), others.resolve("kept"));
        Files.createSymbolicLink(tree.resolve("nowhere"), Path.of("/nowhere"));

        TreeRemoval.remove(tree);

        assertThat(tree).doesNotExist();
        assertThat(others.resolve("kept")).hasContent("kept");
    }

    @Test
    void aLinkInTheTreesOwnPlaceIsAllThatGoes() throws IOException {
        Path others = Files.createDirectory(home.resolve("others"));
        Files.writeString(others.resolve("kept"), "kept");
        Path link = Files.createSymbolicLink(home.resolve("link"), others);

        TreeRemoval.remove(link);

        assertThat(Files.isSymbolicLink(link)).isFalse();
        assertThat(others.resolve("kept")).hasContent("kept");
    }

    @Test
    void directoriesThatForbidChangesGoToo() throws IOException {
        Path sealed = Files.createDirectories(home.resolve("tree/sealed"));
        Files.writeString(sealed.resolve("file"), "x");
        Files.setPosixFilePermissions(sealed, PosixFilePermissions.fromString("r-xr-xr-x"));

        TreeRemoval.remove(home.resolve("tree"));

        assertThat(home.resolve("tree")).doesNotExist();
    }

    @Test
    void aTreeMayBeDeeperThanAProcessMayOpenDirectories() throws IOException {
        Path tree = home.resolve("tree");
        Path deepest = tree;
        for (int i = 0; i < 1_000; i++) {
            deepest = deepest.resolve("d");
        }
        Files.createDirectories(deepest);

        TreeRemoval.remove(tree);

        assertThat(tree).doesNotExist();
    }

    @Test
    void whatIsNotThereIsRemovedAlready() throws IOException {
        TreeRemoval.remove(home.resolve("nothing"));
        assertThat(home).isEmptyDirectory();
    }
}
