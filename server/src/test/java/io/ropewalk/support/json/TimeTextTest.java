package io.ropewalk.support.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeTextTest {
    private static Instant read(String text) {
        return Json.read('"' + text + '"', Instant.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-22T04:05:06Z",
                "2026-11-22T04:05:06.7Z",
                "2026-11-22T04:05:06.078Z",
                "2026-11-22T04:05:06.123456789Z",
                "2024-02-29T23:59:59.999999999Z",
                "1969-12-31T23:59:59.5Z",
                "0000-01-01T00:00:00Z",
                "9999-12-31T23:59:59Z",
                "+10000-01-01T00:00:00Z",
                "-0001-01-01T00:00:00Z",
                "2026-11-22T24:00:00Z",
                "2026-12-31T23:59:60Z",
                "2026-11-22T04:05:06+02:00"
            })
    void everyFormIsReadAsItAlwaysWas(String text) {
        assertThat(read(text)).isEqualTo(Instant.parse(text));
    }

    @Test
    void whatIsWrittenIsReadBack() {
        Random random = new Random(3);
        for (int i = 0; i < 10_000; i++) {
            Instant time = Instant.ofEpochSecond(
                    random.nextLong(-60_000_000_000L, 250_000_000_000L), random.nextInt(1_000_000_000));
            assertThat(Json.read(Json.write(time), Instant.class)).isEqualTo(time);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-02-30T04:05:06Z",
                "2026-13-01T04:05:06Z",
                "2026-11-22T25:05:06Z",
                "2026-11-22T04:05:06.1234567890Z",
                "2026-11-22T04:05:06",
                "2026-11-22",
                "yesterday"
            })
    void whatIsNoTimeIsRefused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
