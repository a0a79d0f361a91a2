package io.ropewalk.source;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.archive.EntryPath;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// All files of a snapshot, sorted by path. Two trees with the same files have the same manifest, byte for
/// byte.
record Manifest(List<FileEntry> files) {
    private static final String FIRST_LINE = "ropewalk manifest 1";
    private static final int MOST_FILES = 2_000_000;

    Manifest {
        if (files.size() > MOST_FILES) {
            throw new RopewalkException(
                    ErrorCode.TOO_LARGE,
                    "The tree has %,d files, more than the %,d that a snapshot may have. Pack small files together."
                            .formatted(files.size(), MOST_FILES));
        }
        files = files.stream().sorted(Comparator.comparing(FileEntry::path)).toList();
        check(files);
    }

    long bytes() {
        return files.stream().mapToLong(FileEntry::size).reduce(0, Math::addExact);
    }

    /// One line for each file: mode, size, hash, path. Paths have no line breaks.
    String text() {
        StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
        for (FileEntry file : files) {
            text.append(Integer.toOctalString(file.mode()))
                    .append(' ')
                    .append(file.size())
                    .append(' ')
                    .append(file.hash())
                    .append(' ')
                    .append(file.path())
                    .append('\n');
        }
        return text.toString();
    }

    static Manifest parse(byte[] bytes) {
        List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
        if (lines.isEmpty() || !lines.getFirst().equals(FIRST_LINE)) {
            throw new IllegalStateException("a stored manifest does not begin with '" + FIRST_LINE + "'");
        }
        return new Manifest(lines.stream().skip(1).map(Manifest::parseLine).toList());
    }

    private static FileEntry parseLine(String line) {
        String[] parts = line.split(" ", 4);
        return new FileEntry(
                new EntryPath(parts[3]),
                Integer.parseInt(parts[0], 8),
                Long.parseLong(parts[1]),
                new ContentHash(parts[2]));
    }

    private static void check(List<FileEntry> sorted) {
        Set<String> paths = HashSet.newHashSet(sorted.size());
        for (FileEntry file : sorted) {
            if (!paths.add(file.path().value())) {
                throw refused(file.path().value(), "is there twice");
            }
        }
        for (FileEntry file : sorted) {
            for (String parent : file.path().parents()) {
                if (paths.contains(parent)) {
                    throw refused(parent, "is a file and a directory");
                }
            }
        }
    }

    private static RopewalkException refused(String path, String why) {
        return new RopewalkException(
                ErrorCode.INVALID_REQUEST, "The path '%s' %s.".formatted(EntryPath.shown(path), why));
    }
}
