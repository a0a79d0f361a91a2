package io.ropewalk.admin;

import io.ropewalk.support.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Remembers, also over a restart, the backup that this server made last and where. A note for people: what is in a
/// backup says its manifest alone.
record LatestBackup(Path file) {
    private static final Logger LOG = LoggerFactory.getLogger(LatestBackup.class);

    /// @param directory that it was put into
    /// @param copied bytes that no earlier backup there had
    /// @param problems how many things were damaged in the server
    record Note(String directory, String name, Instant madeAt, long files, long bytes, long copied, int problems) {
        /// Whether the backup is still where it was put, as far as can be seen now.
        boolean present() {
            return BackupDirectory.holds(Path.of(directory), name);
        }
    }

    static LatestBackup of(Path data) {
        return new LatestBackup(data.resolve(DataFiles.LATEST_BACKUP));
    }

    Optional<Note> read() {
        try {
            return Optional.of(Json.read(Files.readString(file), Note.class));
        } catch (IOException | IllegalArgumentException _) {
            // None was made, or the note is of another version: the next backup writes it anew.
            return Optional.empty();
        }
    }

    void write(Note note) {
        try {
            Path partial = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), Json.write(note));
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("the backup {} is complete, but '{}' could not be written", note.name(), file, e);
        }
    }
}
