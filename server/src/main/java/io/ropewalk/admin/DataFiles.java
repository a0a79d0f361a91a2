package io.ropewalk.admin;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What of a data directory belongs into a backup: everything but what only this server at this time needs (its lock,
/// its address), what can be made again (environments, copies of repositories, the search index), what is half-written,
/// and the database's own files, whose rows are copied otherwise.
record DataFiles(Path data) {
    static final String DATABASE = "ropewalk.db";
    static final String LATEST_BACKUP = "latest-backup";

    private static final Set<String> NOT_AT_THE_TOP =
            Set.of("lock", "url", "url.new", "sign-in.html", "clock", "python", "local", "search", LATEST_BACKUP);

    /// @param others directories elsewhere that are none of the server's, such as the one for backups
    List<Path> all(List<Path> others) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(data, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                if (directory.equals(data)) {
                    return FileVisitResult.CONTINUE;
                }
                if (others.contains(directory) || !belongs(data.relativize(directory))) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                found.add(directory);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if ((attributes.isRegularFile() || attributes.isSymbolicLink()) && belongs(data.relativize(file))) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException problem) throws IOException {
                if (problem instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw problem;
            }
        });
        return found;
    }

    static boolean belongs(Path relative) {
        String first = relative.getName(0).toString();
        String last = relative.getFileName().toString();
        int depth = relative.getNameCount();
        if (NOT_AT_THE_TOP.contains(first) || (depth == 1 && first.startsWith(DATABASE))) {
            return false;
        }
        return switch (first) {
            case "cache" -> depth == 1 || belongsOfCache(relative);
            case "uploads" -> !last.startsWith("incoming-") && !last.startsWith(".archive-");
            case "runs" -> !(depth == 6 && relative.getName(2).toString().equals("replicas") && last.equals("private"));
            default -> true;
        };
    }

    private static boolean belongsOfCache(Path relative) {
        boolean tree = relative.getName(1).toString().equals("trees");
        boolean halfMade = relative.getNameCount() == 4
                && (relative.getName(3).toString().startsWith(".")
                        || relative.getName(3).toString().endsWith(".lock"));
        return tree && !halfMade;
    }
}
