package io.ropewalk.source;

import io.ropewalk.spi.WorkspaceId;
import io.ropewalk.support.db.Database;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/// Compares every stored content with the hash that it is stored under, and what snapshots name with what is there.
/// Changes nothing.
public final class ContentCheck {
    private static final int BUFFER = 1 << 18;

    private final SnapshotStore store;
    private final Path root;

    /// @param root where [Uploads] keeps contents
    public ContentCheck(Database database, Path root) {
        this.store = new SnapshotStore(database);
        this.root = root;
    }

    /// @param problem is told what is wrong with which file
    /// @param read is told how many bytes were read
    public void check(Consumer<String> problem, LongConsumer read) throws IOException {
        if (!Files.isDirectory(root)) {
            return;
        }
        try (DirectoryStream<Path> workspaces = Files.newDirectoryStream(root, Files::isDirectory)) {
            for (Path workspace : workspaces) {
                check(workspace, problem, read);
            }
        }
    }

    private void check(Path workspace, Consumer<String> problem, LongConsumer read) throws IOException {
        Set<ContentHash> wrong = new HashSet<>();
        BlobStore blobs = new BlobStore(workspace);
        blobs.forEach((hash, _) -> {
            Path file = workspace
                    .resolve(hash.hex().substring(0, 2))
                    .resolve(hash.hex().substring(2));
            try {
                if (!hash(file, read).equals(hash)) {
                    wrong.add(hash);
                    problem.accept("'%s' is damaged: its bytes are not those that it is named after".formatted(file));
                }
            } catch (NoSuchFileException _) {
                // It was removed meanwhile; if anything needs it, that is told below.
            }
        });
        for (SnapshotStore.Kept kept :
                store.kept(new WorkspaceId(workspace.getFileName().toString()))) {
            if (wrong.contains(kept.manifest())) {
                continue;
            }
            if (!blobs.has(kept.manifest())) {
                problem.accept("the list of files %s of a snapshot is not stored".formatted(kept.manifest()));
                continue;
            }
            for (FileEntry file : Manifest.parse(blobs.read(kept.manifest())).files()) {
                if (!blobs.has(file.hash())) {
                    problem.accept("the content %s of the file '%s' of a snapshot is not stored"
                            .formatted(file.hash(), file.path()));
                }
            }
        }
    }

    private static ContentHash hash(Path file, LongConsumer read) throws IOException {
        MessageDigest digest = ContentHash.digest();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
                read.accept(count);
            }
        }
        return ContentHash.of(digest);
    }
}
