package io.ropewalk.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.conformance.source.Traversals;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.archive.EntryPath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
    private static final ContentHash HASH = ContentHash.of("x".getBytes(StandardCharsets.UTF_8));

    @Test
    void theSameFilesHaveTheSameManifest() {
        Manifest one = new Manifest(List.of(file("b", 0644), file("a/c", 0755)));
        Manifest two = new Manifest(List.of(file("a/c", 0100755), file("b", 0100600)));
        assertThat(one.text()).isEqualTo(two.text());
        assertThat(Manifest.parse(one.text().getBytes(StandardCharsets.UTF_8))).isEqualTo(one);
    }

    @Test
    void strangeNamesSurvive() {
        Manifest manifest = new Manifest(List.of(
                file("with space", 0644), file("ünïcode/文件", 0644), file("50%2e%2e.txt", 0644), file("-x", 0644)));
        assertThat(Manifest.parse(manifest.text().getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(manifest);
    }

    @ParameterizedTest
    @CsvSource({"420,100644", "493,100755", "33188,100644", "33261,100755", "41471,120000", "73,100755"})
    void aModeIsBroughtIntoOneForm(int mode, String octal) {
        assertThat(Integer.toOctalString(file("a", mode).mode())).isEqualTo(octal);
    }

    @ParameterizedTest
    @ValueSource(ints = {0020666, 0060666, 0010666, 0040755, 0140777})
    void whatIsNoFileIsRefused(int mode) {
        assertThatThrownBy(() -> file("a", mode)).isInstanceOf(RopewalkException.class);
    }

    @Test
    void pathsThatCannotBeTogetherAreRefused() {
        assertThatThrownBy(() -> new Manifest(List.of(file("a", 0644), file("a", 0644))))
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> new Manifest(List.of(file("a", 0644), file("a-b", 0644), file("a/b", 0644))))
                .hasMessageContaining("a file and a directory");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/a",
                "a/",
                "a//b",
                ".",
                "./a",
                "a/.",
                "a/./b",
                "..",
                "../a",
                "a/..",
                "a/../b",
                "a\\b",
                "C:a",
                "a\0b",
                "a\nb",
                "a\rb",
                "a\u007fb",
                "a\u0085b",
                "a\u2028b",
                "a\ud800b"
            })
    void aPathThatIsNotPlainIsRefused(String path) {
        assertThatThrownBy(() -> new EntryPath(path)).isInstanceOf(RopewalkException.class);
    }

    @Test
    void aPathMayBeLongButNotTooLong() {
        assertThat(new EntryPath("abc/".repeat(1023) + "x").parents()).hasSize(1023);
        assertThatThrownBy(() -> new EntryPath("abc/".repeat(1024) + "x")).isInstanceOf(RopewalkException.class);
        assertThat(new EntryPath("ü".repeat(127)).name()).hasSize(127);
        assertThatThrownBy(() -> new EntryPath("ü".repeat(128))).isInstanceOf(RopewalkException.class);
        assertThat(new EntryPath("😀".repeat(63)).value()).isNotEmpty();
        assertThatThrownBy(() -> new EntryPath("😀".repeat(64))).isInstanceOf(RopewalkException.class);
    }

    @Test
    void noSpellingOfAWayOutGetsOut() {
        Path root = Path.of("/srv/root");
        assertThat(Traversals.all()).hasSizeGreaterThanOrEqualTo(200);
        for (String spelling : Traversals.all()) {
            try {
                EntryPath path = new EntryPath(spelling);
                Path resolved = root.resolve(path.value());
                assertThat(resolved.normalize())
                        .as(spelling)
                        .isEqualTo(resolved)
                        .startsWithRaw(root);
            } catch (RopewalkException e) {
                assertThat(e.code().status()).isEqualTo(400);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "l, a, true",
        "l, a/b, true",
        "d/l, ../a, true",
        "d/e/l, ../../a, true",
        "l, ../a, false",
        "d/l, ../../a, false",
        "l, a/../b, false",
        "l, /a, false",
        "l, '', false",
        "l, 'a\\b', false",
        "d/l, .., true",
        "l, ., true",
    })
    void aLinkMayNotLeaveTheTree(String path, String target, boolean good) {
        EntryPath link = new EntryPath(path);
        if (good) {
            link.checkLink(target);
        } else {
            assertThatThrownBy(() -> link.checkLink(target)).isInstanceOf(RopewalkException.class);
        }
    }

    @Test
    void noSpellingOfAWayOutIsALinkThatGetsOut() {
        EntryPath link = new EntryPath("l");
        Path root = Path.of("/srv/root");
        for (String spelling : Traversals.all()) {
            try {
                link.checkLink(spelling);
                assertThat(root.resolve(spelling).normalize()).as(spelling).startsWithRaw(root);
            } catch (RopewalkException e) {
                assertThat(e.code().status()).isEqualTo(400);
            }
        }
    }

    private static FileEntry file(String path, int mode) {
        return new FileEntry(new EntryPath(path), mode, 1, HASH);
    }
}
