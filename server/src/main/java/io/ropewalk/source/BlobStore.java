package io.ropewalk.source;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.failpoint.Failpoints;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// The contents of one workspace, each under its hash, whatever files had them. What has been put is on the
/// disk when the call returns; what is read is checked against its hash. Safe for many threads and after a
/// crash: a content is either there as a whole or not at all.
final class BlobStore {
    private static final int SMALL = 1 << 20;
    private static final int AT_ONCE = 16;
    private static final String INCOMING = "incoming-";

    private final Path directory;

    BlobStore(Path directory) {
        this.directory = directory;
    }

    /// A content that is in the store.
    record Blob(ContentHash hash, long size) {}

    boolean has(ContentHash hash) {
        return Files.exists(path(hash));
    }

    /// -1 when it is not there.
    long size(ContentHash hash) throws IOException {
        return has(hash) ? Files.size(path(hash)) : -1;
    }

    Blob put(byte[] bytes) throws IOException {
        try (Batch batch = batch()) {
            Blob blob = batch.putNow(new ByteArrayInputStream(bytes), null);
            batch.finish();
            return blob;
        }
    }

    /// @param expected what the bytes must hash to
    Blob put(InputStream in, ContentHash expected) throws IOException {
        try (Batch batch = batch()) {
            Blob blob = batch.putNow(in, expected);
            batch.finish();
            return blob;
        }
    }

    Batch batch() {
        return new Batch();
    }

    /// Many contents that become safe together, which is quicker than one by one.
    final class Batch implements AutoCloseable {
        private final ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor();
        private final Semaphore room = new Semaphore(AT_ONCE);
        private final List<Future<Blob>> pending = new ArrayList<>();
        private final Set<Path> touched = ConcurrentHashMap.newKeySet();

        /// Puts a content of a known size. Small ones are written beside each other; wait for [#finish].
        void put(InputStream in, long size, @Nullable ContentHash expected) throws IOException {
            if (size > SMALL) {
                putNow(in, expected);
                return;
            }
            byte[] bytes = in.readAllBytes();
            putLater(bytes, expected);
        }

        /// @return the hash of the bytes, which are on their way
        ContentHash putLater(byte[] bytes, @Nullable ContentHash expected) throws IOException {
            try {
                room.acquire();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while storing", e);
            }
            ContentHash hash = ContentHash.of(bytes);
            pending.add(writers.submit(() -> {
                try {
                    return putNow(new ByteArrayInputStream(bytes), expected);
                } finally {
                    room.release();
                }
            }));
            return hash;
        }

        Blob putNow(InputStream in, @Nullable ContentHash expected) throws IOException {
            Files.createDirectories(directory);
            Path incoming = Files.createTempFile(
                    directory,
                    INCOMING,
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Failpoints.CONTENT_BEGUN.reached();
            try {
                MessageDigest digest = ContentHash.digest();
                long size = write(new DigestInputStream(in, digest), incoming);
                ContentHash hash = ContentHash.of(digest);
                if (expected != null && !expected.equals(hash)) {
                    throw new RopewalkException(
                            ErrorCode.INVALID_REQUEST,
                            "The content that was sent as %s hashes to %s. It was changed on its way, or while it was read: send it again."
                                    .formatted(expected, hash));
                }
                Failpoints.CONTENT_SYNCED.reached();
                moveTo(path(hash), incoming);
                Failpoints.CONTENT_PLACED.reached();
                return new Blob(hash, size);
            } finally {
                Files.deleteIfExists(incoming);
            }
        }

        /// Returns when everything that was put is safe.
        ///
        /// @return how many contents were put later and are there now
        int finish() throws IOException {
            for (Future<Blob> one : pending) {
                await(one);
            }
            for (Path folder : touched) {
                sync(folder);
            }
            int count = pending.size();
            pending.clear();
            touched.clear();
            return count;
        }

        @Override
        public void close() {
            writers.close();
        }

        private void moveTo(Path path, Path incoming) throws IOException {
            Path folder = path.resolveSibling("");
            if (!Files.isDirectory(folder)) {
                try {
                    Files.createDirectory(
                            folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                } catch (FileAlreadyExistsException _) {
                    // Somebody else was quicker.
                }
                touched.add(directory);
            }
            try {
                Files.move(incoming, path, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                throw new IllegalStateException("the blob store spans two file systems", e);
            }
            touched.add(folder);
        }

        private static void await(Future<Blob> one) throws IOException {
            try {
                one.get();
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case RopewalkException refused -> throw refused;
                    case IOException failed -> throw failed;
                    case null, default -> throw new IllegalStateException(e);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while storing", e);
            }
        }
    }

    /// Copies a content; the copy is only good when this returns, since the hash is known at the end.
    void copyTo(ContentHash hash, OutputStream out) throws IOException {
        MessageDigest digest = ContentHash.digest();
        try (InputStream in = new DigestInputStream(Files.newInputStream(existing(hash)), digest)) {
            in.transferTo(out);
        }
        check(hash, digest);
    }

    byte[] read(ContentHash hash) throws IOException {
        byte[] bytes = Files.readAllBytes(existing(hash));
        MessageDigest digest = ContentHash.digest();
        digest.update(bytes);
        check(hash, digest);
        return bytes;
    }

    /// The file that holds a content, after all of it was checked. Only to read from.
    Path verified(ContentHash hash) throws IOException {
        copyTo(hash, OutputStream.nullOutputStream());
        return path(hash);
    }

    private Path existing(ContentHash hash) {
        Path path = path(hash);
        if (!Files.exists(path)) {
            throw new RopewalkException(
                    ErrorCode.NOT_FOUND, "The content %s is not stored here. Upload it first.".formatted(hash));
        }
        return path;
    }

    /// A damaged content is put aside, so that the next upload brings it anew.
    private void check(ContentHash hash, MessageDigest digest) throws IOException {
        if (!ContentHash.of(digest).equals(hash)) {
            Path path = path(hash);
            Files.move(path, path.resolveSibling(path.getFileName() + ".damaged"), StandardCopyOption.REPLACE_EXISTING);
            throw new RopewalkException(
                    ErrorCode.INTERNAL,
                    "The stored content %s is damaged: the disk gave back other bytes than were written. It was put aside; upload the files again, or restore a backup."
                            .formatted(hash));
        }
    }

    /// What a crash left half-written; only when nothing else uses the store.
    void sweep() throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (var children = Files.newDirectoryStream(directory, INCOMING + "*")) {
            for (Path child : children) {
                Files.deleteIfExists(child);
            }
        }
    }

    interface Visitor {
        void visit(ContentHash hash, Instant putAt) throws IOException;
    }

    /// Visits every content, in any order.
    void forEach(Visitor visitor) throws IOException {
        try (var folders = Files.newDirectoryStream(directory, Files::isDirectory)) {
            for (Path folder : folders) {
                try (var files = Files.newDirectoryStream(folder)) {
                    for (Path file : files) {
                        String hex = folder.getFileName() + file.getFileName().toString();
                        if (ContentHash.isOne(hex)) {
                            visitor.visit(
                                    new ContentHash(hex),
                                    Files.getLastModifiedTime(file).toInstant());
                        }
                    }
                }
            }
        }
    }

    void delete(ContentHash hash) throws IOException {
        Files.deleteIfExists(path(hash));
    }

    private Path path(ContentHash hash) {
        return directory.resolve(hash.hex().substring(0, 2)).resolve(hash.hex().substring(2));
    }

    private static long write(InputStream in, Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, EnumSet.of(StandardOpenOption.WRITE))) {
            OutputStream out = Channels.newOutputStream(channel);
            long size = in.transferTo(out);
            channel.force(true);
            return size;
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
