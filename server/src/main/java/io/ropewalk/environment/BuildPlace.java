package io.ropewalk.environment;

import io.ropewalk.spi.Ids;
import io.ropewalk.support.failpoint.Failpoints;
import io.ropewalk.support.json.Json;
import io.ropewalk.support.text.Fingerprint;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where a virtual environment is built: `<home>/` holds one directory per build and the file `ready`, which names the
/// one that is complete. An environment is built where it stays, since it cannot be moved; a build that was cut off is
/// never named by `ready`, so what it left, or still writes, is in nobody's way and is removed by the next build.
record BuildPlace(Path home) {
    /// A name for what has this content.
    static String key(Map<String, Object> content) {
        return Fingerprint.of(Json.write(content)).substring(0, 40);
    }

    /// Where the environment of a build lies.
    static Path environment(Path root) {
        return root.resolve("venv");
    }

    interface Build {
        void in(Path root) throws Commands.Failed, IOException, InterruptedException;
    }

    /// The directory of the complete build.
    Optional<Path> ready() throws IOException {
        try {
            Path root = home.resolve(Files.readString(home.resolve("ready")).strip());
            // The interpreter is borrowed, and may have been uninstalled.
            return Files.isExecutable(environment(root).resolve("bin/python")) ? Optional.of(root) : Optional.empty();
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    /// Waits for a build of another server, and builds if that one did not. Of this server only one thread may call
    /// this at a time.
    ///
    /// @return the directory of the complete build
    Path build(Build build) throws Commands.Failed, IOException, InterruptedException {
        Files.createDirectories(home);
        try (FileChannel channel =
                        FileChannel.open(home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            Optional<Path> ready = ready();
            if (ready.isPresent()) {
                return ready.get();
            }
            removeLeftovers();
            Path root = Files.createDirectory(home.resolve("b-" + Ids.mint()));
            boolean built = false;
            try {
                build.in(root);
                mark(root);
                built = true;
                return root;
            } finally {
                if (!built) {
                    delete(root);
                }
            }
        }
    }

    private void mark(Path root) throws IOException {
        Path written = home.resolve("ready.new");
        try (FileChannel channel = FileChannel.open(
                written, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            channel.write(StandardCharsets.UTF_8.encode(root.getFileName().toString()));
            channel.force(true);
        }
        Failpoints.ENVIRONMENT_MARK.reached();
        Files.move(written, home.resolve("ready"), StandardCopyOption.ATOMIC_MOVE);
    }

    /// Everything but the lock: the caller holds it, and nothing here is named by `ready` or what is named is broken.
    private void removeLeftovers() throws IOException {
        List<Path> leftovers = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(home)) {
            stream.forEach(leftovers::add);
        }
        Files.deleteIfExists(home.resolve("ready"));
        for (Path each : leftovers) {
            if (each.getFileName().toString().startsWith("b-")) {
                delete(each);
            }
        }
    }

    /// A build that was cut off may still be writing; what cannot be removed now is removed by the next build.
    private static void delete(Path tree) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes about) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failed) {
                try {
                    Files.deleteIfExists(visited);
                } catch (IOException _) {
                    // Not empty: see above.
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
