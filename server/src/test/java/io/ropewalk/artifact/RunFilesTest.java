package io.ropewalk.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.http.Content;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RunFilesTest {
    private static final String SECRET = "the secret";

    @TempDir
    Path directory;

    private Path root;
    private RunFiles files;

    @BeforeEach
    void makeRoot() throws IOException {
        root = Files.createDirectories(directory.resolve("runs/run-1/output"));
        Files.createDirectories(root.resolve("models/best"));
        Files.writeString(root.resolve("models/best/weights.txt"), "weights");
        Files.writeString(root.resolve("report.txt"), "report");
        Files.writeString(directory.resolve("secret.txt"), SECRET);
        Files.writeString(directory.resolve("runs/run-1/token"), SECRET);
        files = new RunFiles(root);
    }

    @Test
    void filesAreListedDirectoriesFirst() {
        FileList list = files.list("");
        assertThat(list.entries()).extracting(FileList.Entry::name).containsExactly("models", "report.txt");
        assertThat(list.entries().getFirst().directory()).isTrue();
        assertThat(list.entries().getFirst().bytes()).isNull();
        assertThat(list.entries().getLast().bytes()).isEqualTo(6);
        assertThat(list.entries().getLast().modifiedAt()).isNotNull();
        assertThat(list.truncated()).isFalse();
        assertThat(files.list("models/best").entries())
                .extracting(FileList.Entry::name)
                .containsExactly("weights.txt");
        assertThat(files.totals()).isEqualTo(new FileTotals(2, 13, false));
    }

    @Test
    void aRunThatWroteNothingHasNoFiles() {
        RunFiles none = new RunFiles(directory.resolve("nowhere"));
        assertThat(none.list("").entries()).isEmpty();
        assertThat(none.totals()).isEqualTo(new FileTotals(0, 0, false));
        assertThatThrownBy(() -> none.preview("x")).isInstanceOf(RopewalkException.class);
    }

    /// Spellings of a way out, in every position of a path.
    static Stream<String> traversals() {
        List<String> ups = List.of(
                "..",
                "%2e%2e",
                "%2E%2E",
                ".%2e",
                "%2e.",
                "%252e%252e",
                "..%00",
                "..\0",
                "..;",
                "..\\",
                "...",
                "....",
                "%c0%ae%c0%ae",
                "%uff0e%uff0e",
                "．．",
                "‥",
                "..%c0%af",
                "\u2024\u2024",
                "%5c..",
                "..%5c",
                "‛2E‛2E",
                "‛2E.",
                ".‛2E",
                "..‛00",
                "..\u200b",
                ".. ",
                " ..",
                "..\t",
                "..\r",
                "..\n",
                "~",
                "$HOME",
                "..＼..",
                "‛..");
        List<String> separators = List.of("/", "//", "\\", "%2f", "%5c", "%252f", "‛2F", "∕", "／", "＼");
        Set<String> paths = new LinkedHashSet<>(List.of(
                "..",
                "../",
                "/",
                "//",
                "/etc/passwd",
                "//etc/passwd",
                "\\etc\\passwd",
                "C:\\x",
                "file:///etc/passwd",
                "./report.txt",
                "models/./best",
                "models//best",
                "models/",
                "report.txt/",
                "report.txt/..",
                ".",
                "\0",
                "report.txt\0",
                "report.txt\0.png",
                "models/../../token",
                "a".repeat(5_000),
                "/proc/self/environ"));
        for (String up : ups) {
            for (String separator : separators) {
                paths.add(up + separator + "token");
                paths.add("models" + separator + up + separator + up + separator + "token");
                paths.add(up + separator + up + separator + up + separator + "secret.txt");
            }
        }
        return paths.stream();
    }

    @Test
    void noSpellingOfAPathLeavesTheDirectory() {
        List<String> paths = traversals().toList();
        assertThat(paths).hasSizeGreaterThan(200);
        List<String> through = new ArrayList<>();
        for (String path : paths) {
            try {
                files.preview(path);
                through.add(path);
            } catch (RopewalkException e) {
                assertThat(e.code()).isIn(ErrorCode.INVALID_REQUEST, ErrorCode.NOT_FOUND);
                assertThat(e.getMessage()).doesNotContain(SECRET).doesNotContain(directory.toString());
            }
            assertThatThrownBy(() -> files.content(path, false)).isInstanceOf(RopewalkException.class);
            assertThatThrownBy(() -> files.list(path)).isInstanceOf(RopewalkException.class);
        }
        assertThat(through).isEmpty();
    }

    @Test
    void linksAreListedAndNeverFollowed() throws IOException {
        Files.createSymbolicLink(root.resolve("out"), directory);
        Files.createSymbolicLink(root.resolve("file"), directory.resolve("secret.txt"));
        Files.createSymbolicLink(root.resolve("relative"), Path.of("../token"));
        Files.createSymbolicLink(root.resolve("inside"), Path.of("report.txt"));
        Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
        Files.createSymbolicLink(root.resolve("models/up"), Path.of(".."));
        assertThat(files.list("").entries())
                .extracting(FileList.Entry::name)
                .contains("out", "file", "relative", "inside", "loop");
        for (String path : List.of(
                "out/secret.txt", "file", "relative", "inside", "loop", "models/up/report.txt", "models/up/file")) {
            assertThatThrownBy(() -> files.preview(path))
                    .isInstanceOf(RopewalkException.class)
                    .hasMessageContaining("not followed");
            assertThatThrownBy(() -> files.content(path, true)).isInstanceOf(RopewalkException.class);
        }
        assertThatThrownBy(() -> files.list("out")).isInstanceOf(RopewalkException.class);
        assertThatThrownBy(() -> files.list("models/up")).isInstanceOf(RopewalkException.class);
        assertThat(files.totals()).isEqualTo(new FileTotals(2, 13, false));
    }

    @Test
    void aLinkThatTakesAFilesPlaceWhileItIsAskedForIsNotFollowed() throws IOException {
        Content.Untrusted asked = untrusted("report.txt");
        Content.Untrusted deeper = untrusted("models/best/weights.txt");
        Files.delete(root.resolve("report.txt"));
        Files.createSymbolicLink(root.resolve("report.txt"), directory.resolve("secret.txt"));
        Files.move(root.resolve("models"), root.resolve("moved"));
        Files.createSymbolicLink(root.resolve("models"), root.resolve("moved"));
        assertThatThrownBy(() -> asked.file().open()).isInstanceOf(RopewalkException.class);
        assertThatThrownBy(() -> deeper.file().open()).isInstanceOf(RopewalkException.class);
    }

    @Test
    void aPipeIsNeitherListedNorOpened() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", root.resolve("pipe").toString())
                        .start()
                        .waitFor())
                .isZero();
        assertThat(files.list("").entries()).extracting(FileList.Entry::name).doesNotContain("pipe");
        assertThatThrownBy(() -> files.preview("pipe")).isInstanceOf(RopewalkException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain.txt", "with%20space.txt", "100%25.txt", "back%5Cslash", "new%0Aline", "%FFbroken%FE",
                        "caf%C3%A9",
                "%E6%BC%A2%E5%AD%97", "half%C3", "%ED%A0%80surrogate", "%E2%80%9Bquoted", "%EF%BC%85wide", "-rf", "...",
                "a%20", "%F0%9F%98%80", "quote%22%27%3Cscript%3E", "%E2%80%9B41", "%C0%AE%C0%AE", "%7F", "..%E2%80%9B"
            })
    void aFileWithAnyNameIsListedAndReadByTheNameInTheList(String encoded) throws IOException {
        Path name = Path.of(URI.create("file:///" + encoded)).getFileName();
        Path odd = Files.createDirectory(root.resolve("odd"));
        Files.writeString(odd.resolve(name), "content of " + encoded);
        FileList list = files.list("odd");
        assertThat(list.entries()).hasSize(1);
        String text = list.entries().getFirst().name();
        assertThat(text).doesNotContain("%").doesNotContain("\\").doesNotContainPattern("\\p{Cntrl}");
        assertThat(files.preview("odd/" + text).text()).isEqualTo("content of " + encoded);
    }

    @Test
    void whatAProgramWroteNeverRunsInABrowser() throws IOException {
        Files.writeString(root.resolve("page.html"), "<script>alert(1)</script>");
        Files.writeString(root.resolve("image.svg"), "<svg onload='alert(1)'/>");
        Files.writeString(root.resolve("pretends.png"), "<script>alert(1)</script>");
        Files.write(root.resolve("real.txt"), new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0});
        Files.write(root.resolve("weights.html"), new byte[] {0, 1, 2});
        assertThat(untrusted("page.html").mediaType()).isEqualTo("text/plain; charset=utf-8");
        assertThat(untrusted("image.svg").mediaType()).isEqualTo("text/plain; charset=utf-8");
        assertThat(untrusted("pretends.png").mediaType()).isEqualTo("text/plain; charset=utf-8");
        assertThat(untrusted("real.txt").mediaType()).isEqualTo("image/png");
        assertThat(untrusted("real.txt").inline()).isTrue();
        assertThat(untrusted("weights.html").mediaType()).isEqualTo("application/octet-stream");
        assertThat(untrusted("weights.html").inline()).isFalse();
        assertThat(((Content.Untrusted) files.content("real.txt", true)).inline())
                .isFalse();
    }

    private Content.Untrusted untrusted(String path) {
        return (Content.Untrusted) files.content(path, false);
    }

    @Test
    void previewsShowTheBeginningOfEveryKind() throws IOException {
        Files.writeString(root.resolve("long.txt"), "ä".repeat(100_000));
        Preview text = files.preview("long.txt");
        assertThat(text.kind()).isEqualTo(FileKind.TEXT);
        assertThat(text.truncated()).isTrue();
        assertThat(text.text()).isEqualTo("ä".repeat(32 * 1024));
        assertThat(text.bytes()).isEqualTo(200_000);

        Files.writeString(root.resolve("a.json"), "{\"a\":[1,1e400,0.10],\"a\":\"<b>\"}");
        assertThat(files.preview("a.json").kind()).isEqualTo(FileKind.JSON);
        assertThat(files.preview("a.json").text())
                .contains("1E+400", "0.10", "\"<b>\"")
                .hasLineCount(4);
        Files.writeString(root.resolve("bad.json"), "{\"a\":");
        assertThat(files.preview("bad.json").kind()).isEqualTo(FileKind.TEXT);
        Files.writeString(root.resolve("deep.json"), "[".repeat(100_000));
        assertThat(files.preview("deep.json").kind()).isEqualTo(FileKind.TEXT);

        Files.writeString(root.resolve("page.html"), "<h1>x</h1>");
        assertThat(files.preview("page.html").kind()).isEqualTo(FileKind.HTML);
        assertThat(files.preview("page.html").text()).isEqualTo("<h1>x</h1>");

        Files.write(root.resolve("model.bin"), new byte[] {1, 0, 2});
        assertThat(files.preview("model.bin").kind()).isEqualTo(FileKind.BINARY);
        assertThat(files.preview("model.bin").bytes()).isEqualTo(3);

        Files.writeString(root.resolve("r.gif"), "GIF89a…");
        assertThat(files.preview("r.gif").mediaType()).isEqualTo("image/gif");
        Files.writeString(root.resolve("empty"), "");
        assertThat(files.preview("empty").text()).isEmpty();
    }

    @Test
    void aTableIsCutAndItsTypesGuessed() throws IOException {
        StringBuilder csv = new StringBuilder("epoch,loss,ok,at,note,gap\n");
        for (int i = 0; i < 300; i++) {
            csv.append(i).append(",0.").append(i).append(",true,2026-11-21T10:00:00Z,\"a, \"\"b\"\"\nc\",\r\n");
        }
        Files.writeString(root.resolve("t.csv"), csv);
        Preview preview = files.preview("t.csv");
        assertThat(preview.kind()).isEqualTo(FileKind.CSV);
        assertThat(preview.columns()).containsExactly("epoch", "loss", "ok", "at", "note", "gap");
        assertThat(preview.types()).containsExactly("integer", "number", "boolean", "time", "text", "empty");
        assertThat(preview.rows()).hasSize(200);
        assertThat(List.copyOf(java.util.Objects.requireNonNull(preview.rows())).getLast())
                .containsExactly("199", "0.199", "true", "2026-11-21T10:00:00Z", "a, \"b\"\nc", "");
        assertThat(preview.truncated()).isTrue();
    }

    record Row(String text, List<String> columns, List<List<String>> rows) {}

    static Stream<Row> tables() {
        return Stream.of(
                new Row("", List.of(), List.of()),
                new Row("a", List.of("a"), List.of()),
                new Row("a,b\n1,2", List.of("a", "b"), List.of(List.of("1", "2"))),
                new Row("a;b\n1,5;2\n", List.of("a", "b"), List.of(List.of("1,5", "2"))),
                new Row("a\tb\n1\t\n", List.of("a", "b"), List.of(List.of("1", ""))),
                new Row(
                        "\ufeffa|b\n1|2\n\n3|4",
                        List.of("a", "b"),
                        List.of(List.of("1", "2"), List.of(""), List.of("3", "4"))),
                new Row("a,\"b\"\n\"1\"\"2\",\"x", List.of("a", "b"), List.of(List.of("1\"2", "x"))),
                new Row("=1+1,@x\n", List.of("=1+1", "@x"), List.of()));
    }

    @ParameterizedTest
    @MethodSource("tables")
    void separatedValuesAreRead(Row row) {
        Table table = Table.of(row.text(), false);
        assertThat(table.columns()).isEqualTo(row.columns());
        assertThat(table.rows()).isEqualTo(row.rows());
        assertThat(table.truncated()).isFalse();
    }

    @Test
    void aTableWithTooManyColumnsOrACutLastLineSaysSo() {
        Table wide = Table.of("x,".repeat(80) + "x\n", false);
        assertThat(wide.columns()).hasSize(50);
        assertThat(wide.truncated()).isTrue();
        assertThat(Table.of("a,b\n1,2\n3", true).rows()).containsExactly(List.of("1", "2"));
    }
}
