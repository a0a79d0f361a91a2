package io.ropewalk.run;

import io.ropewalk.metric.MetricStore;
import io.ropewalk.metric.Point;
import io.ropewalk.project.Task;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.disk.TreeRemoval;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes the checkpoints that a task's rule does not keep, while its runs go on and when they end. What a crash
/// leaves half removed has a hidden name, and goes with the next look.
final class CheckpointKeeper {
    private static final Logger LOGGER = LoggerFactory.getLogger(CheckpointKeeper.class);
    private static final String GOING = ".removed-";
    /// Of a chain of runs that go on from each other, the numbers of so many are looked at.
    private static final int MOST_EARLIER = 100;

    private final RunDirectories directories;
    private final MetricStore metrics;
    private final Function<RunId, Optional<Run>> runs;
    private final BiConsumer<RunId, String> says;

    /// @param says writes a line into a run's own log
    CheckpointKeeper(
            RunDirectories directories,
            MetricStore metrics,
            Function<RunId, Optional<Run>> runs,
            BiConsumer<RunId, String> says) {
        this.directories = directories;
        this.metrics = metrics;
        this.runs = runs;
        this.says = says;
    }

    /// Looks at all of these that have a rule.
    void pass(Collection<Run> running) {
        running.forEach(this::tidy);
    }

    /// Looks at one; what cannot be removed now is left for later.
    void tidy(Run run) {
        Task.Checkpoints rule = run.specification().task().checkpoints();
        if (rule == null) {
            return;
        }
        Run.Earlier earlier = run.origin().earlier();
        Path directory = RunDirectories.checkpoints(directories.of(earlier == null ? run.id() : earlier.first()));
        try {
            tidy(run, rule, directory);
        } catch (IOException | UncheckedIOException | JdbiException | RopewalkException e) {
            LOGGER.warn("The checkpoints of run {} in '{}' cannot be tidied for now", run.id(), directory, e);
        }
    }

    private void tidy(Run run, Task.Checkpoints rule, Path directory) throws IOException {
        List<Checkpoint> there = new ArrayList<>();
        PathMatcher matcher = directory.getFileSystem().getPathMatcher("glob:" + rule.files());
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (name.startsWith(GOING)) {
                    TreeRemoval.remove(entry);
                } else if (!name.startsWith(".")
                        && matcher.matches(entry.getFileName())
                        && !Files.isSymbolicLink(entry)) {
                    changedAt(entry).ifPresent(at -> there.add(new Checkpoint(name, at)));
                }
            }
        } catch (NoSuchFileException _) {
            return;
        }
        if (there.size() <= rule.keep()) {
            return;
        }
        List<Checkpoint> expired =
                Checkpoint.expired(there, rule, rule.best() == null ? List.of() : points(run, rule.best()));
        for (Checkpoint each : expired) {
            // A program must not find half of one.
            Path going = directory.resolve(GOING + each.name());
            Files.move(directory.resolve(each.name()), going, StandardCopyOption.ATOMIC_MOVE);
            TreeRemoval.remove(going);
            Files.deleteIfExists(going);
            says.accept(
                    run.id(),
                    "checkpoints: removed '%s'; kept are the latest %d%s"
                            .formatted(
                                    each.name(),
                                    rule.keep(),
                                    rule.best() == null ? "" : " and the best of '" + rule.best() + "'"));
        }
    }

    /// When anything of it was last written; empty when it has just gone.
    private static Optional<Long> changedAt(Path entry) throws IOException {
        try (Stream<Path> all = Files.walk(entry)) {
            long latest = Long.MIN_VALUE;
            for (Path each : (Iterable<Path>) all::iterator) {
                latest = Math.max(
                        latest,
                        Files.getLastModifiedTime(each, LinkOption.NOFOLLOW_LINKS)
                                .toMillis());
            }
            return Optional.of(latest);
        } catch (NoSuchFileException | UncheckedIOException _) {
            return Optional.empty();
        }
    }

    /// Of this run and of all that it goes on from.
    private List<Point> points(Run run, String name) {
        List<Point> points = new ArrayList<>();
        Optional<Run> each = Optional.of(run);
        for (int i = 0; i < MOST_EARLIER && each.isPresent(); i++) {
            points.addAll(metrics.points(each.get().id(), name));
            Run.Earlier earlier = each.get().origin().earlier();
            each = earlier == null ? Optional.empty() : runs.apply(earlier.run());
        }
        return points;
    }
}
