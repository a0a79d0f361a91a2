package io.ropewalk.extensions.source;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Rules that settings of several kinds obey.
public final class SettingRules {
    private static final Pattern ENCODED = Pattern.compile("%[0-9a-f]{2}");
    private static final int LONGEST_PATH = 1024;

    private SettingRules() {}

    /// The setting without space around it; empty when it was left out.
    public static String text(@Nullable String value) {
        return value == null ? "" : value.strip();
    }

    /// The segments of a path that was written with `/` between them. Refuses every spelling that could lead elsewhere
    /// or be read differently by somebody else: `..`, `.`, backslashes, encoded characters, control characters.
    ///
    /// @param setting for the message
    public static List<String> segments(String setting, String path) {
        if (path.length() > LONGEST_PATH) {
            throw refused(setting, path, "is longer than " + LONGEST_PATH + " characters");
        }
        if (path.codePoints().anyMatch(SettingRules::isUnprintable)) {
            throw refused(setting, path, "holds a control character");
        }
        if (path.contains("\\")) {
            throw refused(setting, path, "holds a backslash");
        }
        if (ENCODED.matcher(path.toLowerCase(Locale.ROOT)).find()) {
            throw refused(setting, path, "holds an encoded character");
        }
        List<String> segments =
                Stream.of(path.split("/", -1)).filter(s -> !s.isEmpty()).toList();
        for (String segment : segments) {
            if (segment.strip().chars().allMatch(c -> c == '.')) {
                throw refused(setting, path, "has the part '" + segment + "'");
            }
            if (segment.length() > 255) {
                throw refused(setting, path, "has a part of more than 255 characters");
            }
        }
        return segments;
    }

    /// Text as it may stand in a message: printable, on one line, not too long.
    public static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(200).forEach(c -> shown.appendCodePoint(isUnprintable(c) ? '\uFFFD' : c));
        return text.codePointCount(0, text.length()) > 200 ? shown.append('…').toString() : shown.toString();
    }

    private static boolean isUnprintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    private static RopewalkException refused(String setting, String path, String why) {
        return new RopewalkException(
                ErrorCode.INVALID_REQUEST,
                "The setting '%s' is '%s', which %s. Write a plain path of names separated by '/', without '..'."
                        .formatted(setting, shown(path), why));
    }
}
