package io.ropewalk.admin;

import io.ropewalk.admin.BackupManifest.Entry;
import io.ropewalk.admin.BackupManifest.Kind;
import io.ropewalk.run.RestoredRuns;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.Ids;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.db.Databases;
import io.ropewalk.support.disk.TreeRemoval;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/// Makes a data directory from a backup, without a server. Everything is checked while it is copied. The new directory
/// appears by one rename when it is whole.
public final class Restore {
    /// Where the configuration is put when it would lead the restored server to the first one's database.
    public static final String OLD_CONFIGURATION = "ropewalk.yaml.from-backup";

    private static final String CONFIGURATION = "ropewalk.yaml";
    private static final int BUFFER = 1 << 18;
    private static final int TOLD = 10;

    private Restore() {}

    /// @param lost runs that were going on when the backup was made
    /// @param configurationAside whether the configuration lies beside its place
    public record Restored(String name, Instant madeAt, long files, long bytes, int lost, boolean configurationAside) {}

    /// @param name empty for the newest
    /// @param target must be new or empty
    /// @param database empty for SQLite in the new directory, else an empty PostgreSQL database
    public static Restored restore(Path backups, String name, Path target, String database, Progress progress)
            throws IOException {
        Path wanted = target.toAbsolutePath().normalize();
        refuseUsed(wanted);
        BackupManifest manifest = BackupDirectory.existing(backups).manifest(name);
        Path above = Files.createDirectories(wanted.resolveSibling(""));
        Path parent = above.toRealPath();
        Path place = parent.resolve(wanted.getFileName());
        Path making = parent.resolve("." + wanted.getFileName() + "-restoring-" + Ids.mint());
        try {
            Files.createDirectory(
                    making, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            copy(BackupDirectory.existing(backups), manifest, making, progress);
            boolean aside =
                    manifest.head().database().equals("postgresql") && Files.exists(making.resolve(CONFIGURATION));
            if (aside) {
                Files.move(making.resolve(CONFIGURATION), making.resolve(OLD_CONFIGURATION));
            }
            progress.at("bringing the rows up to date", 0, 0);
            int lost = rows(manifest, making, place, database);
            for (Entry entry : manifest.entries().reversed()) {
                if (entry.kind() == Kind.DIRECTORY) {
                    dress(making.resolve(entry.path()), entry);
                }
            }
            progress.at("making sure that all is on the disk", 0, 0);
            syncTree(making);
            refuseUsed(wanted);
            Files.move(making, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            BackupDirectory.sync(parent);
            return new Restored(
                    manifest.head().name(),
                    manifest.head().madeAt(),
                    manifest.files().size(),
                    manifest.bytes(),
                    lost,
                    aside);
        } finally {
            TreeRemoval.remove(making);
        }
    }

    private static void refuseUsed(Path target) throws IOException {
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(target) || !BackupDirectory.isEmpty(target)) {
            boolean served = Files.exists(target.resolve("url"));
            throw new RopewalkException(
                    ErrorCode.CONFLICT,
                    served
                            ? "'%s' is in use by a Ropewalk server. Restore into a new directory.".formatted(target)
                            : "'%s' is not empty, and nothing is ever restored over what is there. Name a new directory."
                                    .formatted(target));
        }
    }

    private static void copy(BackupDirectory from, BackupManifest manifest, Path to, Progress progress)
            throws IOException {
        long total = manifest.bytes();
        long done = 0;
        List<String> damaged = new ArrayList<>();
        for (Entry entry : manifest.entries()) {
            Path at = inside(to, entry.path());
            Files.createDirectories(at.resolveSibling(""));
            switch (entry.kind()) {
                case DIRECTORY -> Files.createDirectories(at);
                case LINK -> link(at, entry);
                case FILE -> {
                    if (!copied(from.object(entry.content()), entry, at)) {
                        damaged.add(entry.path() + " (in " + from.object(entry.content()) + ")");
                    }
                    done += entry.size();
                    progress.at("copying and checking files", done, total);
                }
            }
        }
        if (!damaged.isEmpty()) {
            throw new RopewalkException(
                    ErrorCode.CONFLICT,
                    "Nothing was restored: of backup %s %d %s damaged or missing: %s. Use another backup (--backup); `ropewalk verify` tells which are whole."
                            .formatted(
                                    manifest.head().name(),
                                    damaged.size(),
                                    damaged.size() == 1 ? "file is" : "files are",
                                    String.join(", ", damaged.subList(0, Math.min(damaged.size(), TOLD)))
                                            + (damaged.size() > TOLD ? ", …" : "")));
        }
    }

    /// A manifest that somebody has written must not lead out of the new directory.
    private static Path inside(Path root, String path) {
        try {
            Path at = root.resolve(path).normalize();
            if (at.startsWith(root) && !at.equals(root)) {
                Path parent = root;
                for (Path part : root.relativize(at.resolveSibling(""))) {
                    parent = parent.resolve(part);
                    if (Files.isSymbolicLink(parent)) {
                        throw outside(path);
                    }
                }
                return at;
            }
        } catch (InvalidPathException _) {
            // As below.
        }
        throw outside(path);
    }

    private static RopewalkException outside(String path) {
        return new RopewalkException(
                ErrorCode.CONFLICT, "The backup names a file outside of the data directory: '%s'.".formatted(path));
    }

    private static boolean copied(Path object, Entry entry, Path at) throws IOException {
        if (!Files.isRegularFile(object)) {
            return false;
        }
        MessageDigest digest = BackupManifest.digest();
        try (InputStream in = Files.newInputStream(object);
                OutputStream out = Files.newOutputStream(at, StandardOpenOption.CREATE_NEW)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
                out.write(buffer, 0, read);
            }
        }
        dress(at, entry);
        return BackupManifest.hex(digest).equals(entry.sha256());
    }

    private static void link(Path at, Entry entry) throws IOException {
        Files.createSymbolicLink(at, Path.of(String.valueOf(entry.target())));
        if (entry.modified() != null) {
            FileTime time = FileTime.from(entry.modified());
            Files.getFileAttributeView(at, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setTimes(time, null, null);
        }
    }

    private static void dress(Path at, Entry entry) throws IOException {
        if (entry.modified() != null) {
            Files.setLastModifiedTime(at, FileTime.from(entry.modified()));
        }
        Files.setPosixFilePermissions(at, PosixFilePermissions.fromString(entry.mode()));
    }

    /// An older schema is brought up to date, a newer one refused.
    private static int rows(BackupManifest manifest, Path making, Path place, String url) throws IOException {
        Path file = making.resolve(DataFiles.DATABASE);
        int lost;
        try (Database database = Databases.open("", file)) {
            lost = RestoredRuns.settle(
                    database,
                    Path.of(manifest.head().data()),
                    place,
                    Instant.now().truncatedTo(ChronoUnit.MILLIS));
        }
        if (!url.isEmpty()) {
            Databases.fill(url, file);
            Files.delete(file);
        }
        return lost;
    }

    private static void syncTree(Path root) throws IOException {
        try (var all = Files.walk(root)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                if (!Files.isSymbolicLink(path) && Files.isReadable(path)) {
                    BackupDirectory.sync(path);
                }
            }
        }
    }
}
