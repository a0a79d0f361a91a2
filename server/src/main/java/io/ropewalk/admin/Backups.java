package io.ropewalk.admin;

import io.ropewalk.admin.BackupManifest.Entry;
import io.ropewalk.admin.BackupManifest.Kind;
import io.ropewalk.source.OrphanSweeper;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.disk.TreeRemoval;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Makes backups of the running server. One that fails leaves contents that nobody names, and no backup.
public final class Backups {
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);
    /// What was written so shortly before the earlier backup may have changed after it without a newer time.
    private static final Duration RECENT = Duration.ofSeconds(2);

    private static final Pattern CONTENT = Pattern.compile("uploads/[^/]+/([0-9a-f]{2})/([0-9a-f]{62})");

    private final Server server;
    private final Clock clock;

    /// What is backed up.
    ///
    /// @param kind of the database: `sqlite` or `postgresql`
    /// @param keepFiles keeps the server from removing files until it is closed
    public record Server(
            Path data, Database database, String kind, String version, Supplier<OrphanSweeper.Hold> keepFiles) {}

    /// A backup that is complete.
    ///
    /// @param copied bytes that no earlier backup had
    /// @param problems what is stored in the server and damaged there; it was copied as it is
    public record Made(String name, Instant at, long files, long bytes, long copied, List<String> problems) {
        public Made {
            problems = List.copyOf(problems);
        }
    }

    public Backups(Server server, Clock clock) {
        this.server = server;
        this.clock = clock;
    }

    /// Makes one more backup.
    ///
    /// @param keep how many to keep; empty for all
    public Made make(Path directory, Optional<Integer> keep, Progress progress) throws IOException {
        BackupDirectory target = BackupDirectory.orNew(apart(directory));
        try (BackupDirectory.Writing writing = target.write()) {
            Made made = new Making(target, writing, progress).make();
            LatestBackup.of(server.data())
                    .write(new LatestBackup.Note(
                            target.path().toString(),
                            made.name(),
                            made.at(),
                            made.files(),
                            made.bytes(),
                            made.copied(),
                            made.problems().size()));
            if (keep.isPresent()) {
                progress.at("removing old backups", 0, 0);
                writing.keep(keep.get());
            }
            return made;
        }
    }

    /// A backup inside of what it backs up would grow without end, and be lost with it.
    private Path apart(Path directory) throws IOException {
        Path wanted = directory.normalize();
        if (!wanted.isAbsolute()) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST, "The directory '%s' must be a full path.".formatted(directory));
        }
        Path existing = wanted;
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        Path real = existing.toRealPath().resolve(existing.relativize(wanted)).normalize();
        Path data = server.data().toRealPath();
        if (real.startsWith(data) || data.startsWith(real)) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "'%s' and the data directory '%s' lie in each other. Keep backups elsewhere, best on another disk."
                            .formatted(directory, server.data()));
        }
        return real;
    }

    private final class Making {
        private final BackupDirectory target;
        private final BackupDirectory.Writing writing;
        private final Progress progress;
        private final Map<String, Entry> before = new HashMap<>();
        private final List<Entry> entries = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();
        private Instant earlier = Instant.MIN;
        private long total;
        private long done;
        private long copied;

        Making(BackupDirectory target, BackupDirectory.Writing writing, Progress progress) throws IOException {
            this.target = target;
            this.writing = writing;
            this.progress = progress;
            writing.damaged().forEach(problems::add);
            writing.newest()
                    .filter(newest -> newest.head().data().equals(server.data().toString()))
                    .ifPresent(newest -> {
                        newest.files().forEach(entry -> before.put(entry.path(), entry));
                        earlier = newest.head().madeAt();
                    });
        }

        Made make() throws IOException {
            Instant at = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            try (OrphanSweeper.Hold _ = server.keepFiles().get()) {
                progress.at("copying the rows", 0, 0);
                rows();
                List<Path> all = new DataFiles(server.data()).all(List.of());
                total = size(all);
                for (Path path : all) {
                    add(path);
                }
            }
            progress.at("making sure that all is on the disk", total, total);
            BackupManifest manifest = new BackupManifest(
                    new BackupManifest.Head(name(at), at, server.version(), server.kind(), server.data()), entries);
            writing.complete(manifest);
            return new Made(manifest.head().name(), at, manifest.files().size(), manifest.bytes(), copied, problems);
        }

        /// Later than every other, also when the clock was set back.
        private String name(Instant at) throws IOException {
            String name = NAME.format(at);
            for (Path manifest : target.manifests()) {
                String newest = BackupDirectory.name(manifest);
                return newest.compareTo(name) < 0 ? name : newest + "-1";
            }
            return name;
        }

        private long size(List<Path> all) throws IOException {
            long sum = 0;
            for (Path path : all) {
                try {
                    sum += Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? Files.size(path) : 0;
                } catch (NoSuchFileException _) {
                    // It went meanwhile.
                }
            }
            return sum;
        }

        private void rows() throws IOException {
            Path folder = Files.createTempDirectory(
                    target.path().resolve("objects"),
                    "incoming-rows",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try {
                Path copy = folder.resolve("rows.db");
                server.database().copyTo(copy);
                try (InputStream in = Files.newInputStream(copy)) {
                    BackupDirectory.Writing.Put put = writing.put(in, Long.MAX_VALUE, _ -> {});
                    copied += put.fresh();
                    entries.add(
                            new Entry(DataFiles.DATABASE, Kind.FILE, "rw-------", put.size(), null, put.hash(), null));
                }
            } finally {
                TreeRemoval.remove(folder);
            }
        }

        private void add(Path path) throws IOException {
            String name = server.data().relativize(path).toString();
            PosixFileAttributes attributes;
            try {
                if (!Path.of(name).equals(server.data().relativize(path))) {
                    problems.add("'" + name + "' was left out: its name is no text");
                    return;
                }
                attributes = Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                String mode = PosixFilePermissions.toString(attributes.permissions());
                if (attributes.isSymbolicLink()) {
                    String to = Files.readSymbolicLink(path).toString();
                    Instant modified = attributes.lastModifiedTime().toInstant();
                    entries.add(new Entry(name, Kind.LINK, mode, 0, modified, null, to));
                } else if (attributes.isDirectory()) {
                    Instant modified = attributes.lastModifiedTime().toInstant();
                    entries.add(new Entry(name, Kind.DIRECTORY, mode, 0, modified, null, null));
                } else if (attributes.isRegularFile()) {
                    entries.add(file(path, name, mode, attributes));
                }
            } catch (NoSuchFileException _) {
                // A run has removed it meanwhile.
            } catch (InvalidPathException _) {
                problems.add("'" + name + "' was left out: its name is no text");
            }
        }

        private Entry file(Path path, String name, String mode, PosixFileAttributes attributes) throws IOException {
            Instant modified = attributes.lastModifiedTime().toInstant();
            Entry known = before.get(name);
            if (known != null
                    && known.size() == attributes.size()
                    && modified.equals(known.modified())
                    && modified.isBefore(earlier.minus(RECENT))
                    && writing.has(known.content(), known.size())) {
                more(known.size());
                return new Entry(name, Kind.FILE, mode, known.size(), modified, known.content(), null);
            }
            try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
                // A log that grows is copied as long as it was, not for ever.
                BackupDirectory.Writing.Put put = writing.put(in, attributes.size(), this::more);
                copied += put.fresh();
                var content = CONTENT.matcher(name);
                if (content.matches() && !(content.group(1) + content.group(2)).equals(put.hash())) {
                    problems.add("'" + name + "' is damaged: its bytes are not those that it is named after");
                }
                return new Entry(name, Kind.FILE, mode, put.size(), modified, put.hash(), null);
            }
        }

        private void more(long bytes) {
            done += bytes;
            progress.at("copying files", done, Math.max(done, total));
        }
    }
}
