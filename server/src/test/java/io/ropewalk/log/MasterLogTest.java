package io.ropewalk.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.spi.RunId;
import io.ropewalk.support.time.Signals;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MasterLogTest {
    private static final RunId RUN = new RunId("run");

    @TempDir
    Path directory;

    private final Signals signals = new Signals();
    private final InstantSource clock = InstantSource.fixed(Instant.parse("2026-11-21T10:00:00.5Z"));

    private MasterLog log() {
        return new MasterLog(run -> directory.resolve(run.value()), clock, signals);
    }

    private static String text(MasterLog log) {
        return new String(log.read(RUN, 0, 1 << 20, false).bytes(), StandardCharsets.UTF_8);
    }

    @Test
    void everyLineHasItsTimeAndCannotForgeAnother() {
        MasterLog log = log();
        log.append(RUN, "queued");
        log.append(RUN, "two\nlines\u001b[2J");
        assertThat(text(log)).isEqualTo("""
                        2026-11-21T10:00:00.500Z queued
                        2026-11-21T10:00:00.500Z two
                        2026-11-21T10:00:00.500Z lines\ufffd[2J
                        """);
        assertThat(log.size(RUN)).isEqualTo(text(log).getBytes(StandardCharsets.UTF_8).length);
    }

    @Test
    void aLogThatWasNeverWrittenIsEmptyAndCompleteOnceTheRunHasEnded() {
        assertThat(log().size(RUN)).isZero();
        assertThat(log().read(RUN, 0, 10, false).complete()).isFalse();
        assertThat(log().read(RUN, 0, 10, true).complete()).isTrue();
        assertThat(log().read(RUN, 5, 10, true).bytes()).isEmpty();
    }

    @Test
    void manyWriteAtOnceAndNoLineIsTorn() throws InterruptedException {
        MasterLog log = log();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            IntStream.range(0, 200).forEach(i -> threads.execute(() -> log.append(RUN, "line " + i)));
        }
        List<String> lines = text(log).lines().toList();
        assertThat(lines).hasSize(200).allMatch(line -> line.matches("2026-11-21T10:00:00.500Z line \\d+"));
    }

    @Test
    void aLineWakesThoseWhoFollow() throws InterruptedException {
        try (Signals.Watch watch = signals.watch(MasterLog.topic(RUN))) {
            log().append(RUN, "x");
            assertThat(watch.await(Duration.ZERO)).isTrue();
        }
    }
}
