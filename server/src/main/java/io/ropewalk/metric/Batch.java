package io.ropewalk.metric;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Points that were written together, by columns: point `i` belongs to series `names[series[i]]`. The arrays
/// are never changed.
record Batch(String[] names, int[] series, long[] steps, long[] times, double[] values) {
    static Batch of(List<Point> points) {
        int size = points.size();
        Map<String, Integer> names = new LinkedHashMap<>();
        Batch batch = new Batch(new String[0], new int[size], new long[size], new long[size], new double[size]);
        for (int i = 0; i < size; i++) {
            Point point = points.get(i);
            Integer known = names.putIfAbsent(point.name(), names.size());
            batch.series[i] = known == null ? names.size() - 1 : known;
            batch.steps[i] = point.step();
            batch.times[i] = point.at();
            batch.values[i] = point.value();
        }
        return new Batch(names.keySet().toArray(String[]::new), batch.series, batch.steps, batch.times, batch.values);
    }

    int size() {
        return series.length;
    }

    List<Point> points() {
        return new ArrayList<>(new AbstractList<Point>() {
            @Override
            public Point get(int i) {
                return new Point(names[series[i]], steps[i], times[i], values[i]);
            }

            @Override
            public int size() {
                return series.length;
            }
        });
    }

    @Override
    public String toString() {
        return size() + " points of " + Arrays.toString(names);
    }
}
