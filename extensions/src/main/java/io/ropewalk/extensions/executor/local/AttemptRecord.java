package io.ropewalk.extensions.executor.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a supervisor has written about its attempt: one line each for the claim, the program and the exit, and between
/// them how far the program's start has come. A line that is not complete is not there.
///
/// @param claimedAt when the record was made
record AttemptRecord(Optional<Claim> claim, Optional<Program> program, Optional<Exit> exit, Instant claimedAt) {
    /// The supervisor of the attempt.
    ///
    /// @param groups the control groups that everything of this attempt is in
    record Claim(Identity process, String bootId, List<Path> groups) {
        Claim {
            groups = List.copyOf(groups);
        }
    }

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

    /// When the file was made and last written, for shells that cannot tell the time.
    record FileTimes(Path file) {
        Instant made() {
            return attributes().map(found -> found.creationTime().toInstant()).orElse(Instant.EPOCH);
        }

        Instant written() {
            return attributes()
                    .map(found -> found.lastModifiedTime().toInstant())
                    .orElse(Instant.EPOCH);
        }

        private Optional<BasicFileAttributes> attributes() {
            try {
                return Optional.of(Files.readAttributes(file, BasicFileAttributes.class));
            } catch (FileSystemException e) {
                return Optional.empty();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static AttemptRecord parse(String text, FileTimes times) {
        Optional<Claim> claim = Optional.empty();
        Optional<Program> program = Optional.empty();
        Optional<Exit> exit = Optional.empty();
        boolean began = false;
        boolean foundWorkDir = true;
        int end = text.lastIndexOf('\n');
        for (String line : text.substring(0, Math.max(end, 0)).split("\n", -1)) {
            String[] field = line.split(" ", -1);
            switch (field[0]) {
                case "claim" -> claim = claim(field);
                case "program" -> program = program(field, times);
                case "began" -> began = true;
                case "workdir" -> foundWorkDir = false;
                case "exit" -> exit = exit(field, times, began, foundWorkDir);
                default -> {
                    // What a full disk has left of a line that was then written once more.
                }
            }
        }
        return new AttemptRecord(claim, program, exit, times.made());
    }

    private static Optional<Claim> claim(String[] field) {
        if (field.length != 5) {
            return Optional.empty();
        }
        List<Path> groups = new ArrayList<>();
        for (String group : field[4].split(":", -1)) {
            if (!group.isEmpty()) {
                groups.add(Path.of(group));
            }
        }
        return Optional.of(
                new Claim(new Identity(Long.parseLong(field[1]), Long.parseLong(field[2])), field[3], groups));
    }

    private static Optional<Program> program(String[] field, FileTimes times) {
        return field.length == 4
                ? Optional.of(new Program(
                        new Identity(Long.parseLong(field[1]), Long.parseLong(field[2])),
                        time(field[3]).orElseGet(times::made)))
                : Optional.empty();
    }

    private static Optional<Exit> exit(String[] field, FileTimes times, boolean began, boolean foundWorkDir) {
        return field.length == 7 && field[6].equals("end")
                ? Optional.of(new Exit(
                        Integer.parseInt(field[1]),
                        time(field[2]).orElseGet(times::made),
                        time(field[3]).orElseGet(times::written),
                        Long.parseLong(field[4]),
                        field[5].equals("yes"),
                        began,
                        foundWorkDir))
                : Optional.empty();
    }

    /// A time such as `1763724000.123456` (or with a comma, in some languages); a shell that cannot tell it writes `-`.
    private static Optional<Instant> time(String seconds) {
        int point = Math.max(seconds.indexOf('.'), seconds.indexOf(','));
        if (point < 1) {
            return Optional.empty();
        }
        String micros = (seconds.substring(point + 1) + "000000").substring(0, 6);
        return Optional.of(
                Instant.ofEpochSecond(Long.parseLong(seconds, 0, point, 10), Long.parseLong(micros) * 1000L));
    }
}
