package io.ropewalk.project;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What changed between two texts, line by line.
///
/// Uses the linear-space form of Myers' algorithm. Parts that have little in common are given as removed
/// and added as
/// a whole, so that no two texts take long.
final class LineDiff {
    private static final int MOST_EDITS = 2_000;

    private final int[] from;
    private final int[] to;
    private final boolean[] removed;
    private final boolean[] added;
    private final int[] forward;
    private final int[] backward;
    private final int middle;

    private LineDiff(int[] from, int[] to) {
        this.from = from;
        this.to = to;
        removed = new boolean[from.length];
        added = new boolean[to.length];
        int width = Math.min(from.length + to.length, 2 * MOST_EDITS) + 3;
        middle = width;
        forward = new int[2 * width + 1];
        backward = new int[2 * width + 1];
    }

    /// @param oldLine from 1, absent for an added line
    /// @param newLine from 1, absent for a removed line
    public record Line(
            Kind kind,
            String text,
            @Nullable Integer oldLine,
            @Nullable Integer newLine) {}

    public enum Kind {
        @JsonProperty(" ")
        SAME,
        @JsonProperty("+")
        ADDED,
        @JsonProperty("-")
        REMOVED
    }

    static List<Line> between(String from, String to) {
        List<String> fromLines = from.lines().toList();
        List<String> toLines = to.lines().toList();
        Map<String, Integer> numbers = new HashMap<>();
        LineDiff diff = new LineDiff(numbered(fromLines, numbers), numbered(toLines, numbers));
        diff.compare(0, fromLines.size(), 0, toLines.size());
        List<Line> lines = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < fromLines.size() || j < toLines.size()) {
            if (i < fromLines.size() && diff.removed[i]) {
                lines.add(new Line(Kind.REMOVED, fromLines.get(i), ++i, null));
            } else if (j < toLines.size() && diff.added[j]) {
                lines.add(new Line(Kind.ADDED, toLines.get(j), null, ++j));
            } else {
                lines.add(new Line(Kind.SAME, fromLines.get(i), ++i, ++j));
            }
        }
        return lines;
    }

    private static int[] numbered(List<String> lines, Map<String, Integer> numbers) {
        return lines.stream()
                .mapToInt(line -> numbers.computeIfAbsent(line, _ -> numbers.size()))
                .toArray();
    }

    private void compare(int fromStart, int fromEnd, int toStart, int toEnd) {
        int a = fromStart;
        int aEnd = fromEnd;
        int b = toStart;
        int bEnd = toEnd;
        while (a < aEnd && b < bEnd && from[a] == to[b]) {
            a++;
            b++;
        }
        while (a < aEnd && b < bEnd && from[aEnd - 1] == to[bEnd - 1]) {
            aEnd--;
            bEnd--;
        }
        if (a == aEnd || b == bEnd) {
            mark(a, aEnd, b, bEnd);
            return;
        }
        long split = split(a, aEnd, b, bEnd);
        if (split < 0) {
            mark(a, aEnd, b, bEnd);
            return;
        }
        int x = a + (int) (split >> Integer.SIZE);
        int y = b + (int) split;
        compare(a, x, b, y);
        compare(x, aEnd, y, bEnd);
    }

    private void mark(int a, int aEnd, int b, int bEnd) {
        Arrays.fill(removed, a, aEnd, true);
        Arrays.fill(added, b, bEnd, true);
    }

    /// A point on a shortest path, relative to the start, in one number; -1 when none is found in time.
    private long split(int a, int aEnd, int b, int bEnd) {
        int n = aEnd - a;
        int m = bEnd - b;
        int delta = n - m;
        boolean odd = (delta & 1) != 0;
        int most = Math.min((n + m + 1) / 2, MOST_EDITS);
        Arrays.fill(forward, middle - most - 1, middle + most + 2, 0);
        Arrays.fill(backward, middle - most - 1, middle + most + 2, 0);
        for (int d = 0; d <= most; d++) {
            int least = -d + 2 * Math.max(0, d - m);
            int greatest = d - 2 * Math.max(0, d - n);
            for (int k = least; k <= greatest; k += 2) {
                int x = start(forward, k, d);
                int y = x - k;
                while (x < n && y < m && from[a + x] == to[b + y]) {
                    x++;
                    y++;
                }
                forward[middle + k] = x;
                int mirrored = delta - k;
                if (odd && Math.abs(mirrored) < d && x + backward[middle + mirrored] >= n) {
                    return inside(x, y, n, m);
                }
            }
            for (int k = least; k <= greatest; k += 2) {
                int x = start(backward, k, d);
                int y = x - k;
                while (x < n && y < m && from[aEnd - 1 - x] == to[bEnd - 1 - y]) {
                    x++;
                    y++;
                }
                backward[middle + k] = x;
                int mirrored = delta - k;
                if (!odd && Math.abs(mirrored) <= d && x + forward[middle + mirrored] >= n) {
                    return inside(n - x, m - y, n, m);
                }
            }
        }
        return -1;
    }

    private int start(int[] furthest, int k, int d) {
        boolean down = k == -d || (k != d && furthest[middle + k - 1] < furthest[middle + k + 1]);
        return down ? furthest[middle + k + 1] : furthest[middle + k - 1] + 1;
    }

    /// A corner would not make the parts smaller.
    private static long inside(int x, int y, int n, int m) {
        boolean corner = (x <= 0 && y <= 0) || (x >= n && y >= m);
        return corner ? -1 : ((long) x << Integer.SIZE) | y;
    }
}
