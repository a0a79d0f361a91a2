package io.ropewalk.metric;

import java.util.Arrays;

/// The points of one series in the order they were written.
final class Column {
    private long[] steps = new long[8];
    private long[] times = new long[8];
    private double[] values = new double[8];
    private int size;

    void add(long step, long time, double value) {
        if (size == steps.length) {
            int larger = size + (size >> 1);
            steps = Arrays.copyOf(steps, larger);
            times = Arrays.copyOf(times, larger);
            values = Arrays.copyOf(values, larger);
        }
        steps[size] = step;
        times[size] = time;
        values[size] = value;
        size++;
    }

    int size() {
        return size;
    }

    long step(int i) {
        return steps[i];
    }

    long time(int i) {
        return times[i];
    }

    double value(int i) {
        return values[i];
    }

    Column copy() {
        Column copy = new Column();
        copy.steps = Arrays.copyOf(steps, size);
        copy.times = Arrays.copyOf(times, size);
        copy.values = Arrays.copyOf(values, size);
        copy.size = size;
        return copy;
    }

    /// The same points by step, then time, then the order they were written in.
    Column sorted() {
        if (inOrder()) {
            return this;
        }
        Integer[] order = new Integer[size];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> {
            int bySteps = Long.compare(steps[a], steps[b]);
            return bySteps != 0 ? bySteps : Long.compare(times[a], times[b]);
        });
        Column sorted = new Column();
        for (int i : order) {
            sorted.add(steps[i], times[i], values[i]);
        }
        return sorted;
    }

    private boolean inOrder() {
        for (int i = 1; i < size; i++) {
            if (steps[i] < steps[i - 1] || (steps[i] == steps[i - 1] && times[i] < times[i - 1])) {
                return false;
            }
        }
        return true;
    }
}
