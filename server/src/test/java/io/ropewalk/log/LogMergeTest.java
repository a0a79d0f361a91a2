package io.ropewalk.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.spi.RunId;
import io.ropewalk.spi.executor.LogChunk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogMergeTest {
    private static final RunId RUN = new RunId("one");
    private static final long BEGIN = Instant.parse("2026-03-01T10:00:00Z").toEpochMilli();

    @TempDir
    Path directory;

    private final long[] now = {BEGIN};
    private final Map<String, TestLog> logs = new LinkedHashMap<>();
    private LogTimes times = times();

    private LogTimes times() {
        return new LogTimes(_ -> directory, (InstantSource) () -> Instant.ofEpochMilli(now[0]));
    }

    private void write(String log, String text) {
        logs.computeIfAbsent(log, _ -> TestLog.of("")).append(text);
    }

    private List<LogFile> files(boolean complete) {
        List<LogFile> files = new ArrayList<>();
        logs.forEach((name, log) -> files.add(new LogFile(name, 1, List.of(1), log.size(), complete)));
        return files;
    }

    /// All that the programs write until they are looked at again.
    private void look(int seconds) {
        now[0] += seconds * 1_000L;
        times.saw(RUN, files(false), false);
    }

    private LogSource source() {
        return new LogSource() {
            @Override
            public List<LogFile> files() {
                return LogMergeTest.this.files(true);
            }

            @Override
            public LogChunk read(String log, int attempt, long offset, int limit) {
                return logs.getOrDefault(log, TestLog.of("")).read(offset, limit);
            }
        };
    }

    private List<String> merged(LogSearch search) {
        List<String> lines = new ArrayList<>();
        LogStamps stamps = new LogStamps(times.of(RUN), Instant.EPOCH, false);
        LogPosition position = LogPosition.START;
        while (true) {
            LogPage page = Logs.page(source(), files(true), stamps, position, search);
            page.lines().forEach(line -> lines.add(line.log() + " " + line.text()));
            if (page.complete()) {
                return lines;
            }
            position = LogPosition.parse(page.next().toString());
        }
    }

    private void twoThatTakeTurns() {
        write("master", "2026-03-01T10:00:00.500Z Started: go\n");
        write("a", "");
        write("b", "");
        look(1);
        for (int i = 1; i <= 3; i++) {
            write("a", "a" + i + "\n");
            look(1);
            write("b", "b" + i + "\n");
            look(1);
        }
        write("master", "2026-03-01T10:00:09.000Z Succeeded: done\n");
        times.saw(RUN, files(true), true);
    }

    @Test
    void linesOfAllLogsStandInTheOrderOfTimeAfterTheEndToo() {
        twoThatTakeTurns();
        List<String> expected = List.of(
                "master 2026-03-01T10:00:00.500Z Started: go",
                "a a1",
                "b b1",
                "a a2",
                "b b2",
                "a a3",
                "b b3",
                "master 2026-03-01T10:00:09.000Z Succeeded: done");
        for (int limit : new int[] {1, 2, 3, 100}) {
            assertThat(merged(LogSearch.everything(limit)))
                    .as("pages of " + limit)
                    .isEqualTo(expected);
        }
    }

    @Test
    void whatMatchesStandsInTheOrderOfTime() {
        twoThatTakeTurns();
        LogSearch search = new LogSearch(LinePattern.regex("[ab][23]"), 1, 0, false);
        assertThat(merged(search)).containsExactly("a a2", "b b2", "a a3", "b b3");
    }

    @Test
    void anotherServerGoesOnWithTheTimes() {
        write("a", "");
        write("b", "");
        look(1);
        write("a", "a1\n");
        look(1);
        times = times();
        write("b", "b1\n");
        look(1);
        write("a", "a2\n");
        times.saw(RUN, files(true), true);
        assertThat(merged(LogSearch.everything(100))).containsExactly("a a1", "b b1", "a a2");
    }

    @Test
    void aTracebackStaysTogether() {
        write("a", "");
        write("b", "");
        look(1);
        write("a", "Traceback (most recent call last):\n  File \"x.py\", line 1, in f\n    f()\nValueError: x\n");
        write("b", "b1\nb2\nb3\n");
        look(1);
        times.saw(RUN, files(true), true);
        assertThat(merged(LogSearch.everything(100)))
                .containsSubsequence("a Traceback (most recent call last):", "b b2")
                .containsSequence(
                        "a Traceback (most recent call last):",
                        "a   File \"x.py\", line 1, in f",
                        "a     f()",
                        "a ValueError: x");
    }

    @Test
    void linesSayWhenTheyWereWritten() {
        write("a", "");
        look(1);
        write("a", "12345\n12345\n");
        look(2);
        LogStamps shown = new LogStamps(times.of(RUN), Instant.EPOCH, true);
        LogPage page = Logs.page(source(), files(true), shown, LogPosition.START, LogSearch.everything(10));
        assertThat(page.lines())
                .extracting(LogLine::at)
                .containsExactly(Instant.ofEpochMilli(BEGIN + 1_000), Instant.ofEpochMilli(BEGIN + 2_000));
    }

    @Test
    void withoutTimesOneLogStandsAfterTheOther() throws Exception {
        twoThatTakeTurns();
        Files.delete(directory.resolve("log-times"));
        times = times();
        assertThat(merged(LogSearch.everything(2)))
                .containsExactly(
                        "master 2026-03-01T10:00:00.500Z Started: go",
                        "master 2026-03-01T10:00:09.000Z Succeeded: done",
                        "a a1",
                        "a a2",
                        "a a3",
                        "b b1",
                        "b b2",
                        "b b3");
    }

    @Test
    void aLineThatACrashHasTornIsPassedOver() throws Exception {
        twoThatTakeTurns();
        Path file = directory.resolve("log-times");
        String text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.length() - 5));
        times = times();
        write("a", "a4\n");
        look(5);
        times.saw(RUN, files(true), true);
        assertThat(merged(LogSearch.everything(100))).containsSubsequence("a a2", "b b2", "a a3", "a a4");
        assertThat(Files.readAllLines(file)).hasSizeBetween(7, 8);
    }

    @Test
    void manyLooksAtALongRunLeaveASmallFile() throws Exception {
        write("a", "");
        for (int second = 0; second < 7 * 24 * 3_600; second += 10) {
            write("a", "x");
            look(10);
        }
        assertThat(Files.size(directory.resolve("log-times"))).isLessThan(1_500_000);
    }
}
