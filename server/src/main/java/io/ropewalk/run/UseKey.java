package io.ropewalk.run;

import java.util.Comparator;
import java.util.Locale;
import java.util.Map;

/// What of whom is measured.
///
/// @param device of a GPU, as the machine counts; else -1
record UseKey(String replica, UseMetric metric, int device) implements Comparable<UseKey> {
    static final int NO_DEVICE = -1;

    private static final Comparator<UseKey> ORDER =
            Comparator.comparing(UseKey::metric).thenComparing(UseKey::replica).thenComparingInt(UseKey::device);

    UseKey(String replica, UseMetric metric) {
        this(replica, metric, NO_DEVICE);
    }

    /// The name of the series, as it is stored.
    String text() {
        return replica + "/" + metric.word() + (device == NO_DEVICE ? "" : "/" + device);
    }

    static UseKey parse(String text) {
        String[] part = text.split("/", -1);
        return new UseKey(
                part[0],
                UseMetric.valueOf(part[1].toUpperCase(Locale.ROOT)),
                part.length > 2 ? Integer.parseInt(part[2]) : NO_DEVICE);
    }

    Map<String, String> labels() {
        return device == NO_DEVICE
                ? Map.of("replica", replica)
                : Map.of("replica", replica, "device", Integer.toString(device));
    }

    @Override
    public int compareTo(UseKey other) {
        return ORDER.compare(this, other);
    }
}
