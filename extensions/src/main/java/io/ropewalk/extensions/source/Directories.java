package io.ropewalk.extensions.source;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Finding directories of this machine. Programs may have left symbolic links in directories that they could write,
/// so nothing below a shared root is reached through one.
public final class Directories {
    private Directories() {}

    /// The directory below `root` that the names lead to, made where it is missing.
    public static Path makeBelow(Path root, List<String> names) {
        try {
            Files.createDirectories(root);
            Path at = root.toRealPath();
            for (String name : names) {
                at = at.resolve(name);
                if (!Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
                    makeOne(at);
                }
                if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
                    throw new RopewalkException(
                            ErrorCode.INVALID_REQUEST,
                            "'%s' in the storage path '%s' is %s, not a directory. Remove it or choose another path."
                                    .formatted(
                                            name,
                                            String.join("/", names),
                                            Files.isSymbolicLink(at) ? "a symbolic link" : "a file"));
                }
            }
            return at;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The path itself, with every link in it followed, if that ends below one of the roots.
    public static Optional<Path> realBelow(List<Path> roots, Path path) throws IOException {
        Path real = path.toRealPath();
        for (Path root : roots) {
            if (Files.isDirectory(root) && real.startsWith(root.toRealPath())) {
                return Optional.of(real);
            }
        }
        return Optional.empty();
    }

    private static void makeOne(Path directory) throws IOException {
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException _) {
            // Somebody else made it meanwhile; what it is gets checked next.
        }
    }
}
