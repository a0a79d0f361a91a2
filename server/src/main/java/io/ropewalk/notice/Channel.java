package io.ropewalk.notice;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Locale;

/// A way by which a person is told beside the pages.
///
/// @param target the address that is called, or that e-mail goes to
public record Channel(String id, String person, Kind kind, String name, String target, Instant createdAt) {
    public enum Kind {
        @JsonProperty("webhook")
        WEBHOOK,
        @JsonProperty("email")
        EMAIL;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// What its secret is derived for.
    String purpose() {
        return "notice-channel:" + id;
    }
}
