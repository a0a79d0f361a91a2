package io.ropewalk.log;

import io.ropewalk.spi.RunId;
import io.ropewalk.spi.executor.LogChunk;
import io.ropewalk.support.failpoint.Failpoints;
import io.ropewalk.support.time.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.util.OptionalLong;
import java.util.function.Function;

/// The server's own lines about a run, the log `master`: appended to `master.log` in the run's directory,
/// each with its time. Thread-safe. After a crash the caller may say a thing again; a line is never torn by
/// another.
public final class MasterLog {
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private final Function<RunId, Path> directories;
    private final InstantSource clock;
    private final Signals signals;

    /// @param directories where each run keeps its files
    public MasterLog(Function<RunId, Path> directories, InstantSource clock, Signals signals) {
        this.directories = directories;
        this.clock = clock;
        this.signals = signals;
    }

    /// When a line of it was written, in milliseconds.
    static OptionalLong timeOf(String line) {
        int end = line.indexOf(' ');
        if (end < 20 || end > 40) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Instant.parse(line.substring(0, end)).toEpochMilli());
        } catch (DateTimeParseException _) {
            return OptionalLong.empty();
        }
    }

    /// What wakes those who follow a run's logs.
    public static String topic(RunId run) {
        return "log:" + run;
    }

    /// @param text several lines are written as several, each with the time
    public void append(RunId run, String text) {
        String time = TIME.format(clock.instant());
        StringBuilder lines = new StringBuilder();
        text.lines()
                .forEach(line ->
                        lines.append(time).append(' ').append(printable(line)).append('\n'));
        if (lines.isEmpty()) {
            return;
        }
        Failpoints.JOURNAL_BEFORE.reached();
        try {
            try (SeekableByteChannel channel = open(file(run))) {
                ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the master log of run " + run, e);
        }
        Failpoints.JOURNAL_AFTER.reached();
        signals.signal(topic(run));
    }

    public long size(RunId run) {
        try {
            return Files.size(file(run));
        } catch (NoSuchFileException _) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at the master log of run " + run, e);
        }
    }

    /// @param ended whether the run has ended, so that nothing follows
    public LogChunk read(RunId run, long offset, int limit, boolean ended) {
        try (SeekableByteChannel channel = Files.newByteChannel(file(run), StandardOpenOption.READ)) {
            long size = channel.size();
            channel.position(Math.min(offset, size));
            byte[] read = Channels.newInputStream(channel).readNBytes(Math.clamp(size - offset, 0, limit));
            boolean complete = ended && offset + read.length >= size;
            return new LogChunk(offset, read, complete);
        } catch (NoSuchFileException _) {
            return new LogChunk(offset, new byte[0], ended);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the master log of run " + run, e);
        }
    }

    private static SeekableByteChannel open(Path file) throws IOException {
        try {
            return Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (NoSuchFileException _) {
            // It is the first of its run's files.
            Files.createDirectories(file.getParent());
            return Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    private Path file(RunId run) {
        return directories.apply(run).resolve("master.log");
    }

    private static String printable(String line) {
        return line.replaceAll("[\\p{Cntrl}&&[^\t]]", "�");
    }
}
