package io.ropewalk.source;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.executor.Mount;
import io.ropewalk.support.archive.EntryPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// A source whose files are on this machine, ready to be mounted.
public sealed interface Prepared {
    /// The same, for who may only read.
    Prepared readOnly();

    /// The part of it at a path below it, which is what a mount with a sub path shows.
    ///
    /// @param source its name, for messages
    Prepared beneath(String source, String subPath);

    /// @param path an existing directory. Files of a fetched one are read-only, also in copies of it.
    /// @param access the most that a mount may allow
    record Directory(Path path, Mount.Access access) implements Prepared {
        @Override
        public Prepared readOnly() {
            return new Directory(path, Mount.Access.READ_ONLY);
        }

        /// Directories of a live one are made where they are missing. No link leads out.
        @Override
        public Prepared beneath(String source, String subPath) {
            String plain = subPath.replaceAll("^/+|/+$", "");
            if (plain.isEmpty()) {
                return this;
            }
            EntryPath below = new EntryPath(plain);
            try {
                return new Directory(
                        access == Mount.Access.READ_WRITE ? made(source, below) : found(source, below), access);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private Path found(String source, EntryPath below) throws IOException {
            Path directory = path.resolve(below.value());
            if (!Files.exists(directory) || !directory.toRealPath().startsWith(path.toRealPath())) {
                throw new RopewalkException(
                        ErrorCode.SOURCE_UNAVAILABLE,
                        "Source '%s' has no directory '%s'. Correct the mount's subPath."
                                .formatted(source, EntryPath.shown(below.value())));
            }
            return directory.toRealPath();
        }

        private Path made(String source, EntryPath below) throws IOException {
            Path at = path;
            for (String name : below.value().split("/", -1)) {
                at = at.resolve(name);
                if (!Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
                    try {
                        Files.createDirectory(at);
                    } catch (FileAlreadyExistsException _) {
                        // Somebody else made it; what it is gets looked at next.
                    }
                }
                if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
                    throw new RopewalkException(
                            ErrorCode.SOURCE_UNAVAILABLE,
                            "Source '%s' has a file where its subPath '%s' wants a directory, '%s'. Correct the mount's subPath."
                                    .formatted(source, EntryPath.shown(below.value()), EntryPath.shown(name)));
                }
            }
            return at;
        }
    }

    /// An empty directory of each replica's own, which the executor makes.
    record Scratch() implements Prepared {
        @Override
        public Prepared readOnly() {
            return this;
        }

        @Override
        public Prepared beneath(String source, String subPath) {
            return this;
        }
    }
}
