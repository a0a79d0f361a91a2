package io.ropewalk.project;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Lengths of time as people write them: `90s`, `5m`, `2h`, `1d`, `1h30m`, or a number of seconds.
final class Durations {
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");
    private static final Pattern SHAPE =
            Pattern.compile("(?:([0-9]{1,5})d)?(?:([0-9]{1,6})h)?(?:([0-9]{1,8})m)?(?:([0-9]{1,9})s)?");
    private static final long[] UNITS = {86_400, 3_600, 60, 1};

    private Durations() {}

    static OptionalLong seconds(String written) {
        String text = written.strip();
        if (SECONDS.matcher(text).matches()) {
            return OptionalLong.of(Long.parseLong(text));
        }
        Matcher shape = SHAPE.matcher(text);
        if (text.isEmpty() || !shape.matches()) {
            return OptionalLong.empty();
        }
        long seconds = 0;
        for (int i = 0; i < UNITS.length; i++) {
            String part = shape.group(i + 1);
            seconds += part == null ? 0 : Long.parseLong(part) * UNITS[i];
        }
        return OptionalLong.of(seconds);
    }
}
