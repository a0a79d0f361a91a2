package io.ropewalk.extensions.executor.local;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The middle of a log that has been dropped. A program appends to its log by itself, so nothing can be cut from the
/// file's beginning; but a hole takes no place on the disk, and what stands behind it keeps its offset.
///
/// @param from where it begins
/// @param to where it ends
record LogGap(long from, long to) {
    static final LogGap NONE = new LogGap(Long.MAX_VALUE, Long.MAX_VALUE);
    private static final long BLOCK = 4_096;
    private static final long MOST_SECONDS = 60;

    long length() {
        return to - from;
    }

    static LogGap of(AttemptFiles attempt) {
        if (!Files.exists(attempt.gap())) {
            // Hardly any log has one, and all are read often.
            return NONE;
        }
        try {
            String[] parts = Files.readString(attempt.gap()).strip().split(" ", -1);
            return new LogGap(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
        } catch (NoSuchFileException _) {
            return NONE;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Drops so much that a quarter of `most` is left at the beginning and half of it at the end, if more than `most`
    /// is there. Readers are told before anything is gone.
    ///
    /// @return nothing when the file system cannot do it
    static Optional<LogGap> keeping(AttemptFiles attempt, long most) {
        LogGap before = of(attempt);
        try {
            long size = Files.size(attempt.log());
            if (size - before.length() <= most) {
                return Optional.of(before);
            }
            long from = before.equals(NONE) ? blocks(most / 4) : before.from();
            LogGap gap = new LogGap(from, blocks(size - most / 2));
            Optional<Path> program = Isolation.find("fallocate");
            if (gap.length() <= before.length() || program.isEmpty()) {
                return program.map(_ -> before);
            }
            gap.write(attempt);
            if (punch(program.get(), attempt.log(), gap)) {
                return Optional.of(gap);
            }
            before.write(attempt);
            return Optional.empty();
        } catch (NoSuchFileException _) {
            return Optional.of(NONE);
        } catch (IOException e) {
            throw new RopewalkException(
                    ErrorCode.UNAVAILABLE, "The log '%s' could not be shortened: %s.".formatted(attempt.log(), e), e);
        }
    }

    private static long blocks(long bytes) {
        return bytes / BLOCK * BLOCK;
    }

    private void write(AttemptFiles attempt) throws IOException {
        if (equals(NONE)) {
            Files.deleteIfExists(attempt.gap());
            return;
        }
        Path draft = Files.writeString(attempt.directory().resolve("log-gap-new"), from + " " + to + "\n");
        Files.move(draft, attempt.gap(), StandardCopyOption.ATOMIC_MOVE);
    }

    private static boolean punch(Path program, Path log, LogGap gap) throws IOException {
        Process process = new ProcessBuilder(
                        program.toString(),
                        "--punch-hole",
                        "--offset",
                        Long.toString(gap.from()),
                        "--length",
                        Long.toString(gap.length()),
                        log.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return process.waitFor(MOST_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            process.destroy();
        }
    }
}
