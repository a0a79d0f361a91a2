package io.ropewalk.admin;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.disk.TreeRemoval;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A directory of backups, as this package's page describes it. Reading needs no lock.
record BackupDirectory(Path path) {
    private static final String MARK = "ropewalk-backup";
    private static final String ENDING = ".manifest";
    private static final String INCOMING = "incoming-";
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final int SYNCS_AT_ONCE = 16;
    private static final int BUFFER = 1 << 18;

    /// One that is there.
    ///
    /// @throws RopewalkException when it is none
    static BackupDirectory existing(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        if (!Files.isRegularFile(absolute.resolve(MARK))) {
            throw new RopewalkException(
                    ErrorCode.NOT_FOUND,
                    "'%s' is not a directory of backups. Make one with `ropewalk backup %s`."
                            .formatted(absolute, absolute));
        }
        return new BackupDirectory(absolute);
    }

    /// One that is there, or a new one that only its owner can look into.
    static BackupDirectory orNew(Path path) throws IOException {
        Path absolute = path.toAbsolutePath().normalize();
        if (!Files.exists(absolute.resolve(MARK))) {
            if (Files.exists(absolute) && !isEmpty(absolute)) {
                throw new RopewalkException(
                        ErrorCode.CONFLICT,
                        "'%s' holds something else than backups. Name a directory that is empty, new, or holds backups."
                                .formatted(absolute));
            }
            Files.createDirectories(absolute, privately());
            Files.setPosixFilePermissions(absolute, PosixFilePermissions.fromString("rwx------"));
            Files.writeString(absolute.resolve(MARK), "Backups of a Ropewalk server; `ropewalk restore` reads them.\n");
        }
        Files.createDirectories(absolute.resolve("objects"), privately());
        Files.createDirectories(absolute.resolve("manifests"), privately());
        return new BackupDirectory(absolute);
    }

    static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.findAny().isEmpty();
        }
    }

    private static FileAttribute<?> privately() {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    }

    /// The paths of the manifests, newest first.
    List<Path> manifests() throws IOException {
        if (!Files.isDirectory(path.resolve("manifests"))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path.resolve("manifests"))) {
            return files.filter(file -> file.toString().endsWith(ENDING))
                    .sorted(Comparator.comparing(BackupDirectory::name).reversed())
                    .toList();
        }
    }

    /// When the newest backup of a directory says that it was made; empty when there is none.
    static Optional<Instant> newest(Path directory) throws IOException {
        for (Path manifest : new BackupDirectory(directory).manifests()) {
            Optional<Instant> at = BackupManifest.madeAt(manifest);
            if (at.isPresent()) {
                return at;
            }
        }
        return Optional.empty();
    }

    /// Whether a complete backup of that name is there.
    static boolean holds(Path directory, String name) {
        return Files.isRegularFile(directory.resolve("manifests").resolve(name + ENDING));
    }

    static String name(Path manifest) {
        return manifest.getFileName().toString().replace(ENDING, "");
    }

    /// @param name empty for the newest
    BackupManifest manifest(String name) throws IOException {
        List<Path> all = manifests();
        Path wanted = all.stream()
                .filter(manifest -> name.isEmpty() || name(manifest).equals(name))
                .findFirst()
                .orElseThrow(() -> new RopewalkException(
                        ErrorCode.NOT_FOUND,
                        all.isEmpty()
                                ? "'%s' holds no complete backup.".formatted(path)
                                : "'%s' holds no backup '%s'; it has: %s."
                                        .formatted(
                                                path,
                                                name,
                                                String.join(
                                                        ", ",
                                                        all.stream()
                                                                .map(BackupDirectory::name)
                                                                .toList()))));
        return BackupManifest.read(wanted);
    }

    Path object(String hash) {
        if (!HASH.matcher(hash).matches()) {
            throw new RopewalkException(ErrorCode.CONFLICT, "A manifest in '%s' names no content.".formatted(path));
        }
        return path.resolve("objects").resolve(hash.substring(0, 2)).resolve(hash.substring(2));
    }

    /// Keeps others from writing.
    Writing write() throws IOException {
        FileChannel channel = FileChannel.open(path.resolve(MARK), StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new Writing(channel);
            }
        } catch (OverlappingFileLockException _) {
            // By this very process.
        }
        channel.close();
        throw new RopewalkException(
                ErrorCode.CONFLICT, "Another backup is being written to '%s'. Wait until it is done.".formatted(path));
    }

    /// What is put is safe, and of any use, once [#complete] has returned.
    final class Writing implements AutoCloseable {
        private final FileChannel lock;
        private final List<String> damaged = new ArrayList<>();
        private final Set<String> known = new HashSet<>();
        private final Set<Path> unsynced = new HashSet<>();
        private final Set<Path> touched = new HashSet<>();
        private Optional<BackupManifest> newest = Optional.empty();

        private Writing(FileChannel lock) throws IOException {
            this.lock = lock;
            removeIncoming();
            for (Path file : manifests()) {
                try {
                    BackupManifest manifest = BackupManifest.read(file);
                    manifest.files().forEach(entry -> known.add(entry.content()));
                    newest = newest.or(() -> Optional.of(manifest));
                } catch (RopewalkException e) {
                    damaged.add(String.valueOf(e.getMessage()));
                }
            }
        }

        /// Of those that can be read.
        Optional<BackupManifest> newest() {
            return newest;
        }

        /// What is wrong with the manifests that cannot be read.
        List<String> damaged() {
            return List.copyOf(damaged);
        }

        /// Whether a complete backup has it, or this one already.
        boolean has(String hash, long size) throws IOException {
            Path object = object(hash);
            return known.contains(hash) && Files.exists(object) && Files.size(object) == size;
        }

        /// @param fresh bytes that were not here yet
        record Put(String hash, long size, long fresh) {}

        interface Meter {
            void more(long bytes);
        }

        /// Takes at most `limit` bytes.
        Put put(InputStream in, long limit, Meter meter) throws IOException {
            Path incoming = Files.createTempFile(
                    path.resolve("objects"),
                    INCOMING,
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                MessageDigest digest = BackupManifest.digest();
                long size = 0;
                try (OutputStream out =
                        Channels.newOutputStream(FileChannel.open(incoming, StandardOpenOption.WRITE))) {
                    byte[] buffer = new byte[BUFFER];
                    while (size < limit) {
                        int read = in.read(buffer, 0, (int) Math.min(buffer.length, limit - size));
                        if (read < 0) {
                            break;
                        }
                        digest.update(buffer, 0, read);
                        out.write(buffer, 0, read);
                        size += read;
                        meter.more(read);
                    }
                }
                String hash = BackupManifest.hex(digest);
                boolean there = has(hash, size);
                if (!there) {
                    Path object = object(hash);
                    Path folder = object.resolveSibling("");
                    if (!Files.isDirectory(folder)) {
                        Files.createDirectories(folder, privately());
                        touched.add(path.resolve("objects"));
                    }
                    Files.setPosixFilePermissions(incoming, PosixFilePermissions.fromString("r--------"));
                    Files.move(incoming, object, StandardCopyOption.ATOMIC_MOVE);
                    unsynced.add(object);
                    touched.add(folder);
                    known.add(hash);
                }
                return new Put(hash, size, there ? 0 : size);
            } finally {
                Files.deleteIfExists(incoming);
            }
        }

        /// Makes everything safe and then, with the manifest, a backup of it.
        void complete(BackupManifest manifest) throws IOException {
            syncAll(unsynced);
            syncAll(touched);
            Path folder = path.resolve("manifests");
            Path partial = folder.resolve(manifest.head().name() + ".partial");
            Files.write(partial, manifest.text());
            sync(partial);
            Files.move(partial, folder.resolve(manifest.head().name() + ENDING), StandardCopyOption.ATOMIC_MOVE);
            sync(folder);
            manifest.files().forEach(entry -> known.add(entry.content()));
        }

        /// Removes the backups beyond the newest ones, and contents that none has. While a manifest cannot be read,
        /// nobody knows which contents are its own, and everything stays.
        ///
        /// @return how many backups were removed
        int keep(int newest) throws IOException {
            if (!damaged.isEmpty()) {
                return 0;
            }
            List<Path> all = manifests();
            List<Path> old = all.size() > newest ? all.subList(newest, all.size()) : List.of();
            for (Path manifest : old) {
                Files.delete(manifest);
            }
            sync(path.resolve("manifests"));
            Set<String> used = new HashSet<>();
            for (Path manifest : manifests()) {
                BackupManifest.read(manifest).files().forEach(entry -> used.add(entry.content()));
            }
            for (Path object : objects()) {
                if (!used.contains(object.resolveSibling("").getFileName()
                        + object.getFileName().toString())) {
                    Files.delete(object);
                }
            }
            known.retainAll(used);
            return old.size();
        }

        private void removeIncoming() throws IOException {
            try (DirectoryStream<Path> left = Files.newDirectoryStream(path.resolve("objects"), INCOMING + "*")) {
                for (Path file : left) {
                    TreeRemoval.remove(file);
                }
            }
            try (DirectoryStream<Path> left = Files.newDirectoryStream(path.resolve("manifests"), "*.partial")) {
                for (Path file : left) {
                    Files.deleteIfExists(file);
                }
            }
        }

        @Override
        public void close() throws IOException {
            lock.close();
        }
    }

    /// Everything below `objects`.
    List<Path> objects() throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(path.resolve("objects"), Files::isDirectory)) {
            for (Path folder : folders) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                    files.forEach(found::add);
                }
            }
        }
        return found;
    }

    private static void syncAll(Set<Path> paths) throws IOException {
        List<Future<?>> pending = new ArrayList<>();
        try (ExecutorService syncing = Executors.newFixedThreadPool(SYNCS_AT_ONCE)) {
            for (Path one : paths) {
                pending.add(syncing.submit(() -> {
                    sync(one);
                    return one;
                }));
            }
            for (Future<?> one : pending) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("cannot make sure that the backup is on the disk", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
