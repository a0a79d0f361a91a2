package io.ropewalk.support.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The part of a file that a client asked for with a `Range` header. A header that we do not understand means all.
record ByteRange(long from, long to, boolean partial) {
    private static final Pattern SINGLE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    static ByteRange of(@Nullable String header, long size) {
        ByteRange all = new ByteRange(0, size, false);
        Matcher range = SINGLE.matcher(header == null ? "" : header);
        if (!range.matches() || (range.group(1).isEmpty() && range.group(2).isEmpty()) || size == 0) {
            return all;
        }
        if (range.group(1).isEmpty()) {
            long last = Math.min(Long.parseLong(range.group(2)), size);
            return new ByteRange(size - last, size, true);
        }
        long from = Long.parseLong(range.group(1));
        long to = range.group(2).isEmpty() ? size : Math.min(Long.parseLong(range.group(2)) + 1, size);
        return from >= to ? all : new ByteRange(from, to, true);
    }
}
