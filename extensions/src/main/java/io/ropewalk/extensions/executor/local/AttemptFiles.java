package io.ropewalk.extensions.executor.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// The files of one attempt of a replica.
record AttemptFiles(Path directory) {
    Path script() {
        return directory.resolve("script");
    }

    Path log() {
        return directory.resolve("log");
    }

    /// Which bytes of the log have been dropped, when some have: where they begin and end.
    Path gap() {
        return directory.resolve("log-gap");
    }

    Path root() {
        return directory.resolve("root");
    }

    Path privateCopies() {
        return directory.resolve("private");
    }

    Path recordFile() {
        return directory.resolve("record");
    }

    boolean isClaimed() {
        return Files.exists(recordFile());
    }

    /// What is known of the attempt now; empty when no supervisor has claimed it.
    Optional<AttemptRecord> record() {
        try {
            String text = Files.readString(recordFile());
            return Optional.of(AttemptRecord.parse(text, new AttemptRecord.FileTimes(recordFile())));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<AttemptRecord.Claim> claim() {
        return record().flatMap(AttemptRecord::claim);
    }

    Optional<AttemptRecord.Program> program() {
        return record().flatMap(AttemptRecord::program);
    }

    Optional<AttemptRecord.Exit> exit() {
        return record().flatMap(AttemptRecord::exit);
    }
}
