package io.ropewalk.run;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;

/// Something that happened to a run and that a person may want to know; the same again only counts up.
///
/// @param reason one word to look for: `WorkDirNotFound`
/// @param component what it happened to: a replica, a source, the run
public record Incident(
        Type type,
        String reason,
        String message,
        String component,
        String host,
        long count,
        Instant firstSeenAt,
        Instant lastSeenAt) {

    public enum Type {
        NORMAL,
        WARNING;

        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Incident normal(Instant at, String reason, String component, String message) {
        return new Incident(Type.NORMAL, reason, message, component, "", 1, at, at);
    }

    static Incident warning(Instant at, String reason, String component, String message) {
        return new Incident(Type.WARNING, reason, message, component, "", 1, at, at);
    }
}
