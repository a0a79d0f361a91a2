package io.ropewalk.source;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.source.SourceType.Progress;
import io.ropewalk.spi.source.SourceType.TreeWriter;
import io.ropewalk.support.archive.EntryPath;
import io.ropewalk.support.disk.TreeRemoval;
import io.ropewalk.support.failpoint.Failpoints;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Fetched trees, each made once for a project and then shared by all of its runs that read it.
///
/// A tree is made by one caller at a time, also among processes, in a directory of its own that takes its
/// place by one rename; what a failed or killed maker left is thrown away by the next. Its files are
/// read-only. A program that runs as root can write all the same, so a tree is compared with what was noted
/// of it before each use: sizes and times, and the bytes where those differ. A changed tree is put aside
/// and made anew.
public final class MaterialisedTrees {
    private static final Duration KEPT_ASIDE = Duration.ofDays(7);
    private static final String TREE = "tree";
    private static final String NOTES = "notes";
    private static final String LAST_USED = "lastUsed";
    private static final String ASIDE = ".changed-";

    private final Path root;
    private final Clock clock;
    private final ConcurrentMap<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    public MaterialisedTrees(Path root, Clock clock) {
        this.root = root;
        this.clock = clock;
    }

    /// The tree of a key; made by `writer` unless it is there and as it was made.
    ///
    /// @param owner the project that it goes with
    public Path tree(ProjectId owner, String key, TreeWriter writer, Progress progress) {
        String name = ContentHash.of(key.getBytes(StandardCharsets.UTF_8)).hex();
        Path home = root.resolve(owner.value());
        ReentrantLock lock = locks.computeIfAbsent(owner + "/" + name, _ -> new ReentrantLock());
        lock.lock();
        try {
            Files.createDirectories(home);
            try (FileChannel file = FileChannel.open(
                            home.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock _ = file.lock()) {
                return locked(home.resolve(name), writer, progress);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    private Path locked(Path home, TreeWriter writer, Progress progress) throws IOException {
        if (Files.exists(home.resolve(NOTES)) && !isAsMade(home)) {
            progress.report("a program changed files that others read too; they are fetched anew");
            // Who mounted it before keeps it for a while.
            Files.move(home, aside(home));
        }
        if (!Files.exists(home.resolve(NOTES))) {
            make(home, writer, progress);
        }
        Path lastUsed = home.resolve(LAST_USED);
        if (!Files.exists(lastUsed)) {
            Files.createFile(lastUsed);
        }
        Files.setLastModifiedTime(lastUsed, FileTime.from(clock.instant()));
        return home.resolve(TREE);
    }

    private Path aside(Path home) {
        long millis = clock.millis();
        while (true) {
            Path aside = home.resolveSibling(home.getFileName() + ASIDE + millis++);
            if (!Files.exists(aside)) {
                return aside;
            }
        }
    }

    /// Removes what was put aside long ago. Call it when the server starts.
    public void sweep() {
        if (!Files.isDirectory(root)) {
            return;
        }
        try (var owners = Files.newDirectoryStream(root, Files::isDirectory)) {
            for (Path owner : owners) {
                sweep(owner);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void sweep(Path owner) throws IOException {
        Instant before = clock.instant().minus(KEPT_ASIDE);
        try (var aside = Files.newDirectoryStream(owner, "*" + ASIDE + "*")) {
            for (Path tree : aside) {
                String name = tree.getFileName().toString();
                long millis = Long.parseLong(name, name.lastIndexOf('-') + 1, name.length(), 10);
                if (Instant.ofEpochMilli(millis).isBefore(before)) {
                    delete(tree);
                }
            }
        }
    }

    /// Removes the trees of a project that is no more, and of which nothing runs.
    public void forget(ProjectId owner) {
        try {
            TreeRemoval.remove(root.resolve(owner.value()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void make(Path home, TreeWriter writer, Progress progress) throws IOException {
        Path making = home.resolveSibling(home.getFileName() + ".making");
        delete(making);
        delete(home);
        try {
            Path tree = Files.createDirectories(making.resolve(TREE));
            Failpoints.TREE_BEGUN.reached();
            writer.writeInto(tree, progress);
            Failpoints.TREE_WRITTEN.reached();
            Files.writeString(making.resolve(NOTES), notes(tree, true));
            Failpoints.TREE_NOTED.reached();
            Files.move(making, home, StandardCopyOption.ATOMIC_MOVE);
            Failpoints.TREE_PLACED.reached();
        } finally {
            delete(making);
        }
    }

    /// What can be seen of a file without reading it, and the hash of its bytes.
    private record Note(long size, long modified, long changed, int mode, String hash) {
        boolean looksLike(Note other) {
            return size == other.size && modified == other.modified && changed == other.changed && mode == other.mode;
        }

        String line(String path) {
            return "%d %d %d %d %s %s\n".formatted(size, modified, changed, mode, hash, escaped(path));
        }
    }

    private interface Visitor {
        void visit(Path file, String relative, boolean link) throws IOException;
    }

    private static void walk(Path tree, Visitor visitor) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String relative = tree.relativize(file).toString();
                if (attributes.isOther()) {
                    throw refused(relative, "is a device or pipe");
                }
                visitor.visit(file, relative, attributes.isSymbolicLink());
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static String notes(Path tree, boolean seal) throws IOException {
        StringBuilder notes = new StringBuilder();
        walk(tree, (file, relative, link) -> {
            if (link) {
                String target = Files.readSymbolicLink(file).toString();
                if (!EntryPath.staysInside(tree.relativize(file).getNameCount() - 1, target)) {
                    throw refused(
                            relative,
                            "is a symbolic link to '" + EntryPath.shown(target) + "', which leads out of the tree");
                }
            } else if (seal) {
                boolean executable = Files.isExecutable(file);
                Files.setPosixFilePermissions(
                        file, PosixFilePermissions.fromString(executable ? "r-xr-xr-x" : "r--r--r--"));
            }
            notes.append(note(file, hash(file, link)).line(relative));
        });
        return notes.toString();
    }

    private static boolean isAsMade(Path home) throws IOException {
        Map<String, Note> noted = new HashMap<>();
        Files.readString(home.resolve(NOTES)).lines().forEach(line -> {
            String[] parts = line.split(" ", 6);
            noted.put(
                    parts[5],
                    new Note(
                            Long.parseLong(parts[0]),
                            Long.parseLong(parts[1]),
                            Long.parseLong(parts[2]),
                            Integer.parseInt(parts[3]),
                            parts[4]));
        });
        boolean[] same = {true, true};
        if (!Files.isDirectory(home.resolve(TREE), LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try {
            walk(home.resolve(TREE), (file, relative, link) -> {
                Note then = noted.remove(escaped(relative));
                if (then == null) {
                    same[0] = false;
                    return;
                }
                Note now = note(file, then.hash());
                if (!now.looksLike(then)) {
                    same[1] = false;
                    same[0] &= now.size() == then.size()
                            && now.mode() == then.mode()
                            && hash(file, link).equals(then.hash());
                }
            });
        } catch (RopewalkException _) {
            return false;
        }
        boolean asMade = same[0] && noted.isEmpty();
        if (asMade && !same[1]) {
            Path fresh = home.resolve(NOTES + ".new");
            Files.writeString(fresh, notes(home.resolve(TREE), false));
            Files.move(fresh, home.resolve(NOTES), StandardCopyOption.ATOMIC_MOVE);
        }
        return asMade;
    }

    /// The time of the last change cannot be set back by whoever changes the file.
    private static Note note(Path file, String hash) throws IOException {
        Map<String, Object> seen =
                Files.readAttributes(file, "unix:size,lastModifiedTime,ctime,mode", LinkOption.NOFOLLOW_LINKS);
        if (seen.get("size") instanceof Long size
                && seen.get("lastModifiedTime") instanceof FileTime modified
                && seen.get("ctime") instanceof FileTime changed
                && seen.get("mode") instanceof Integer mode) {
            return new Note(size, modified.to(TimeUnit.NANOSECONDS), changed.to(TimeUnit.NANOSECONDS), mode, hash);
        }
        throw new IOException("the file system does not tell when " + file + " was changed");
    }

    private static String hash(Path file, boolean link) throws IOException {
        if (link) {
            return ContentHash.of(Files.readSymbolicLink(file).toString().getBytes(StandardCharsets.UTF_8))
                    .hex();
        }
        MessageDigest digest = ContentHash.digest();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        }
        return ContentHash.of(digest).hex();
    }

    private static String escaped(String path) {
        return path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }

    static void delete(Path tree) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                if (!Files.isWritable(directory)) {
                    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static RopewalkException refused(String path, String why) {
        return new RopewalkException(
                ErrorCode.SOURCE_UNAVAILABLE,
                "Its files cannot be used: '%s' %s. Take it out of them.".formatted(EntryPath.shown(path), why));
    }
}
