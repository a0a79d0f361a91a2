package io.ropewalk.spi;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.regex.Pattern;

/// Identities are opaque text. Ours are UUIDs of version 7, so that they sort by the time they were made.
public final class Ids {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    private Ids() {}

    public static String mint() {
        long random = RANDOM.nextLong();
        long high = (System.currentTimeMillis() << 16) | 0x7000 | (random >>> 52);
        long low = (RANDOM.nextLong() >>> 2) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    static void check(String noun, String value) {
        if (!SHAPE.matcher(value).matches()) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "'%s' is not the id of a %s: ids are made of letters, digits, '.', '_' and '-', at most 128."
                            .formatted(value.length() > 60 ? value.substring(0, 60) + "…" : value, noun));
        }
    }
}
