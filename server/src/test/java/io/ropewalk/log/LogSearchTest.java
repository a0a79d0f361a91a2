package io.ropewalk.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogSearchTest {
    private static final String LOG =
            "epoch 1 loss 0.5\nwarning: lr\nepoch 2 loss 0.25\nsaved\n\u001b[32mepoch\u001b[0m 3 loss nan\nbye\n";

    static Stream<Arguments> found() {
        return Stream.of(
                Arguments.of(LinePattern.text("warning"), List.of("warning: lr")),
                Arguments.of(LinePattern.text("Warning"), List.of()),
                Arguments.of(LinePattern.text("."), List.of("epoch 1 loss 0.5", "epoch 2 loss 0.25")),
                Arguments.of(
                        LinePattern.regex("^epoch [23]"),
                        List.of("epoch 2 loss 0.25", "\u001b[32mepoch\u001b[0m 3 loss nan")),
                Arguments.of(LinePattern.regex("(?i)WARN"), List.of("warning: lr")),
                Arguments.of(LinePattern.regex("loss \\d+\\.\\d{2,3}$"), List.of("epoch 2 loss 0.25")),
                Arguments.of(LinePattern.regex("^$"), List.of()));
    }

    @ParameterizedTest
    @MethodSource("found")
    void aPatternSelectsLines(LinePattern pattern, List<String> lines) {
        var found = new LogSearch(pattern, 100, 0, false).in(TestLog.of(LOG), 0);
        assertThat(found.lines().stream().map(LogLine::text)).isEqualTo(lines);
        assertThat(found.end()).isTrue();
        assertThat(found.lines()).allMatch(line -> Boolean.TRUE.equals(line.match()));
    }

    @Test
    void contextIsShownBeforeAndAfterEachMatchOnce() {
        String log = IntStream.range(0, 30).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
        var found = new LogSearch(LinePattern.regex("line (5|7|20)$"), 100, 2, false).in(TestLog.of(log), 0);
        assertThat(found.lines().stream()
                        .map(line -> line.text().substring(5) + (Boolean.TRUE.equals(line.match()) ? "!" : "")))
                .containsExactly("3", "4", "5!", "6", "7!", "8", "9", "18", "19", "20!", "21", "22");
    }

    private static final String TRACEBACK = """
            epoch 1
            Traceback (most recent call last):
              File "train.py", line 3, in <module>
                step()
            ValueError: no data
            epoch 2
            """;

    @ParameterizedTest
    @ValueSource(strings = {"train.py", "ValueError", "Traceback", "step"})
    void aMatchInATracebackShowsAllOfIt(String text) {
        var found = new LogSearch(LinePattern.text(text), 100, 0, false).in(TestLog.of(TRACEBACK), 0);
        assertThat(found.lines().stream().map(LogLine::text))
                .isEqualTo(TRACEBACK.lines().skip(1).limit(4).toList());
        assertThat(found.lines().stream().filter(line -> Boolean.TRUE.equals(line.match())))
                .allMatch(line -> line.text().contains(text))
                .isNotEmpty();
    }

    @Test
    void aTracebackWithoutAMatchIsNotShown() {
        var found = new LogSearch(LinePattern.text("epoch"), 100, 0, false).in(TestLog.of(TRACEBACK), 0);
        assertThat(found.lines().stream().map(LogLine::text)).containsExactly("epoch 1", "epoch 2");
    }

    @Test
    void aJavaTracebackBeginsWithTheLineBeforeItsFrames() {
        String log = "start\nERROR failed\n\tat a.B.c(B.java:1)\n\tat a.B.main(B.java:9)\nend\n";
        for (String text : List.of("B.java:9", "failed")) {
            var found = new LogSearch(LinePattern.text(text), 100, 0, false).in(TestLog.of(log), 0);
            assertThat(found.lines().stream().map(LogLine::text))
                    .as(text)
                    .containsExactly("ERROR failed", "\tat a.B.c(B.java:1)", "\tat a.B.main(B.java:9)");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 100})
    void contextSurvivesTheEdgeOfAPage(int limit) {
        String log = IntStream.range(0, 60).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
        LinePattern pattern = LinePattern.regex("line (5|7|20|41|59)$");
        var whole = new LogSearch(pattern, 1000, 2, false).in(TestLog.of(log), 0);
        List<LogLine> paged = new ArrayList<>();
        long offset = 0;
        LogSearch.Found page;
        do {
            page = new LogSearch(pattern, limit, 2, false).in(TestLog.of(log), offset);
            paged.addAll(page.lines());
            offset = page.next();
        } while (!page.end());
        assertThat(paged).isEqualTo(whole.lines());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a+)+$",
                "(a|a)*$",
                "(a|aa)+$",
                "(.*a){25}$",
                "^(([a-z])+.)+[A-Z]([a-z])+$",
                "(a*)*b",
                "(x+x+)+y",
                "(.*)\\1\\1\\1b$",
                "(?:(?:(?:){99}){99})b",
                "(a|b|ab)*c"
            })
    void noExpressionHangsTheServer(String expression) {
        TestLog log = TestLog.of("a".repeat(60_000) + "!\n" + "x".repeat(40) + "\n" + "ab".repeat(30_000) + "\n");
        Assertions.assertThatCode(() -> {
                    long begun = System.nanoTime();
                    try {
                        new LogSearch(LinePattern.regex(expression), 100, 0, false).in(log, 0);
                    } catch (RopewalkException e) {
                        assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
                        assertThat(e).hasMessageContaining("offset 0").hasMessageContaining("simpler");
                    }
                    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
                })
                .doesNotThrowAnyException();
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("(", "not valid"),
                Arguments.of("[a", "not valid"),
                Arguments.of("a{2,1}", "not valid"),
                Arguments.of("*", "at character 1"),
                Arguments.of("\\k<x>", "not valid"),
                Arguments.of("(?:(?:(?:){9999}){9999}){9999}", "repeats too often"),
                Arguments.of("a{1,99999999999}", "repeats too often"),
                Arguments.of("a{999999999999999999999999}", "repeats too often"),
                Arguments.of("a".repeat(1001), "longer than 1000"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void aBadExpressionIsRefusedWithItsReason(String expression, String reason) {
        assertThatThrownBy(() -> LinePattern.regex(expression))
                .isInstanceOf(RopewalkException.class)
                .hasMessageContaining(reason)
                .satisfies(e -> assertThat(((RopewalkException) e).code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }

    @Test
    void aDeeplyNestedExpressionIsRefused() {
        String nested = "(".repeat(490) + "a" + ")*".repeat(255);
        assertThatThrownBy(() -> LinePattern.regex(nested)).isInstanceOf(RopewalkException.class);
        String deep = "(a|b)*c";
        assertThatThrownBy(() -> LinePattern.regex(deep).matches(new LogLine(3, "ab".repeat(32_000))))
                .isInstanceOf(RopewalkException.class)
                .hasMessageContaining("offset 3");
    }

    @Test
    void aHugeLogIsOpenedAndSearchedAPieceAtATime() {
        long size = 1L << 30;
        long[] given = {0};
        LogBytes sparse = (offset, limit) -> {
            int length = (int) Math.min(limit, size - offset);
            given[0] += length;
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = (byte) ((offset + i) % 100 == 99 ? '\n' : 'x');
            }
            return new io.ropewalk.spi.executor.LogChunk(offset, bytes, offset + length == size);
        };
        var first = LogSearch.everything(1000).in(sparse, 0);
        assertThat(first.lines()).hasSize(1000);
        assertThat(given[0]).isLessThan(1_000_000);

        given[0] = 0;
        LogFile file = new LogFile("worker-0", 1, List.of(1), size, true);
        LogPage last = Logs.page(source(sparse, file), file, LogStamps.NONE, 1, -100_000, LogSearch.everything(10_000));
        assertThat(last.complete()).isTrue();
        assertThat(last.lines()).hasSizeBetween(999, 1001);
        assertThat(last.lines().getFirst().text()).hasSize(99);
        assertThat(given[0]).isLessThan(1_000_000);

        given[0] = 0;
        var search = new LogSearch(LinePattern.text("nowhere"), 10, 0, false).in(sparse, 0);
        assertThat(search.end()).isFalse();
        assertThat(search.next()).isGreaterThan(0);
        assertThat(given[0]).isLessThan(2 * LogSearch.MOST_BYTES);
    }

    private static LogSource source(LogBytes bytes, LogFile file) {
        return new LogSource() {
            @Override
            public List<LogFile> files() {
                return List.of(file);
            }

            @Override
            public io.ropewalk.spi.executor.LogChunk read(String log, int attempt, long offset, int limit) {
                return bytes.read(offset, limit);
            }
        };
    }
}
