package io.ropewalk.extensions.executor.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The files of one attempt of a replica, as its supervisor writes them. A record that is not complete is not there.
record AttemptFiles(Path directory) {
    private static final Pattern SPACES = Pattern.compile(" ");

    /// The supervisor of the attempt.
    ///
    /// @param groups the control groups that everything of this attempt is in
    record Claim(Identity process, String bootId, List<Path> groups) {}

    /// A process that cannot be mistaken for a later one of the same number.
    record Identity(long pid, long startTicks) {
        boolean isAlive() {
            return ProcessTable.stat(pid)
                    .filter(stat -> stat.startTicks() == startTicks && !stat.isDead())
                    .isPresent();
        }
    }

    record Program(Identity process, Instant startedAt) {}

    /// @param killedForMemory how many processes of the attempt the kernel has killed for want of memory
    record Exit(
            int code,
            Instant startedAt,
            Instant endedAt,
            long killedForMemory,
            boolean cancelled,
            boolean began,
            boolean foundWorkDir) {}

    Path script() {
        return directory.resolve("script");
    }

    Path environment() {
        return directory.resolve("env");
    }

    Path log() {
        return directory.resolve("log");
    }

    Path root() {
        return directory.resolve("root");
    }

    Path privateCopies() {
        return directory.resolve("private");
    }

    boolean isClaimed() {
        return Files.exists(directory.resolve("claim"));
    }

    Instant claimedAt() {
        return modified("claim");
    }

    Optional<Claim> claim() {
        return fields("claim").filter(field -> field.length >= 3).map(field -> {
            List<Path> groups = new ArrayList<>();
            if (field.length > 3) {
                for (String group : field[3].split(":", -1)) {
                    if (!group.isEmpty()) {
                        groups.add(Path.of(group));
                    }
                }
            }
            return new Claim(new Identity(Long.parseLong(field[0]), Long.parseLong(field[1])), field[2], groups);
        });
    }

    Optional<Program> program() {
        return fields("pid")
                .filter(field -> field.length >= 3)
                .map(field -> new Program(
                        new Identity(Long.parseLong(field[0]), Long.parseLong(field[1])), instant(field[2], "pid")));
    }

    Optional<Exit> exit() {
        return fields("exit")
                .filter(field -> field.length == 8 && field[7].equals("end"))
                .map(field -> new Exit(
                        Integer.parseInt(field[0]),
                        instant(field[1], "pid"),
                        instant(field[2], "exit"),
                        Long.parseLong(field[3]),
                        field[4].equals("yes"),
                        field[5].equals("began"),
                        !field[6].equals("workdir")));
    }

    /// The words of a one-line file; empty when it is absent or its line has not been finished.
    private Optional<String[]> fields(String file) {
        try {
            String text = Files.readString(directory.resolve(file));
            return text.endsWith("\n")
                    ? Optional.of(SPACES.split(text.substring(0, text.length() - 1), -1))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A time such as `1763724000.123456` (or with a comma, in some languages); a shell that cannot tell it
    /// leaves the time of the file.
    private Instant instant(String seconds, String file) {
        int point = Math.max(seconds.indexOf('.'), seconds.indexOf(','));
        if (point < 1) {
            return modified(file);
        }
        String micros = (seconds.substring(point + 1) + "000000").substring(0, 6);
        return Instant.ofEpochSecond(Long.parseLong(seconds, 0, point, 10), Long.parseLong(micros) * 1000L);
    }

    private Instant modified(String file) {
        try {
            return Files.getLastModifiedTime(directory.resolve(file)).toInstant();
        } catch (FileSystemException e) {
            return Instant.EPOCH;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
