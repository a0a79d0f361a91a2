package io.ropewalk.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SignInCodesTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);

    @Test
    void aCodeIsGoodForSomeMinutesOnly() {
        SignInCodes codes = new SignInCodes(now::get);
        String inTime = codes.mint("owner", () -> {});
        String late = codes.mint("owner", () -> {});
        now.set(Instant.EPOCH.plus(SignInCodes.LIFETIME).minus(Duration.ofMillis(1)));
        assertThat(codes.redeem(inTime)).contains("owner");
        now.set(Instant.EPOCH.plus(SignInCodes.LIFETIME));
        assertThat(codes.redeem(late)).isEmpty();
    }

    @Test
    void aCodeIsGoodOnce() {
        SignInCodes codes = new SignInCodes(now::get);
        AtomicInteger used = new AtomicInteger();
        String code = codes.mint("owner", used::incrementAndGet);
        String other = codes.mint("owner", () -> {});
        assertThat(codes.redeem("guess")).isEmpty();
        assertThat(codes.redeem(code)).contains("owner");
        assertThat(codes.redeem(code)).isEmpty();
        assertThat(used).hasValue(1);
        assertThat(codes.redeem(other)).contains("owner");
    }
}
