package io.ropewalk.source;

import io.ropewalk.access.Scope;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.Ids;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.WorkspaceId;
import io.ropewalk.spi.source.Snapshots;
import io.ropewalk.support.archive.ArchiveLimits;
import io.ropewalk.support.archive.ArchiveSink;
import io.ropewalk.support.archive.EntryPath;
import io.ropewalk.support.archive.SafeUnpacker;
import io.ropewalk.support.archive.TarReader;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.failpoint.Failpoints;
import io.ropewalk.support.http.Page;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The trees of files that people sent. A snapshot comes into being with all of its contents, or not at
/// all; whoever sends the newest tree once more gets the snapshot that is there.
public final class Uploads implements Snapshots {
    private static final Pattern USER_INFO = Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]*://)[^/@]*@");
    private static final String ARCHIVE = ".archive-";
    private static final int MOST_ENTRIES_SHOWN = 5000;
    private static final int LONGEST_LINK = 4096;

    private static final Duration ON_THEIR_WAY = Duration.ofDays(1);

    private final SnapshotStore store;
    private final Path root;
    private final Clock clock;
    /// Held to read by who looks which contents are there and makes a snapshot of them.
    private final ReadWriteLock sharing = new ReentrantReadWriteLock();
    private final Map<ProjectId, List<SnapshotStore.Kept>> leaving = new ConcurrentHashMap<>();
    private final Queue<SnapshotStore.Kept> released = new ConcurrentLinkedQueue<>();

    /// @param root a directory of this class's own
    public Uploads(Database database, Path root, Clock clock) {
        this.store = new SnapshotStore(database);
        this.root = root;
        this.clock = clock;
    }

    /// Forgets a project's snapshots, inside the transaction that deletes the project.
    public void deleteProject(Handle handle, ProjectId project) {
        leaving.put(project, store.kept(handle, project));
        store.delete(handle, project);
    }

    /// The project is no more: what it alone had goes with the next [#sweepOrphans].
    void deleted(ProjectId project) {
        List<SnapshotStore.Kept> kept = leaving.remove(project);
        if (kept != null) {
            released.addAll(kept);
        }
    }

    /// Removes contents that no snapshot has: those of deleted projects at once, others when they are a day old,
    /// since they may be on their way into one. Does nothing while somebody uploads.
    ///
    /// @return whether it could do its work
    boolean sweepOrphans() {
        if (!sharing.writeLock().tryLock()) {
            return false;
        }
        try (var workspaces = Files.newDirectoryStream(root, Files::isDirectory)) {
            List<SnapshotStore.Kept> gone = new ArrayList<>();
            for (SnapshotStore.Kept next = released.poll(); next != null; next = released.poll()) {
                gone.add(next);
            }
            for (Path directory : workspaces) {
                WorkspaceId workspace = new WorkspaceId(directory.getFileName().toString());
                sweepOrphans(
                        workspace,
                        gone.stream()
                                .filter(kept -> kept.workspace().equals(workspace))
                                .toList());
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            sharing.writeLock().unlock();
        }
    }

    private void sweepOrphans(WorkspaceId workspace, List<SnapshotStore.Kept> gone) throws IOException {
        BlobStore blobs = blobs(workspace);
        Set<ContentHash> used = new HashSet<>();
        for (SnapshotStore.Kept kept : store.kept(workspace)) {
            addContents(blobs, kept, used);
        }
        Set<ContentHash> free = new HashSet<>();
        for (SnapshotStore.Kept kept : gone) {
            if (blobs.has(kept.manifest())) {
                addContents(blobs, kept, free);
            }
        }
        Instant old = clock.instant().minus(ON_THEIR_WAY);
        blobs.forEach((hash, putAt) -> {
            if (!used.contains(hash) && (free.contains(hash) || putAt.isBefore(old))) {
                blobs.delete(hash);
                Failpoints.ORPHAN_REMOVED.reached();
            }
        });
    }

    /// A manifest that cannot be read ends the sweep: then nobody knows what may go.
    private static void addContents(BlobStore blobs, SnapshotStore.Kept kept, Set<ContentHash> contents)
            throws IOException {
        if (kept.diff() != null) {
            contents.add(kept.diff());
        }
        if (contents.add(kept.manifest())) {
            Manifest.parse(blobs.read(kept.manifest())).files().forEach(file -> contents.add(file.hash()));
        }
    }

    /// Removes what a crash left half-written. Call it once, before anything is served.
    public void sweep() {
        try {
            Files.createDirectories(root);
            try (var archives = Files.newDirectoryStream(root, ARCHIVE + "*")) {
                for (Path archive : archives) {
                    Files.deleteIfExists(archive);
                }
            }
            try (var workspaces = Files.newDirectoryStream(root, Files::isDirectory)) {
                for (Path workspace : workspaces) {
                    new BlobStore(workspace).sweep();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What the uploader says of where the files come from.
    ///
    /// @param diff the changes that no commit has
    public record OriginNote(
            @Nullable String commit,
            @Nullable String branch,
            @Nullable String remote,
            @Nullable String diff) {}

    /// What came of naming a tree.
    sealed interface Offer {
        /// These contents must be sent first.
        record Missing(List<ContentHash> hashes) implements Offer {}

        record Taken(Snapshot snapshot) implements Offer {}
    }

    Offer offer(ProjectPlace place, String source, List<FileEntry> files, @Nullable OriginNote origin, String author) {
        sharing.readLock().lock();
        try {
            return answer(place, source, files, origin, author);
        } finally {
            sharing.readLock().unlock();
        }
    }

    private Offer answer(
            ProjectPlace place, String source, List<FileEntry> files, @Nullable OriginNote origin, String author) {
        BlobStore blobs = blobs(place.workspaceId());
        Manifest manifest = new Manifest(files);
        try {
            Set<ContentHash> missing = new HashSet<>();
            for (FileEntry file : manifest.files()) {
                long stored = blobs.size(file.hash());
                if (stored < 0) {
                    missing.add(file.hash());
                } else if (stored != file.size()) {
                    throw new RopewalkException(
                            ErrorCode.INVALID_REQUEST,
                            "The file '%s' is said to have %d bytes, but the content %s has %d. Read it again."
                                    .formatted(EntryPath.shown(file.path().value()), file.size(), file.hash(), stored));
                }
            }
            if (!missing.isEmpty()) {
                return new Offer.Missing(missing.stream()
                        .sorted((a, b) -> a.hex().compareTo(b.hex()))
                        .toList());
            }
            for (FileEntry file : manifest.files()) {
                if (file.isLink()) {
                    file.path().checkLink(linkTarget(blobs, file));
                }
            }
            return new Offer.Taken(commit(place, source, manifest, origin, author));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Stores one content.
    long put(WorkspaceId workspace, ContentHash hash, InputStream body) {
        try {
            return blobs(workspace).put(body, hash).size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Stores the contents of a tar stream, whose entries are named by their hashes.
    int putAll(WorkspaceId workspace, InputStream body) {
        int stored = 0;
        try (BlobStore.Batch batch = blobs(workspace).batch()) {
            TarReader tar = new TarReader(body);
            for (Optional<TarReader.Entry> entry = tar.next(); entry.isPresent(); entry = tar.next()) {
                if (entry.get().kind() != TarReader.Kind.FILE) {
                    throw new RopewalkException(
                            ErrorCode.INVALID_REQUEST,
                            "The batch holds something that is not a file. Send files named by their hashes.");
                }
                batch.put(
                        tar.content(),
                        entry.get().size(),
                        new ContentHash(entry.get().name()));
                stored++;
            }
            batch.finish();
            return stored;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Takes an archive as the source's new tree.
    Snapshot archive(ProjectPlace place, String source, String name, InputStream body, String author) {
        Path archive = null;
        try {
            Files.createDirectories(root);
            archive = Files.createTempFile(
                    root,
                    ARCHIVE,
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (OutputStream out = Files.newOutputStream(archive)) {
                body.transferTo(out);
            }
            Failpoints.UPLOAD_RECEIVED.reached();
            sharing.readLock().lock();
            try {
                return unpacked(place, source, name, archive, author);
            } finally {
                sharing.readLock().unlock();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (archive != null) {
                delete(archive);
            }
        }
    }

    private Snapshot unpacked(ProjectPlace place, String source, String name, Path archive, String author)
            throws IOException {
        List<FileEntry> files = new ArrayList<>();
        try (BlobStore.Batch batch = blobs(place.workspaceId()).batch()) {
            new SafeUnpacker(ArchiveLimits.USUAL).unpack(archive, name, new Collected(files, batch));
            batch.finish();
        }
        Failpoints.CONTENTS_SYNCED.reached();
        return commit(place, source, new Manifest(files), null, author);
    }

    /// Turns what an archive holds into files of a snapshot.
    private record Collected(List<FileEntry> files, BlobStore.Batch batch, Map<EntryPath, FileEntry> byPath)
            implements ArchiveSink {
        private static final int SMALL = 1 << 20;

        Collected(List<FileEntry> files, BlobStore.Batch batch) {
            this(files, batch, new HashMap<>());
        }

        @Override
        public void file(EntryPath path, boolean executable, long size, InputStream content) throws IOException {
            ContentHash hash = size <= SMALL
                    ? batch.putLater(content.readAllBytes(), null)
                    : batch.putNow(content, null).hash();
            add(new FileEntry(path, executable ? FileEntry.EXECUTABLE : FileEntry.PLAIN, size, hash));
        }

        @Override
        public void link(EntryPath path, String target) throws IOException {
            byte[] bytes = target.getBytes(StandardCharsets.UTF_8);
            add(new FileEntry(path, FileEntry.LINK, bytes.length, batch.putLater(bytes, null)));
        }

        @Override
        public void copy(EntryPath path, EntryPath earlier) {
            FileEntry known = byPath.get(earlier);
            if (known == null) {
                throw new IllegalStateException("a hard link was not checked: " + path);
            }
            add(new FileEntry(path, known.mode(), known.size(), known.hash()));
        }

        private void add(FileEntry file) {
            files.add(file);
            byPath.put(file.path(), file);
        }
    }

    private Snapshot commit(
            ProjectPlace place, String source, Manifest manifest, @Nullable OriginNote note, String author)
            throws IOException {
        BlobStore blobs = blobs(place.workspaceId());
        ContentHash hash =
                blobs.put(manifest.text().getBytes(StandardCharsets.UTF_8)).hash();
        String diff = note == null || note.diff() == null ? "" : note.diff();
        ContentHash diffHash = diff.isBlank()
                ? null
                : blobs.put(diff.getBytes(StandardCharsets.UTF_8)).hash();
        Failpoints.MANIFEST_STORED.reached();
        Snapshot.Origin origin = note == null
                ? Snapshot.Origin.UNKNOWN
                : new Snapshot.Origin(note.commit(), note.branch(), withoutUser(note.remote()), !diff.isBlank());
        Snapshot snapshot = new Snapshot(
                Ids.mint(),
                source,
                manifest.files().size(),
                manifest.bytes(),
                Instant.ofEpochMilli(clock.millis()),
                author,
                origin);
        return store.add(new SnapshotStore.Row(
                        place.workspaceId(),
                        place.projectId(),
                        hash,
                        new SnapshotStore.StoredOrigin(origin, diffHash),
                        snapshot))
                .snapshot();
    }

    /// Remote addresses may carry passwords.
    private static @Nullable String withoutUser(@Nullable String remote) {
        return remote == null ? null : USER_INFO.matcher(remote.strip()).replaceFirst("$1");
    }

    Page<Snapshot> list(ProjectPlace place, String source, Scope scope, int limit, @Nullable String cursor) {
        return store.list(place.projectId(), source, scope, limit, cursor).map(SnapshotStore.Row::snapshot);
    }

    Optional<Snapshot> newest(ProjectPlace place, String source, Scope scope) {
        return store.latest(place.projectId(), source, scope).map(SnapshotStore.Row::snapshot);
    }

    @Override
    public Optional<String> latest(ProjectId project, String source) {
        return store.latest(project, source, Scope.EVERYTHING)
                .map(row -> row.snapshot().id());
    }

    @Override
    public boolean has(ProjectId project, String source, String snapshot) {
        return find(project, source, snapshot, Scope.EVERYTHING).isPresent();
    }

    @Override
    public void writeInto(ProjectId project, String source, String snapshot, Path directory) {
        SnapshotStore.Row row =
                find(project, source, snapshot, Scope.EVERYTHING).orElseThrow(() -> noSnapshot(snapshot));
        BlobStore blobs = blobs(row.workspace());
        try {
            long free = Files.getFileStore(directory).getUsableSpace();
            if (row.snapshot().bytes() > free) {
                throw new RopewalkException(
                        ErrorCode.UNAVAILABLE,
                        "The snapshot %s has %,d bytes, but the server's disk has only %,d left. Free some space."
                                .formatted(snapshot, row.snapshot().bytes(), free));
            }
            Manifest manifest = Manifest.parse(blobs.read(row.manifest()));
            Set<Path> made = new HashSet<>();
            for (FileEntry file : manifest.files()) {
                if (!file.isLink()) {
                    writeFile(blobs, file, place(directory, file, made));
                }
            }
            // Links come last: until then nothing can be written through one.
            for (FileEntry file : manifest.files()) {
                if (file.isLink()) {
                    String target = linkTarget(blobs, file);
                    file.path().checkLink(target);
                    Files.createSymbolicLink(place(directory, file, made), Path.of(target));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path place(Path directory, FileEntry file, Set<Path> made) throws IOException {
        Path path = directory.resolve(file.path().value());
        Path parent = path.resolveSibling("");
        if (made.add(parent)) {
            Files.createDirectories(parent);
        }
        return path;
    }

    private static void writeFile(BlobStore blobs, FileEntry file, Path path) throws IOException {
        String permissions = file.mode() == FileEntry.EXECUTABLE ? "rwxr-xr-x" : "rw-r--r--";
        try (OutputStream out = Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            blobs.copyTo(file.hash(), out);
        }
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private static String linkTarget(BlobStore blobs, FileEntry link) throws IOException {
        if (link.size() > LONGEST_LINK) {
            throw new RopewalkException(
                    ErrorCode.UNSAFE_ARCHIVE,
                    "The symbolic link '%s' has a target of %d bytes."
                            .formatted(EntryPath.shown(link.path().value()), link.size()));
        }
        return new String(blobs.read(link.hash()), StandardCharsets.UTF_8);
    }

    /// What lies in a directory of a snapshot.
    record Listing(List<Item> items, boolean truncated) {}

    record Item(String name, boolean directory, long bytes) {}

    /// @param directory empty for the top
    Listing browse(ProjectPlace place, String source, String snapshot, String directory, Scope scope) {
        Manifest manifest = manifest(place, source, snapshot, scope);
        String prefix = directory.isEmpty() ? "" : new EntryPath(directory).value() + "/";
        Map<String, Item> items = new TreeMap<>();
        for (FileEntry file : manifest.files()) {
            String path = file.path().value();
            if (path.startsWith(prefix)) {
                int slash = path.indexOf('/', prefix.length());
                String name = slash < 0 ? path.substring(prefix.length()) : path.substring(prefix.length(), slash);
                items.put(name, new Item(name, slash >= 0, slash >= 0 ? 0 : file.size()));
            }
        }
        if (items.isEmpty() && !directory.isEmpty()) {
            throw noFile(directory, snapshot);
        }
        return new Listing(
                items.values().stream().limit(MOST_ENTRIES_SHOWN).toList(), items.size() > MOST_ENTRIES_SHOWN);
    }

    /// The checked bytes of a file in a snapshot, to be read from.
    Path content(ProjectPlace place, String source, String snapshot, EntryPath path, Scope scope) {
        FileEntry file = manifest(place, source, snapshot, scope).files().stream()
                .filter(entry -> entry.path().equals(path))
                .findFirst()
                .orElseThrow(() -> noFile(path.value(), snapshot));
        try {
            return blobs(place.workspaceId()).verified(file.hash());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Manifest manifest(ProjectPlace place, String source, String snapshot, Scope scope) {
        SnapshotStore.Row row =
                find(place.projectId(), source, snapshot, scope).orElseThrow(() -> noSnapshot(snapshot));
        try {
            return Manifest.parse(blobs(row.workspace()).read(row.manifest()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<SnapshotStore.Row> find(ProjectId project, String source, String snapshot, Scope scope) {
        return store.find(snapshot, scope)
                .filter(found -> found.project().equals(project)
                        && found.snapshot().source().equals(source));
    }

    private BlobStore blobs(WorkspaceId workspace) {
        return new BlobStore(root.resolve(workspace.value()));
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RopewalkException noSnapshot(String snapshot) {
        return new RopewalkException(
                ErrorCode.NOT_FOUND,
                "There is no snapshot '%s' of this source. Its snapshots are listed beside it."
                        .formatted(EntryPath.shown(snapshot)));
    }

    private static RopewalkException noFile(String path, String snapshot) {
        return new RopewalkException(
                ErrorCode.NOT_FOUND,
                "There is no '%s' in snapshot %s.".formatted(EntryPath.shown(path), EntryPath.shown(snapshot)));
    }
}
