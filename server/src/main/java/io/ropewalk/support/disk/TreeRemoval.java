package io.ropewalk.support.disk;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// Removes a directory with everything in it. A link is removed, never followed, also when it takes a directory's
/// place in the middle of the work; directories that forbid changes are made to allow them.
public final class TreeRemoval {
    /// Each level keeps a directory open.
    private static final int DEEPEST = 64;

    private static final Set<PosixFilePermission> OURS = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private final SecureDirectoryStream<Path> top;
    private boolean movedUp;

    private TreeRemoval(SecureDirectoryStream<Path> top) {
        this.top = top;
    }

    /// @param directory one without a directory of that name does no harm
    public static void remove(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath().normalize();
        Path name = absolute.getFileName();
        Path parent = absolute.getParent();
        if (name == null || parent == null) {
            throw new IOException("the root of a file system is not removed");
        }
        if (!Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (var stream = Files.newDirectoryStream(parent)) {
            if (!(stream instanceof SecureDirectoryStream<Path> home)) {
                throw new IOException("the file system of " + parent + " cannot open a directory without its path");
            }
            if (!isDirectory(home, name)) {
                home.deleteFile(name);
                return;
            }
            boolean again = true;
            while (again) {
                makeChangeable(home, name);
                try (SecureDirectoryStream<Path> top = home.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                    TreeRemoval removal = new TreeRemoval(top);
                    removal.empty(top, 0);
                    again = removal.movedUp;
                }
            }
            home.deleteDirectory(name);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private void empty(SecureDirectoryStream<Path> directory, int depth) throws IOException {
        List<Path> names = new ArrayList<>();
        directory.forEach(entry -> names.add(entry.getFileName()));
        for (Path name : names) {
            try {
                if (!isDirectory(directory, name)) {
                    directory.deleteFile(name);
                } else if (depth == DEEPEST) {
                    makeChangeable(directory, name);
                    directory.move(name, top, Path.of("deeper-" + UUID.randomUUID()));
                    movedUp = true;
                } else {
                    makeChangeable(directory, name);
                    try (SecureDirectoryStream<Path> inner =
                            directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                        empty(inner, depth + 1);
                    }
                    directory.deleteDirectory(name);
                }
            } catch (NoSuchFileException _) {
                // Somebody else has removed it.
            }
        }
    }

    private static boolean isDirectory(SecureDirectoryStream<Path> directory, Path name) throws IOException {
        return directory
                .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .isDirectory();
    }

    private static void makeChangeable(SecureDirectoryStream<Path> directory, Path name) throws IOException {
        PosixFileAttributeView view =
                directory.getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (!view.readAttributes().permissions().containsAll(OURS)) {
            view.setPermissions(OURS);
        }
    }
}
