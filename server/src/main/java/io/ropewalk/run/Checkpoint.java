package io.ropewalk.run;

import io.ropewalk.metric.Point;
import io.ropewalk.project.Task;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a program has left in its checkpoint directory: a file, or a directory with all that is in it.
///
/// @param changedAt when anything of it was last written, in milliseconds since the epoch
record Checkpoint(String name, long changedAt) {

    /// Those that a rule does not keep, oldest first. Pure.
    ///
    /// @param points of the number that says which is best
    static List<Checkpoint> expired(List<Checkpoint> there, Task.Checkpoints rule, List<Point> points) {
        List<Checkpoint> latestFirst = there.stream()
                .sorted(Comparator.comparingLong(Checkpoint::changedAt)
                        .thenComparing(Checkpoint::name)
                        .reversed())
                .toList();
        Set<Checkpoint> kept = new HashSet<>(latestFirst.subList(0, Math.min(rule.keep(), latestFirst.size())));
        best(latestFirst, rule.goal(), points).ifPresent(kept::add);
        return latestFirst.reversed().stream()
                .filter(each -> !kept.contains(each))
                .toList();
    }

    /// The one that was written when the number was best; the latest of those that are equal.
    static Optional<Checkpoint> best(List<Checkpoint> latestFirst, Task.Goal goal, List<Point> points) {
        Checkpoint best = null;
        double most = Double.NaN;
        for (Checkpoint each : latestFirst) {
            double value = each.value(points);
            double worth = goal == Task.Goal.MAX ? value : -value;
            if (!Double.isNaN(worth) && (best == null || worth > most)) {
                best = each;
                most = worth;
            }
        }
        return Optional.ofNullable(best);
    }

    /// What the number was when this was written: programs log it just before, or just after. The earlier one of two
    /// that are equally near; no number when there is none.
    private double value(List<Point> points) {
        return points.stream()
                .min(Comparator.comparingLong((Point point) -> Math.abs(point.at() - changedAt))
                        .thenComparingLong(Point::at))
                .map(Point::value)
                .orElse(Double.NaN);
    }
}
