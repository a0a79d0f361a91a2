package io.ropewalk.support.http;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/// The cookie that a signed-in browser carries.
public final class SessionCookie {
    public static final String NAME = "ropewalk_session";

    private SessionCookie() {}

    public static String set(String value, Duration lifetime) {
        return "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax".formatted(NAME, value, lifetime.toSeconds());
    }

    public static String clear() {
        return NAME + "=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax";
    }

    /// The cookie's value in a `Cookie` header.
    public static Optional<String> find(String header) {
        return Arrays.stream(header.split(";", -1))
                .map(String::strip)
                .filter(pair -> pair.startsWith(NAME + "="))
                .map(pair -> pair.substring(NAME.length() + 1))
                .findFirst();
    }
}
