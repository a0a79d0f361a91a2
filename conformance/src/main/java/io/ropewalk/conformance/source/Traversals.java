package io.ropewalk.conformance.source;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Spellings of a way out of a directory, for tests of whatever takes a path from outside.
public final class Traversals {
    private static final List<String> UP = List.of(
            "..",
            "%2e%2e",
            "%2E%2E",
            "%252e%252e",
            "..%00",
            "%c0%ae%c0%ae",
            "．．",
            ". .",
            "..;",
            ".%2e",
            "…",
            "..\u0000",
            "..\u200b",
            "\u202e..",
            "..\t",
            ".. ",
            " ..");
    private static final List<String> SLASHES = List.of(
            "/",
            "//",
            "\\",
            "\\/",
            "%2f",
            "%2F",
            "%5c",
            "%252f",
            "%c0%af",
            "%e2%81%84",
            "\u2215",
            "\uff0f",
            "/./",
            ":/");
    private static final List<String> TARGETS = List.of("etc/passwd", "secret");

    private Traversals() {}

    /// At least 200 different ones.
    public static List<String> all() {
        Set<String> all = new LinkedHashSet<>();
        for (String up : UP) {
            for (String slash : SLASHES) {
                all.add(up + slash + "secret");
                all.add("a" + slash + up + slash + up + slash + "secret");
            }
        }
        for (String target : TARGETS) {
            for (int climb = 1; climb < 12; climb += 3) {
                all.add("../".repeat(climb) + target);
                all.add("..\\".repeat(climb) + target);
                all.add("a/" + "../".repeat(climb) + target);
                all.add("./" + "../".repeat(climb) + target);
                all.add("/" + "../".repeat(climb) + target);
            }
            all.add("a/../../" + target);
            all.add("a/b/../../../" + target);
            all.add("file:///" + target);
            all.add("file:" + target);
            all.add("\\\\?\\C:\\" + target);
            all.add("C:\\" + target);
            all.add("~/" + target);
            all.add("$HOME/" + target);
            all.add("....//....//" + target);
            all.add("..././..././" + target);
            all.add("/proc/self/root/" + target);
            all.add(target + "\u0000.txt");
        }
        all.add("..");
        all.add("a/..");
        all.add("../");
        return new ArrayList<>(all);
    }
}
