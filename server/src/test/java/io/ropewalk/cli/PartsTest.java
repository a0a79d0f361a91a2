package io.ropewalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The small parts that compute without asking anybody.
class PartsTest {
    private static final Terminal PLAIN = new Terminal(Map.of(), Path.of("/"), System.out, System.err, false);
    private static final Terminal COLOURED =
            new Terminal(Map.of(), Path.of("/"), new PrintStream(System.out), System.err, true);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    7                                    | here   |       | 7
                    train-7                              | here   | train | 7
                    digits/7                             | digits |       | 7
                    digits/train-7                       | digits | train | 7
                    my-project/two-words-12              | my-project | two-words | 12
                    """)
    void aRunIsNamedByNumber(String text, String project, String task, int number) {
        assertThat(RunReference.parse(text, "here"))
                .contains(new RunReference.ByNumber(project, task == null ? "" : task, number));
    }

    @Test
    void aRunIsNamedById() {
        String id = "019a8a70-1111-7222-8333-444455556666";
        assertThat(RunReference.parse(id, "here")).contains(new RunReference.ById(id));
    }

    @ParameterizedTest
    @CsvSource({"digits", "0", "-7x", "a/b/7", "train-", "../7", "7/7/7", "99999999999"})
    void otherTextsNameNoRun(String text) {
        assertThat(RunReference.parse(text, "here")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.0 s",
        "412, 0.4 s",
        "9999, 10.0 s",
        "12000, 12 s",
        "59999, 59 s",
        "60000, 1 m",
        "192000, 3 m 12 s",
        "7500000, 2 h 5 m",
        "90000000, 1 d 1 h",
        "-5, 0.0 s"
    })
    void durationsAreShort(long millis, String text) {
        assertThat(Human.duration(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, now", "5, 5 s ago", "65, 1 m ago", "7300, 2 h ago", "200000, 2 d ago"})
    void agesAreShorter(long seconds, String text) {
        Instant now = Instant.parse("2026-01-10T00:00:00Z");
        assertThat(Human.ago(now.minusSeconds(seconds).toString(), now)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 B", "1023, 1023 B", "1024, 1.0 KiB", "1572864, 1.5 MiB", "10737418240, 10 GiB"})
    void bytesAreBinary(long bytes, String text) {
        assertThat(Human.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0.123456, 0.1235",
        "12345, 12345",
        "250500.0, 250500",
        "2.50005E9, 2500050000",
        "1234567.8, 1235000",
        "0, 0",
        "0.000012345, 0.00001235",
        "1e-12, 1E-12",
        "NaN, NaN",
        "1.0, 1",
        "-3.14159, -3.142",
        "Infinity, Infinity"
    })
    void numbersHaveFourDigits(String exact, String text) {
        assertThat(Human.number(exact)).isEqualTo(text);
    }

    @Test
    void columnsAreAlignedAndColourTakesNoWidth() {
        Table table = new Table("NAME", ">SIZE", "STATE")
                .row("a", "1", COLOURED.state("failed"))
                .row("longer", "1000", "ok")
                .row("é", "");
        assertThat(table.lines(PLAIN))
                .containsExactly(
                        "NAME    SIZE  STATE", "a          1  \u001b[31mfailed\u001b[0m", "longer  1000  ok", "é");
    }

    @Test
    void treesKeepWhatTheyRead() {
        String json = "{\"a\":[1,2.5,true,null,\"x\"],\"b\":{\"c\":123456789012345678901}}";
        assertThat(Tree.write(Tree.parse(json), false)).isEqualTo(json);
        assertThat(Tree.parse(json).at("b", "missing", "deeper").isAbsent()).isTrue();
    }

    @Test
    void tarHeadersAreThoseOthersRead() throws IOException {
        String hash = "a".repeat(64);
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new ByteArrayInputStream(Upload.tarHeader(hash, 12345)))) {
            TarArchiveEntry entry = tar.getNextEntry();
            assertThat(entry.getName()).isEqualTo(hash);
            assertThat(entry.getSize()).isEqualTo(12345);
            assertThat(entry.isCheckSumOK()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"Digits, digits", "My Project (2), my-project-2", "__x__, x", "日本, project"})
    void aFolderGivesItsProjectAName(String folder, String name) {
        assertThat(Session.projectNameOf(Path.of(folder))).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "https://me:hush@host/a.git, https://host/a.git",
        "ssh://git@host/a.git, ssh://host/a.git",
        "git@host:a/b.git, git@host:a/b.git"
    })
    void remotesAreKeptWithoutCredentials(String remote, String kept) {
        assertThat(Folder.withoutCredentials(remote)).isEqualTo(kept);
    }

    @Test
    void aProgramsColoursAreShownOnlyWhereThereAreColours() {
        String text = "\u001b[2K\u001b]0;title\u0007a\u001b[31mred\u001b[0m!\u001b[1A";
        assertThat(PLAIN.shown(text)).isEqualTo("ared!");
        assertThat(COLOURED.shown(text)).isEqualTo("a\u001b[31mred\u001b[0m!\u001b[0m");
        assertThat(COLOURED.shown("plain")).isEqualTo("plain");
        assertThat(PLAIN.shown("a\u001b[3")).isEqualTo("a");
    }
}
