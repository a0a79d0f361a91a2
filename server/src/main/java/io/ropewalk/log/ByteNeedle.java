package io.ropewalk.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Finds bytes in bytes, mostly without looking at each (Boyer, Moore, Horspool).
final class ByteNeedle {
    private final byte[] needle;
    private final int[] skips = new int[256];

    ByteNeedle(String text) {
        needle = text.getBytes(StandardCharsets.UTF_8);
        if (needle.length == 0) {
            throw new IllegalArgumentException("nothing to look for");
        }
        Arrays.fill(skips, needle.length);
        for (int i = 0; i < needle.length - 1; i++) {
            skips[needle[i] & 0xFF] = needle.length - 1 - i;
        }
    }

    int length() {
        return needle.length;
    }

    /// Where it begins first between `from` and `to`, or -1.
    int find(byte[] bytes, int from, int to) {
        int last = needle.length - 1;
        byte end = needle[last];
        int at = from + last;
        while (at < to) {
            byte here = bytes[at];
            if (here == end && Arrays.equals(bytes, at - last, at, needle, 0, last)) {
                return at - last;
            }
            at += skips[here & 0xFF];
        }
        return -1;
    }
}
