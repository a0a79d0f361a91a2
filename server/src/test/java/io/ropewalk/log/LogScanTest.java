package io.ropewalk.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogScanTest {
    private static final String[] WORDS = {"loss", "epoch", "saved", "ab", "aab", "é€", "a", ".", "los", "\r", "12"};

    private static String random(Random random, int lines) {
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            for (int words = random.nextInt(6); words > 0; words--) {
                log.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(3) == 0 ? "" : " ");
            }
            log.append('\n');
        }
        return log.toString();
    }

    private static List<LogLine> all(LogScan scan, TestLog log, int limit) {
        List<LogLine> lines = new ArrayList<>();
        long offset = 0;
        LogScan.Found found;
        do {
            found = scan.in(log, offset, limit, () -> false);
            lines.addAll(found.lines());
            offset = found.next();
        } while (!found.end());
        return lines;
    }

    @ParameterizedTest
    @ValueSource(strings = {"loss", "aab", "é€", "a", "12 loss", "nowhere", "."})
    void findsWhatLineByLineFinds(String text) {
        Random random = new Random(7);
        for (int round = 0; round < 60; round++) {
            String log = random(random, 1 + random.nextInt(200));
            int piece = 1 + random.nextInt(500);
            TestLog bytes = new TestLog(log.getBytes(StandardCharsets.UTF_8), piece, random.nextBoolean());
            LinePattern pattern = LinePattern.text(text);
            List<Long> expected = new LogSearch(pattern, 10_000, 0, false)
                    .in(bytes, 0).lines().stream().map(LogLine::offset).toList();
            List<LogLine> found = all(new LogScan(pattern, 0), bytes, 1 + random.nextInt(5));
            assertThat(found.stream().map(LogLine::offset)).isEqualTo(expected);
            assertThat(found).allMatch(line -> Boolean.TRUE.equals(line.match()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"loss", "aab", "é€", "12 loss", "nowhere"})
    void readingOnlyWhereAMatchMayBeFindsTheSame(String text) {
        Random random = new Random(11);
        for (int round = 0; round < 60; round++) {
            List<LogSpan> spans = new ArrayList<>();
            StringBuilder log = new StringBuilder();
            int end = 0;
            for (int part = 0; part < 20; part++) {
                String lines = random(random, 1 + random.nextInt(12));
                int from = end;
                end += lines.getBytes(StandardCharsets.UTF_8).length;
                log.append(lines);
                if (lines.contains(text) || random.nextInt(8) == 0) {
                    spans.add(new LogSpan(from, end));
                }
            }
            String more = random(random, 5);
            spans.add(LogSpan.behind(end));
            TestLog bytes = TestLog.of(log + more);
            for (int context : new int[] {0, 2}) {
                LogScan scan = new LogScan(LinePattern.text(text), context);
                LogScan.Found all = scan.in(bytes, 0, Integer.MAX_VALUE, () -> false);
                bytes.given = 0;
                LogScan.Found some = scan.in(bytes, 0, spans, Integer.MAX_VALUE, () -> false);
                assertThat(some.lines()).isEqualTo(all.lines());
                assertThat(some.end()).isTrue();
                if (context == 0) {
                    assertThat(bytes.given)
                            .isEqualTo(spans.stream()
                                    .mapToLong(span -> Math.min(bytes.size(), span.to()) - span.from())
                                    .sum());
                }
                List<LogLine> paged = new ArrayList<>();
                long next = 0;
                LogScan.Found page;
                do {
                    page = scan.in(bytes, next, spans, 1, () -> false);
                    paged.addAll(page.lines());
                    next = page.next();
                } while (!page.end());
                assertThat(paged.stream().filter(LogLine::match).map(LogLine::offset))
                        .isEqualTo(all.lines().stream()
                                .filter(LogLine::match)
                                .map(LogLine::offset)
                                .toList());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            loss \\d+             ~ 'loss '
            ^epoch [0-9]+ done$   ~ 'epoch '
            (a|b)saved            ~ 'saved'
            abc+d                 ~ 'abc'
            abc?d                 ~ 'ab'
            abc*                  ~ 'ab'
            abcd{2}ef             ~ 'abc'
            a\\.b\\.c              ~ 'a.b.c'
            x[abc]yz              ~ 'yz'
            \\bword\\b             ~ 'word'
            """)
    void anExpressionsOwnTextIsKnown(String expression, String text) {
        assertThat(RequiredText.of(expression)).contains(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a|b",
                "saved|lost",
                "(?i)saved",
                ".*",
                "a",
                "[abc]+",
                "\\Qsaved\\E",
                "(saved)?",
                "x(?i)saved",
                "[]a]saved",
                "\\x41saved",
                "saved\\k<x>"
            })
    void anExpressionWithoutATextOfItsOwnHasNone(String expression) {
        assertThat(RequiredText.of(expression)).isEmpty();
    }

    @Test
    void noLineIsMissedForItsExpressionsText() {
        Random random = new Random(11);
        String signs = "ab.+*?()[]|^$\\{2}lo ";
        int tried = 0;
        while (tried < 3_000) {
            StringBuilder expression = new StringBuilder();
            for (int i = 2 + random.nextInt(9); i > 0; i--) {
                expression.append(signs.charAt(random.nextInt(signs.length())));
            }
            Pattern pattern;
            try {
                pattern = Pattern.compile(expression.toString());
            } catch (java.util.regex.PatternSyntaxException _) {
                continue;
            }
            tried++;
            String text = RequiredText.of(expression.toString()).orElse("");
            for (int i = 0; i < 30; i++) {
                StringBuilder line = new StringBuilder();
                for (int j = random.nextInt(9); j > 0; j--) {
                    line.append("ab.lo 2".charAt(random.nextInt(7)));
                }
                if (pattern.matcher(line).find()) {
                    assertThat(line.toString()).as(expression.toString()).contains(text);
                }
            }
        }
    }

    @Test
    void whatStandsAroundAMatchIsShownOnceAndInOrder() {
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            log.append("line ")
                    .append(i == 5 || i == 7 || i == 20 ? "hit " : "")
                    .append(i)
                    .append('\n');
        }
        for (LinePattern pattern : List.of(LinePattern.text("hit"), LinePattern.regex("h[i]t|nothing"))) {
            assertThat(new LogScan(pattern, 2)
                            .in(TestLog.of(log.toString()), 0, 100, () -> false).lines().stream()
                                    .map(line -> line.text().replaceAll("\\D", "")
                                            + (Boolean.TRUE.equals(line.match()) ? "!" : "")))
                    .as(pattern.toString())
                    .containsExactly("3", "4", "5!", "6", "7!", "8", "9", "18", "19", "20!", "21", "22");
        }
    }

    @Test
    void linesAtTheEdgeOfAChunkAreFoundWithWhatStandsBeforeThem() {
        String line = "x".repeat(99) + "\n";
        int lines = LogScan.CHUNK / 100;
        String log = line.repeat(lines - 1) + "before\n" + "y".repeat(200) + " hit\n" + line.repeat(10);
        LogScan.Found found = new LogScan(LinePattern.text("hit"), 1).in(TestLog.of(log), 0, 10, () -> false);
        assertThat(found.matches()).isEqualTo(1);
        assertThat(found.lines().getFirst().text()).isEqualTo("before");
        assertThat(found.end()).isTrue();
    }

    @Test
    void aSearchThatIsCutOffGoesOnWhereItWas() {
        String log = ("x".repeat(99) + "\n").repeat(60_000) + "hit\n";
        TestLog bytes = TestLog.of(log);
        LogScan scan = new LogScan(LinePattern.text("hit"), 0);
        LogScan.Found first = scan.in(bytes, 0, 10, () -> true);
        assertThat(first.end()).isFalse();
        assertThat(first.bytes()).isEqualTo(LogScan.CHUNK);
        assertThat(scan.in(bytes, first.next(), 10, () -> false).lines()).hasSize(1);
    }

    @Test
    void aLineWithoutAnEndIsNoTrouble() {
        String log = "z".repeat(5 * 1024 * 1024) + " hit";
        assertThat(new LogScan(LinePattern.text("zz"), 3)
                        .in(TestLog.of(log), 0, 5, () -> false)
                        .matches())
                .isBetween(1, 5);
    }
}
