package io.ropewalk.admin;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Everything that was in a data directory at one time: a line of JSON about the backup, one for each entry, and the
/// SHA-256 of all of that.
record BackupManifest(Head head, List<Entry> entries) {
    private static final int FORMAT = 1;
    private static final String END = "end ";

    BackupManifest {
        entries = List.copyOf(entries);
    }

    /// @param name when it was made, and what it is called
    /// @param version of the server that made it
    /// @param database of the server: `sqlite` or `postgresql`
    /// @param data where the data directory was
    record Head(int format, String name, Instant madeAt, String version, String database, String data) {
        Head(String name, Instant madeAt, String version, String database, Path data) {
            this(FORMAT, name, madeAt, version, database, data.toString());
        }
    }

    enum Kind {
        FILE,
        LINK,
        DIRECTORY
    }

    /// @param path below the data directory
    /// @param mode permissions, as nine letters
    /// @param sha256 of a file's content
    /// @param target of a link
    record Entry(
            String path,
            Kind kind,
            String mode,
            long size,
            @Nullable Instant modified,
            @Nullable String sha256,
            @Nullable String target) {
        String content() {
            if (sha256 == null) {
                throw new IllegalStateException("'" + path + "' has no content");
            }
            return sha256;
        }
    }

    long bytes() {
        return entries.stream().mapToLong(Entry::size).sum();
    }

    List<Entry> files() {
        return entries.stream().filter(entry -> entry.kind() == Kind.FILE).toList();
    }

    byte[] text() {
        StringBuilder text = new StringBuilder();
        text.append(Json.write(head)).append('\n');
        entries.forEach(entry -> text.append(Json.write(entry)).append('\n'));
        byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
        text.append(END).append(sha256(body)).append('\n');
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /// @throws RopewalkException when it is not, byte for byte, what was written
    static BackupManifest read(Path file) throws IOException {
        byte[] all = Files.readAllBytes(file);
        int length = END.length() + 65;
        int end = all.length - length;
        byte[] expected = end < 0 ? new byte[0] : (END + sha256(all, end) + "\n").getBytes(StandardCharsets.UTF_8);
        if (end < 0 || !MessageDigest.isEqual(expected, Arrays.copyOfRange(all, end, all.length))) {
            throw new RopewalkException(
                    ErrorCode.CONFLICT,
                    "The manifest '%s' is damaged: its checksum does not fit. Use another backup of this directory."
                            .formatted(file));
        }
        try {
            List<String> lines =
                    new String(all, 0, end, StandardCharsets.UTF_8).lines().toList();
            Head head = Json.read(lines.getFirst(), Head.class);
            List<Entry> entries = new ArrayList<>(lines.size());
            lines.stream().skip(1).forEach(line -> entries.add(Json.read(line, Entry.class)));
            return new BackupManifest(head, entries);
        } catch (IllegalArgumentException e) {
            throw new RopewalkException(
                    ErrorCode.CONFLICT,
                    "The manifest '%s' was written by a newer Ropewalk. Restore it with that version.".formatted(file),
                    e);
        }
    }

    /// What the first line says, unchecked; empty when it says nothing that can be read.
    static Optional<Instant> madeAt(Path file) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            String first = lines.readLine();
            return first == null
                    ? Optional.empty()
                    : Optional.of(Json.read(first, Head.class).madeAt());
        } catch (CharacterCodingException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String sha256(byte[] bytes) {
        return sha256(bytes, bytes.length);
    }

    private static String sha256(byte[] bytes, int length) {
        MessageDigest digest = digest();
        digest.update(bytes, 0, length);
        return hex(digest);
    }
}
