package io.ropewalk.source;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.archive.EntryPath;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// The SHA-256 of some bytes, as 64 lower-case hexadecimal digits.
record ContentHash(@JsonValue String hex) {
    private static final Pattern SHAPE = Pattern.compile("[0-9a-f]{64}");

    @JsonCreator
    ContentHash {
        if (!isOne(hex)) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "'%s' is not a content hash. Give the SHA-256 as 64 lower-case hexadecimal digits."
                            .formatted(EntryPath.shown(hex)));
        }
    }

    static boolean isOne(String text) {
        return SHAPE.matcher(text).matches();
    }

    static ContentHash of(byte[] bytes) {
        return of(digest(), bytes);
    }

    static ContentHash of(MessageDigest digest) {
        return new ContentHash(HexFormat.of().formatHex(digest.digest()));
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static ContentHash of(MessageDigest digest, byte[] bytes) {
        digest.update(bytes);
        return of(digest);
    }

    @Override
    public String toString() {
        return hex;
    }
}
