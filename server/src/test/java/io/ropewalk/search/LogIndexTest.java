package io.ropewalk.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.log.LogSpan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogIndexTest {
    private static final LogKey LOG = new LogKey("one", "worker-0", 1);

    @TempDir
    Path directory;

    private LogIndex index;

    @BeforeEach
    void open() {
        index = new LogIndex(directory.resolve("search"));
        index.open();
    }

    @AfterEach
    void close() {
        index.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private long add(LogKey log, String text) {
        long from = index.indexed(log);
        index.add(log, from, bytes(text), bytes(text).length);
        return from;
    }

    private Parts holding(String text) {
        return index.holding(bytes(text)).orElseThrow();
    }

    @Test
    void onlyPartsThatMayHoldTheTextAreNamed() {
        add(LOG, "hay\n");
        long second = add(LOG, "a needle in it\n");
        long third = add(LOG, "hay\n");
        index.refresh();
        assertThat(holding("needle").of(LOG))
                .containsExactly(new LogSpan(second, third), LogSpan.behind(index.indexed(LOG)));
        assertThat(holding("hay").of(LOG)).hasSize(3);
        assertThat(holding("nowhere").of(LOG)).containsExactly(LogSpan.behind(index.indexed(LOG)));
    }

    @Test
    void partsThatTouchAreReadAsOne() {
        add(LOG, "needle\n");
        add(LOG, "needle\n");
        index.refresh();
        assertThat(holding("needle").of(LOG)).containsExactly(new LogSpan(0, 14), LogSpan.behind(14));
    }

    @Test
    void whatHasNotBeenIndexedIsToBeRead() {
        add(LOG, "hay\n");
        index.refresh();
        add(LOG, "needle\n");
        assertThat(holding("needle").of(LOG)).containsExactly(LogSpan.behind(4));
        assertThat(holding("needle").of(new LogKey("two", "master", 1))).containsExactly(LogSpan.behind(0));
        assertThat(holding("needle").rulesOut("one")).isFalse();
    }

    @Test
    void aSettledRunWithoutTheTextIsRuledOut() {
        add(LOG, "hay\n");
        add(new LogKey("two", "worker-0", 1), "needle\n");
        index.settle("one");
        index.settle("two");
        assertThat(holding("needle").rulesOut("one")).isFalse();
        index.refresh();
        assertThat(holding("needle").rulesOut("one")).isTrue();
        assertThat(holding("needle").rulesOut("two")).isFalse();
        index.forget(Set.of("two"));
        index.refresh();
        assertThat(index.runs()).containsExactly("one");
        assertThat(holding("needle").of(new LogKey("two", "worker-0", 1))).containsExactly(LogSpan.behind(0));
    }

    @Test
    void aTextThatIsTooShortIsNotAnswered() {
        add(LOG, "ab\n");
        index.refresh();
        assertThat(index.holding(bytes("ab"))).isEmpty();
        assertThat(index.holding(bytes("ab\n"))).isPresent();
        assertThat(new LogIndex(directory.resolve("closed")).holding(bytes("long enough")))
                .isEmpty();
    }

    @Test
    void whatWasCommittedIsThereAfterANewStart() {
        LogKey goingOn = new LogKey("two", "worker-0", 1);
        add(LOG, "needle\n");
        add(goingOn, "needle\n");
        index.settle("one");
        index.refresh();
        index.commit();
        index.close();
        open();
        assertThat(index.indexed(goingOn)).isEqualTo(7);
        assertThat(index.isSettled("one")).isTrue();
        assertThat(index.isSettled("two")).isFalse();
        assertThat(holding("needle").of(LOG)).containsExactly(new LogSpan(0, 7));
        assertThat(holding("needle").of(goingOn)).containsExactly(new LogSpan(0, 7), LogSpan.behind(7));
        assertThat(holding("other").rulesOut("one")).isTrue();
    }

    @Test
    void deletedFilesAreMadeAnew() throws IOException {
        add(LOG, "needle\n");
        index.refresh();
        index.commit();
        try (var files = Files.list(directory.resolve("search"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        index.open();
        assertThat(index.indexed(LOG)).isZero();
        assertThat(holding("needle").of(LOG)).containsExactly(LogSpan.behind(0));
        add(LOG, "needle\n");
        index.refresh();
        assertThat(holding("needle").of(LOG)).hasSize(2);
    }

    @Test
    void brokenFilesAreMadeAnew() throws IOException {
        add(LOG, "needle\n");
        index.refresh();
        index.commit();
        index.close();
        try (var files = Files.list(directory.resolve("search"))) {
            for (Path file : files.toList()) {
                Files.write(file, bytes("broken"));
            }
        }
        open();
        assertThat(index.indexed(LOG)).isZero();
    }

    @Test
    void noTextIsEverMissed() {
        Random random = new Random(7);
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            StringBuilder part = new StringBuilder();
            for (int line = 0; line < 20; line++) {
                random.ints(random.nextInt(30), 'a', 'e').forEach(sign -> part.append((char) sign));
                part.append(line % 7 == 0 ? "ü€\n" : "\n");
            }
            parts.add(part.toString());
            add(LOG, part.toString());
        }
        index.refresh();
        for (int i = 0; i < 500; i++) {
            String part = parts.get(random.nextInt(parts.size()));
            String line = part.lines().skip(random.nextInt(20)).findFirst().orElseThrow();
            int from = line.isEmpty() ? 0 : random.nextInt(line.length());
            String text = line.substring(from, Math.min(line.length(), from + 3 + random.nextInt(8)));
            index.holding(bytes(text)).ifPresent(held -> {
                List<LogSpan> spans = held.of(LOG);
                long at = 0;
                for (String each : parts) {
                    long begin = at;
                    at += bytes(each).length;
                    if (each.contains(text)) {
                        assertThat(spans).as(text).anyMatch(span -> span.from() <= begin && begin < span.to());
                    }
                }
            });
        }
    }
}
