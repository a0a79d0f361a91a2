package io.ropewalk.support.yaml;

import org.jspecify.annotations.Nullable;

/// Where something stands in a text.
///
/// @param line from 1
/// @param column from 1
/// @param parent the place of what it stands in, `null` for the root
/// @param step how the parent leads here: `.name` or `[2]`
public record Place(int line, int column, @Nullable Place parent, String step) {
    private static final int LONGEST_STEP = 60;

    static Place root(int line, int column) {
        return new Place(line, column, null, "");
    }

    Place key(String key, int line, int column) {
        return new Place(line, column, this, "." + key);
    }

    Place index(int index, int line, int column) {
        return new Place(line, column, this, "[" + index + "]");
    }

    /// How to get here from the root, such as `tasks[0].roles[1].image`; empty at the root.
    public String path() {
        StringBuilder path = new StringBuilder();
        for (Place place = this; place != null; place = place.parent) {
            String step = place.step;
            path.insert(0, step.length() > LONGEST_STEP ? step.substring(0, LONGEST_STEP) + "…" : step);
        }
        return path.length() > 0 && path.charAt(0) == '.' ? path.substring(1) : path.toString();
    }
}
