package io.ropewalk.support.config;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An amount of bytes, written `512MiB`, `4GB` or `1048576`.
public record ByteSize(long bytes) {
    private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([a-z]*)");
    private static final Map<String, Long> UNITS = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("b", 1L),
            Map.entry("kb", 1000L),
            Map.entry("mb", 1000_000L),
            Map.entry("gb", 1000_000_000L),
            Map.entry("tb", 1000_000_000_000L),
            Map.entry("k", 1L << 10),
            Map.entry("m", 1L << 20),
            Map.entry("g", 1L << 30),
            Map.entry("t", 1L << 40),
            Map.entry("ki", 1L << 10),
            Map.entry("mi", 1L << 20),
            Map.entry("gi", 1L << 30),
            Map.entry("ti", 1L << 40),
            Map.entry("kib", 1L << 10),
            Map.entry("mib", 1L << 20),
            Map.entry("gib", 1L << 30),
            Map.entry("tib", 1L << 40));

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("an amount of bytes cannot be negative");
        }
    }

    public static ByteSize parse(String text) {
        Matcher parts = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        Long unit = parts.matches() ? UNITS.get(parts.group(2)) : null;
        if (unit == null) {
            throw new IllegalArgumentException("must be an amount of bytes such as 512MiB or 4GB");
        }
        BigDecimal amount = new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(unit));
        if (amount.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("is more bytes than can be counted");
        }
        return new ByteSize(amount.longValue());
    }

    @Override
    public String toString() {
        for (var unit : new String[] {"TiB:40", "GiB:30", "MiB:20", "KiB:10"}) {
            int shift = Integer.parseInt(unit.substring(4));
            if (bytes != 0 && bytes % (1L << shift) == 0) {
                return (bytes >> shift) + unit.substring(0, 3);
            }
        }
        return Long.toString(bytes);
    }
}
