package io.ropewalk.metric;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A series as it grows. Not thread-safe.
final class SeriesState {
    private final String name;
    private long count;
    private double last;
    private long lastStep;
    private long lastAt;
    private double min = Double.NaN;
    private double max = Double.NaN;
    private boolean nan;
    /// The highest step that was given out or written.
    private long reserved = -1;
    private @Nullable Column column = new Column();

    SeriesState(String name) {
        this.name = name;
    }

    void add(long step, long at, double value) {
        if (count == 0 || step > lastStep || (step == lastStep && at >= lastAt)) {
            last = value;
            lastStep = step;
            lastAt = at;
        }
        min = Double.isNaN(min) ? value : Double.isNaN(value) ? min : Math.min(min, value);
        max = Double.isNaN(max) ? value : Double.isNaN(value) ? max : Math.max(max, value);
        nan |= Double.isNaN(value);
        count++;
        reserve(step);
        if (column != null) {
            column.add(step, at, value);
        }
    }

    /// Keeps a step from being given out again.
    void reserve(long step) {
        reserved = Math.max(reserved, step);
    }

    /// One more than the highest step.
    long nextStep() {
        if (reserved < Long.MAX_VALUE) {
            reserved++;
        }
        return reserved;
    }

    void forgetPoints() {
        column = null;
    }

    boolean isEmpty() {
        return count == 0;
    }

    @Nullable
    Column column() {
        return column;
    }

    Extent extent() {
        return new Extent(min, max, nan);
    }

    SeriesSummary summary() {
        return new SeriesSummary(name, count, last, min, max, lastStep, Instant.ofEpochMilli(lastAt));
    }
}
