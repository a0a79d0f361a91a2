package io.ropewalk.environment;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;

/// A Python that is installed on this machine.
///
/// @param version such as `3.11.7`
/// @param platform such as `linux-x86_64`
/// @param base the directory of the installation
/// @param complete it can make virtual environments
record Interpreter(Path executable, String version, String platform, Path base, boolean complete) {
    /// 3.9 before 3.11.
    static final Comparator<Interpreter> BY_VERSION =
            Comparator.comparing(each -> numbers(each.version), Arrays::compare);

    /// Whether a version such as `3.11` means this one.
    boolean is(String wanted) {
        return wanted.isEmpty() || version.equals(wanted) || version.startsWith(wanted + ".");
    }

    private static int[] numbers(String version) {
        return Arrays.stream(version.split("\\D+", -1))
                .filter(part -> !part.isEmpty())
                .mapToInt(part -> Integer.parseInt(part.substring(0, Math.min(part.length(), 9))))
                .toArray();
    }
}
