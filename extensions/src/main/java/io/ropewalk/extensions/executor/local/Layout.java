package io.ropewalk.extensions.executor.local;

import io.ropewalk.spi.executor.Mount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Which directories have to be made and which trees put where, so that every mount of a replica appears at its path
/// and nothing is ever created in a tree that is shown. A tree that must show another tree below a path which it does
/// not have itself is taken apart: an empty directory in its place, and its entries one by one.
record Layout(List<Step> steps) {
    Layout {
        steps = List.copyOf(steps);
    }

    sealed interface Step {
        /// An empty directory.
        record MakeDirectory(Path at) implements Step {}

        /// A symbolic link with that text.
        record Link(String text, Path at) implements Step {}

        /// A tree or file of the machine.
        record Show(Path from, Path at, Mount.Access access) implements Step {}
    }

    /// A tree to be shown.
    ///
    /// @param like a tree with the same entries, to look at: a private copy is not there yet
    record Tree(Path from, Path like, Path at, Mount.Access access) {}

    static Layout of(List<Tree> trees) {
        List<Tree> outerFirst = trees.stream()
                .sorted(Comparator.comparingInt(tree -> tree.at().getNameCount()))
                .toList();
        List<Step> steps = new ArrayList<>();
        for (Tree tree : outerFirst) {
            place(tree, outerFirst, steps);
        }
        return new Layout(steps);
    }

    private static void place(Tree tree, List<Tree> all, List<Step> steps) {
        boolean whole = all.stream()
                .filter(other -> isBelow(other.at(), tree.at()))
                .allMatch(other -> Files.exists(tree.like().resolve(tree.at().relativize(other.at()))));
        if (whole || !Files.isDirectory(tree.like())) {
            steps.add(new Step.Show(tree.from(), tree.at(), tree.access()));
            return;
        }
        steps.add(new Step.MakeDirectory(tree.at()));
        for (Path entry : entries(tree.like())) {
            Path at = tree.at().resolve(entry.getFileName());
            if (all.stream().anyMatch(other -> other.at().equals(at))) {
                continue;
            }
            if (Files.isSymbolicLink(entry)) {
                steps.add(new Step.Link(linkText(entry), at));
            } else {
                place(new Tree(tree.from().resolve(entry.getFileName()), entry, at, tree.access()), all, steps);
            }
        }
    }

    private static boolean isBelow(Path path, Path ancestor) {
        return path.startsWith(ancestor) && !path.equals(ancestor);
    }

    /// The path with the symbolic links of its existing part resolved.
    static Path resolved(Path path) {
        Path existing = path;
        while (existing != null && !Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
            existing = existing.getParent();
        }
        if (existing == null) {
            return path;
        }
        try {
            return existing.toRealPath().resolve(existing.relativize(path)).normalize();
        } catch (IOException e) {
            return path;
        }
    }

    private static String linkText(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> entries(Path directory) {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            List<Path> entries = new ArrayList<>();
            stream.forEach(entries::add);
            entries.sort(Comparator.naturalOrder());
            return entries;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
