package io.ropewalk.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/// Numbers, times and sizes as people read them.
final class Human {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private Human() {}

    /// `0.4 s`, `12 s`, `3 m 12 s`, `2 h 5 m`, `4 d 2 h`.
    static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 10) {
            return String.format(Locale.ROOT, "%.1f s", Math.max(0, duration.toMillis()) / 1000.0);
        }
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return two(seconds / 60, "m", seconds % 60, "s");
        }
        if (seconds < 86400) {
            return two(seconds / 3600, "h", seconds % 3600 / 60, "m");
        }
        return two(seconds / 86400, "d", seconds % 86400 / 3600, "h");
    }

    private static String two(long big, String bigUnit, long small, String smallUnit) {
        return small == 0 ? big + " " + bigUnit : big + " " + bigUnit + " " + small + " " + smallUnit;
    }

    static String ago(String time, Instant now) {
        if (time.isEmpty()) {
            return "";
        }
        try {
            Duration age = Duration.between(Instant.parse(time), now);
            if (age.toSeconds() < 2) {
                return "now";
            }
            String text = duration(age.toSeconds() < 10 ? age.truncatedTo(java.time.temporal.ChronoUnit.SECONDS) : age);
            int secondUnit = text.indexOf(' ', text.indexOf(' ') + 1);
            return (secondUnit < 0 ? text.replace(".0 s", " s") : text.substring(0, secondUnit)) + " ago";
        } catch (DateTimeParseException e) {
            return time;
        }
    }

    static String between(String start, String end, Instant now) {
        if (start.isEmpty()) {
            return "";
        }
        try {
            return duration(Duration.between(Instant.parse(start), end.isEmpty() ? now : Instant.parse(end)));
        } catch (DateTimeParseException e) {
            return "";
        }
    }

    static String bytes(long bytes) {
        double amount = bytes;
        int unit = 0;
        while (amount >= 1024 && unit < UNITS.length - 1) {
            amount /= 1024;
            unit++;
        }
        return unit == 0
                ? bytes + " B"
                : String.format(Locale.ROOT, amount < 10 ? "%.1f %s" : "%.0f %s", amount, UNITS[unit]);
    }

    /// At most four significant digits; anything that is not a number stays as it is.
    static String number(String text) {
        try {
            BigDecimal exact = new BigDecimal(text);
            if (exact.precision() - exact.scale() > 4
                    && exact.stripTrailingZeros().scale() <= 0) {
                return exact.stripTrailingZeros().toPlainString();
            }
            BigDecimal rounded = exact.round(new MathContext(4)).stripTrailingZeros();
            boolean readable =
                    rounded.signum() == 0 || (rounded.scale() < 8 && rounded.precision() - rounded.scale() < 9);
            return readable ? rounded.toPlainString() : rounded.toString();
        } catch (NumberFormatException e) {
            return text;
        }
    }

    static String shortened(String text, int length) {
        String line = text.lines().findFirst().orElse("");
        return line.length() <= length ? line : line.substring(0, length - 1) + "…";
    }
}
