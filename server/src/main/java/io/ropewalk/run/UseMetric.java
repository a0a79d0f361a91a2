package io.ropewalk.run;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// What is measured of a replica, with its unit. 100 % is one processor or one GPU; a megabyte is a million
/// bytes.
enum UseMetric {
    CPU("%"),
    MEMORY("MB"),
    GPU("%"),
    GPU_MEMORY("MB"),
    GPU_POWER("W"),
    GPU_TEMPERATURE("C"),
    DISK_READ("B/s"),
    DISK_WRITE("B/s"),
    NET_IN("B/s"),
    NET_OUT("B/s");

    private final String unit;

    UseMetric(String unit) {
        this.unit = unit;
    }

    @JsonValue
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    String unit() {
        return unit;
    }
}
