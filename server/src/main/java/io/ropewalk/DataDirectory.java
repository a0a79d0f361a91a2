package io.ropewalk;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.stream.Stream;

/// The directory that belongs to one server at a time.
final class DataDirectory implements AutoCloseable {
    private static final String SIGN_IN_PAGE = "sign-in.html";

    private final Path path;
    private final FileChannel channel;

    private DataDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /// Makes the directory if needed, and takes it.
    ///
    /// @throws RopewalkException naming the server that has it
    static DataDirectory take(Path path) {
        try {
            Files.createDirectories(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            FileChannel channel = FileChannel.open(
                    path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                String holder = read(channel);
                channel.close();
                throw new RopewalkException(
                        ErrorCode.CONFLICT,
                        "The data directory '%s' is in use by another Ropewalk server (%s). Stop that one, or give this one another directory with --data."
                                .formatted(path, holder.isEmpty() ? "just starting" : holder));
            }
            return new DataDirectory(path, channel);
        } catch (IOException e) {
            throw new RopewalkException(
                    ErrorCode.CONFLICT,
                    "The data directory '%s' cannot be used: %s. Make it writable, or give another one with --data."
                            .formatted(path, e),
                    e);
        }
    }

    /// Keeps servers from taking the directory until it is closed.
    ///
    /// @return empty when a server has it
    static Optional<FileChannel> holdStopped(Path path) throws IOException {
        if (Stream.of("lock", "owner-token", "ropewalk.db").map(path::resolve).noneMatch(Files::isRegularFile)) {
            throw new RopewalkException(
                    ErrorCode.NOT_FOUND,
                    "'%s' is no data directory: no server has ever used it. Name the one of a Ropewalk server."
                            .formatted(path));
        }
        // One that was restored has no lock yet.
        FileChannel channel = FileChannel.open(
                path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (tryLock(channel) != null) {
                return Optional.of(channel);
            }
            channel.close();
            return Optional.empty();
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static @org.jspecify.annotations.Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(500);
        channel.read(bytes, 0);
        return StandardCharsets.UTF_8.decode(bytes.flip()).toString().strip();
    }

    Path path() {
        return path;
    }

    /// Says where the server is reached: in the lock, for a second server, and in the file `url`, for the command line.
    void announce(String url) {
        try {
            String text = "process %d at %s".formatted(ProcessHandle.current().pid(), url);
            channel.truncate(0);
            channel.write(StandardCharsets.UTF_8.encode(text), 0);
            Path made = Files.writeString(path.resolve("url.new"), url + "\n");
            Files.move(made, path.resolve("url"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write in the data directory '" + path + "'", e);
        }
    }

    /// @param link needs no escaping
    Path writeSignInPage(String link) {
        String page = """
                <!doctype html>
                <meta charset="utf-8">
                <meta name="referrer" content="no-referrer">
                <meta http-equiv="refresh" content="0; url=%s">
                <title>Ropewalk</title>
                <p><a href="%s">Sign in</a></p>
                """.formatted(link, link);
        removeSignInPage();
        Path file = path.resolve(SIGN_IN_PAGE);
        try (var channel = Files.newByteChannel(
                file,
                EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            channel.write(StandardCharsets.UTF_8.encode(page));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write in the data directory '" + path + "'", e);
        }
    }

    void removeSignInPage() {
        try {
            Files.deleteIfExists(path.resolve(SIGN_IN_PAGE));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write in the data directory '" + path + "'", e);
        }
    }

    @Override
    public void close() {
        try {
            removeSignInPage();
            Files.deleteIfExists(path.resolve("url"));
            channel.truncate(0);
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
