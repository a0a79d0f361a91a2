package io.ropewalk.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Codes that sign a browser in once, within some minutes: for links that are seen by others, on a command line or in
/// a browser's history. They are gone when the server ends.
public final class SignInCodes {
    static final Duration LIFETIME = Duration.ofMinutes(5);

    private final InstantSource clock;
    private final Map<String, Code> codes = new ConcurrentHashMap<>();

    private record Code(String subject, Instant expiresAt, Runnable afterUse) {}

    public SignInCodes(InstantSource clock) {
        this.clock = clock;
    }

    /// @param afterUse called once, when somebody has signed in with it
    public String mint(String subject, Runnable afterUse) {
        Instant now = clock.instant();
        codes.values().removeIf(code -> !now.isBefore(code.expiresAt()));
        String text = Tokens.random();
        codes.put(text, new Code(subject, now.plus(LIFETIME), afterUse));
        return text;
    }

    /// Whom a code signs in; never again after this.
    Optional<String> redeem(String text) {
        Code code = codes.remove(text);
        if (code == null) {
            return Optional.empty();
        }
        code.afterUse().run();
        return clock.instant().isBefore(code.expiresAt()) ? Optional.of(code.subject()) : Optional.empty();
    }
}
