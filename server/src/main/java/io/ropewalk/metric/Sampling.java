package io.ropewalk.metric;

/// Fewer points that draw the same line: of each stretch of a series its smallest and largest value and its
/// first NaN, and the series' first and last point.
final class Sampling {
    private static final int PER_STRETCH = 3;

    private Sampling() {}

    /// @param column by step
    /// @param most at least 5
    static Column of(Column column, int most) {
        int size = column.size();
        if (size <= most) {
            return column;
        }
        Column sample = new Column();
        keep(column, 0, sample);
        int stretches = (most - 2) / PER_STRETCH;
        for (int i = 0; i < stretches; i++) {
            int from = 1 + (int) ((long) (size - 2) * i / stretches);
            int to = 1 + (int) ((long) (size - 2) * (i + 1) / stretches);
            stretch(column, from, to, sample);
        }
        keep(column, size - 1, sample);
        return sample;
    }

    private static void stretch(Column column, int from, int to, Column sample) {
        int smallest = -1;
        int largest = -1;
        int missing = -1;
        for (int i = from; i < to; i++) {
            double value = column.value(i);
            if (Double.isNaN(value)) {
                missing = missing < 0 ? i : missing;
                continue;
            }
            smallest = smallest < 0 || value < column.value(smallest) ? i : smallest;
            largest = largest < 0 || value > column.value(largest) ? i : largest;
        }
        for (int i = from; i < to; i++) {
            if (i == smallest || i == largest || i == missing) {
                keep(column, i, sample);
            }
        }
    }

    private static void keep(Column column, int i, Column sample) {
        sample.add(column.step(i), column.time(i), column.value(i));
    }
}
