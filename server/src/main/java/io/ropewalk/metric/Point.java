package io.ropewalk.metric;

import io.ropewalk.support.text.Printable;

/// One number of a series.
///
/// @param at milliseconds since the epoch
public record Point(String name, long step, long at, double value) {
    public static final int LONGEST_NAME = 250;

    public Point {
        if (!named(name)) {
            throw new IllegalArgumentException("not the name of a series: " + name);
        }
    }

    /// Whether a series can be called so: 1 to 250 printable characters, no blank at the ends.
    public static boolean named(String name) {
        return !name.isEmpty()
                && name.length() <= LONGEST_NAME
                && name.equals(name.strip())
                && name.codePoints().allMatch(Printable::is);
    }
}
