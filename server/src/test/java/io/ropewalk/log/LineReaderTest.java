package io.ropewalk.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.spi.executor.LogChunk;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LineReaderTest {
    static Stream<Arguments> shown() {
        return Stream.of(
                Arguments.of("", List.of()),
                Arguments.of("a\n", List.of("a")),
                Arguments.of("a", List.of("a")),
                Arguments.of("\n", List.of("")),
                Arguments.of("a\n\nb\n", List.of("a", "", "b")),
                Arguments.of("a\r\nb\r\n", List.of("a", "b")),
                Arguments.of("10%\r50%\r100%\ndone\n", List.of("100%", "done")),
                Arguments.of("10%\r50%\r100%\r\n", List.of("100%")),
                Arguments.of("10%\r\r\r\n", List.of("10%")),
                Arguments.of("\r\n", List.of("")),
                Arguments.of("\r10%\r20%", List.of("20%")),
                Arguments.of("\u001b[31mred\u001b[0m\n", List.of("\u001b[31mred\u001b[0m")),
                Arguments.of("grüße 漢字 😀\n", List.of("grüße 漢字 😀")),
                Arguments.of("tab\tand nul\0\n", List.of("tab\tand nul\0")));
    }

    @ParameterizedTest
    @MethodSource("shown")
    void bytesBecomeLines(String written, List<String> lines) {
        byte[] bytes = written.getBytes(StandardCharsets.UTF_8);
        for (int piece : new int[] {1, 2, 3, 7, 1 << 20}) {
            assertThat(texts(new TestLog(bytes, piece, true))).isEqualTo(lines);
        }
    }

    @Test
    void brokenCharactersAreReplacedAndTheRestSurvives() {
        byte[] bytes = {'a', (byte) 0xff, 'b', (byte) 0xc3, '\n', (byte) 0xe6, (byte) 0xbc, '\n', 'c', '\n'};
        assertThat(texts(new TestLog(bytes, 1, true))).containsExactly("a\ufffdb\ufffd", "\ufffd", "c");
    }

    @Test
    void aLineWithoutEndWaitsUntilItEndsOrTheLogDoes() {
        TestLog log = new TestLog("a\nb".getBytes(StandardCharsets.UTF_8), 100, false);
        LineReader reader = new LineReader(log, 0);
        assertThat(reader.next())
                .hasValueSatisfying(line -> assertThat(line.text()).isEqualTo("a"));
        assertThat(reader.next()).isEmpty();
        assertThat(reader.finished()).isFalse();
        assertThat(reader.pending()).hasValueSatisfying(line -> {
            assertThat(line.text()).isEqualTo("b");
            assertThat(line.offset()).isEqualTo(2);
            assertThat(line.partial()).isTrue();
        });
        log.complete = true;
        LineReader again = new LineReader(log, reader.position());
        assertThat(again.next())
                .hasValueSatisfying(line -> assertThat(line.text()).isEqualTo("b"));
        assertThat(again.finished()).isTrue();
    }

    @Test
    void aLongLineIsFoldedBetweenCharacters() {
        String line = "ä".repeat(100_000) + "x";
        List<String> texts = texts(TestLog.of(line + "\nnext\n"));
        assertThat(texts.getLast()).isEqualTo("next");
        assertThat(String.join("", texts.subList(0, texts.size() - 1))).isEqualTo(line);
        assertThat(texts)
                .allSatisfy(text -> assertThat(text.getBytes(StandardCharsets.UTF_8).length)
                        .isLessThanOrEqualTo(LineReader.LONGEST));
    }

    @Test
    void aBarThatIsRewrittenForHoursIsAFewLines() {
        StringBuilder bar = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            bar.append("\rstep ").append(i).append(" of 100000");
        }
        List<String> texts = texts(TestLog.of(bar + "\ndone\n"));
        assertThat(texts).hasSizeLessThan(12).endsWith("step 99999 of 100000", "done");
        assertThat(texts).allMatch(text -> text.matches("step \\d+ of 100000|done"));
    }

    @Test
    void whoeverResumesAtAnOffsetTheyWereGivenSeesEveryLineOnce() {
        Random random = new Random(7);
        byte[] bytes = new byte[600_000];
        String alphabet = "abc\r\nä";
        for (int i = 0; i < bytes.length; i++) {
            boolean quiet = i > 200_000 && i < 500_000;
            bytes[i] = quiet ? (byte) ('a' + i % 26) : (byte) alphabet.charAt(random.nextInt(alphabet.length()));
        }
        List<LogLine> whole = lines(new TestLog(bytes, 1 << 20, true), 0);
        TestLog log = new TestLog(bytes, 997, true);
        List<LogLine> pieced = new ArrayList<>();
        long offset = 0;
        while (true) {
            LineReader reader = new LineReader(log, offset);
            int some = 1 + random.nextInt(5_000);
            for (int i = 0; i < some; i++) {
                reader.next().ifPresent(pieced::add);
            }
            offset = reader.position();
            if (reader.finished()) {
                break;
            }
        }
        assertThat(pieced).isEqualTo(whole);
    }

    private static List<String> texts(LogBytes log) {
        return lines(log, 0).stream().map(LogLine::text).toList();
    }

    private static List<LogLine> lines(LogBytes log, long offset) {
        LineReader reader = new LineReader(log, offset);
        List<LogLine> lines = new ArrayList<>();
        for (Optional<LogLine> line = reader.next(); line.isPresent(); line = reader.next()) {
            lines.add(line.get());
        }
        assertThat(reader.finished()).isTrue();
        return lines;
    }

    @Test
    void whatWasDroppedIsNamedOnceAndTheRestIsShown() {
        byte[] all = "one\ntwo is cut<------>its end\nlast\n".getBytes(StandardCharsets.UTF_8);
        long from = 14;
        long to = 21;
        LogBytes log = (offset, limit) -> {
            long begin = offset >= from && offset < to ? to : Math.min(offset, all.length);
            long end = Math.min(begin + limit, begin < from ? from : all.length);
            return new LogChunk(
                    begin, Arrays.copyOfRange(all, (int) begin, (int) end), end == all.length && begin >= to);
        };
        for (int chunk : new int[] {1, 3, 8, 1_000}) {
            LineReader reader = new LineReader(log, 0, chunk);
            List<LogLine> lines = new ArrayList<>();
            for (Optional<LogLine> line = reader.next(); line.isPresent(); line = reader.next()) {
                lines.add(line.get());
            }
            assertThat(lines)
                    .extracting(line -> line.offset() + " " + line.text())
                    .containsExactly(
                            "0 one", "4 two is cut", "14 " + LineReader.droppedNotice(7), "21 >its end", "30 last");
            assertThat(reader.finished()).isTrue();
            assertThat(reader.position()).isEqualTo(all.length);
        }
        assertThat(new LogScan(LinePattern.text("end"), 0)
                        .in(log, 0, 10, () -> false)
                        .lines())
                .extracting(LogLine::text)
                .containsExactly(">its end");
        assertThat(new LogScan(LinePattern.text("last"), 3)
                        .in(log, 15, 10, () -> false)
                        .lines())
                .extracting(LogLine::text)
                .containsExactly(">its end", "last");
        assertThat(new LogSearch(LinePattern.text("e"), 10, 0, false).in(log, 0).lines())
                .extracting(LogLine::text)
                .contains("one", ">its end");
    }

    @Test
    void linesThatDoNotBeginWithASignComeWithoutTheirText() {
        LineReader reader = LineReader.ofLinesWith('{', TestLog.of("one\n{two}\n\nx\r{three}\n{four"), 0);
        List<String> lines = new ArrayList<>();
        for (Optional<LogLine> line = reader.next(); line.isPresent(); line = reader.next()) {
            lines.add(line.get().offset() + line.get().text());
        }
        assertThat(lines).containsExactly("0", "4{two}", "10", "11{three}", "21{four");
    }
}
