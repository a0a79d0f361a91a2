package io.ropewalk.extensions.executor.local;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.executor.ReplicaId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/// The files of one launch.
record LaunchFiles(Path directory) {
    private static final Duration WRITING_TAKES_LESS_THAN = Duration.ofSeconds(5);

    LaunchFiles {
        directory = directory.toAbsolutePath().normalize();
    }

    AttemptFiles attempt(ReplicaId replica, int attempt) {
        return new AttemptFiles(replicaDirectory(replica).resolve(Integer.toString(attempt)));
    }

    OptionalInt latestAttempt(ReplicaId replica) {
        String[] attempts = replicaDirectory(replica).toFile().list();
        int latest = 0;
        for (String attempt : attempts == null ? new String[0] : attempts) {
            if (attempt.matches("[1-9][0-9]{0,8}")) {
                latest = Math.max(latest, Integer.parseInt(attempt));
            }
        }
        return latest == 0 ? OptionalInt.empty() : OptionalInt.of(latest);
    }

    /// Where it stands once settled; what it says stays known when the launch has been released.
    Optional<Plan> plan() {
        return read("plan").or(() -> read("released")).flatMap(Plan::parse);
    }

    /// Settles the plan unless somebody else has: whoever comes first decides for all.
    void settle(Plan plan) {
        try {
            Files.writeString(
                    directory.resolve("plan"), plan.format(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            if (plan().isEmpty()) {
                dropTornPlan(e);
                settle(plan);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A crash has left it, or another server is writing it at this moment.
    private void dropTornPlan(FileAlreadyExistsException torn) {
        try {
            Instant made = Files.getLastModifiedTime(directory.resolve("plan")).toInstant();
            if (made.isAfter(Instant.now().minus(WRITING_TAKES_LESS_THAN))) {
                throw new RopewalkException(
                        ErrorCode.UNAVAILABLE,
                        "The plan in '%s' is not complete; another server may be writing it. The start is tried again."
                                .formatted(directory),
                        torn);
            }
            delete("plan");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isReleased() {
        return Files.exists(directory.resolve("released"));
    }

    void markReleased() {
        try {
            Files.move(directory.resolve("plan"), directory.resolve("released"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Forgets the plan of a launch that was released, so that the next submit makes a new one.
    void forgetPlan() {
        delete("released");
    }

    /// When what has been told to end is killed.
    ///
    /// @param grace how long that was away at first: no clock that is set back makes it longer
    record Cancel(Instant deadline, Duration grace) {
        Duration left() {
            Duration left = Duration.between(Instant.now(), deadline);
            return left.compareTo(grace) > 0 ? grace : left;
        }
    }

    Optional<Cancel> cancel() {
        return read("cancel").map(text -> {
            String[] millis = text.strip().split(" ", 2);
            return new Cancel(
                    Instant.ofEpochMilli(Long.parseLong(millis[0])), Duration.ofMillis(Long.parseLong(millis[1])));
        });
    }

    void recordCancel(Cancel cancel) {
        replace(
                "cancel",
                cancel.deadline().toEpochMilli() + " " + cancel.grace().toMillis() + "\n");
    }

    boolean isCancelSent() {
        return Files.exists(directory.resolve("cancel-sent"));
    }

    void markCancelSent() {
        write("cancel-sent", "");
    }

    private Path replicaDirectory(ReplicaId replica) {
        return directory.resolve("replicas").resolve(replica.toString());
    }

    private Optional<String> read(String file) {
        try {
            return Optional.of(Files.readString(directory.resolve(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void replace(String file, String text) {
        try {
            Files.move(
                    write(file + "-" + UUID.randomUUID(), text),
                    directory.resolve(file),
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path write(String file, String text) {
        try {
            return Files.writeString(directory.resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void delete(String file) {
        try {
            Files.deleteIfExists(directory.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
