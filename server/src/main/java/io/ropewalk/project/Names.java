package io.ropewalk.project;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/// What things may be called, and how names are written where fewer characters are allowed.
public final class Names {
    static final String PART_RULE = "Use 1 to 63 small letters, digits and '-', with a letter or digit at both ends.";
    static final String PROJECT_RULE =
            "Use 1 to 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends.";
    static final String PART_PATTERN = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$";
    static final String PROJECT_PATTERN = "^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$";

    private static final Pattern PART = Pattern.compile(PART_PATTERN);
    private static final Pattern PROJECT = Pattern.compile(PROJECT_PATTERN);
    private static final int FNV_OFFSET = 0x811c9dc5;
    private static final int FNV_PRIME = 0x01000193;

    private Names() {}

    /// Whether a source, task or role may have this name.
    static boolean namesPart(String name) {
        return PART.matcher(name).matches();
    }

    /// Whether a project or experiment may have this name.
    static boolean namesProject(String name) {
        return PROJECT.matcher(name).matches();
    }

    /// A name of small letters, digits and `-`, shorter than `limit`; where it had to be cut, a hash of the
    /// original
    /// keeps it apart from others.
    public static String encode(String name, int limit) {
        StringBuilder plain = new StringBuilder();
        name.toLowerCase(Locale.ROOT)
                .codePoints()
                .forEach(c -> plain.append((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? (char) c : '-'));
        if (plain.length() < limit) {
            return plain.toString();
        }
        String hash = Integer.toHexString(fnv1a(name));
        return plain.substring(0, limit - (hash.length() + 1)) + "-" + hash;
    }

    private static int fnv1a(String text) {
        int hash = FNV_OFFSET;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return hash;
    }

    /// A name as part of a variable's name: `my-data` is `MY_DATA`.
    public static String environmentName(String name) {
        StringBuilder variable = new StringBuilder();
        name.toUpperCase(Locale.ROOT)
                .codePoints()
                .forEach(c -> variable.append((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? (char) c : '_'));
        return variable.toString();
    }
}
