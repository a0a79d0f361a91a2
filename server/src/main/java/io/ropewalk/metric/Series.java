package io.ropewalk.metric;

import java.util.AbstractList;
import java.util.List;

/// A series to draw, by step.
///
/// @param points each a step, milliseconds since the epoch, and a value
/// @param sampled there are more points than these; no peak is missing
public record Series(String name, List<List<Object>> points, boolean sampled) {
    public Series {
        points = List.copyOf(points);
    }

    static Series of(String name, Column column, boolean sampled) {
        return new Series(
                name,
                new AbstractList<>() {
                    @Override
                    public List<Object> get(int i) {
                        return List.of(column.step(i), column.time(i), column.value(i));
                    }

                    @Override
                    public int size() {
                        return column.size();
                    }
                },
                sampled);
    }
}
