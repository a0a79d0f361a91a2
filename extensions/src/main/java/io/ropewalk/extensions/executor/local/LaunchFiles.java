package io.ropewalk.extensions.executor.local;

import io.ropewalk.spi.executor.ReplicaId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/// The files of one launch.
record LaunchFiles(Path directory) {
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

    Optional<Plan> plan() {
        return read("plan").map(Plan::parse);
    }

    /// Settles the plan unless somebody else has: whoever comes first decides for all.
    ///
    /// @return whether this was the first
    boolean settle(Plan plan) {
        Path draft = write("plan-" + UUID.randomUUID(), plan.format());
        try {
            Files.createLink(directory.resolve("plan"), draft);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete(draft.getFileName().toString());
        }
    }

    boolean isReleased() {
        return Files.exists(directory.resolve("released"));
    }

    void markReleased() {
        write("released", "");
    }

    /// Forgets the plan of a launch that was released, so that the next submit makes a new one.
    void forgetPlan() {
        delete("plan");
        delete("released");
    }

    Optional<Instant> cancelDeadline() {
        return read("cancel").map(text -> Instant.ofEpochMilli(Long.parseLong(text.strip())));
    }

    void recordCancel(Instant deadline) {
        replace("cancel", deadline.toEpochMilli() + "\n");
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
