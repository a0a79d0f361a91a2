package io.ropewalk.notice;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Something on its way over a channel.
///
/// @param id the same with every attempt, so that a receiver knows a repetition
/// @param body what is sent, byte for byte, with every attempt
/// @param dueAt of the next attempt
/// @param log the attempts so far
public record Delivery(
        String id, String channel, String body, State state, Instant dueAt, List<Attempt> log, Instant createdAt) {
    /// Between one attempt and the next.
    private static final List<Duration> PAUSES = List.of(
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofMinutes(2),
            Duration.ofMinutes(10),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(6));

    static final Duration LONGEST_PAUSE = PAUSES.getLast().plusMinutes(1);

    public enum State {
        @JsonProperty("waiting")
        WAITING,
        @JsonProperty("delivered")
        DELIVERED,
        /// It will not be tried again.
        @JsonProperty("dead")
        DEAD;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// @param problem why it did not arrive; absent when it did
    /// @param millis how long it took
    public record Attempt(Instant at, @Nullable String problem, long millis) {}

    public Delivery {
        log = List.copyOf(log);
    }

    static Delivery first(String id, String channel, String body, Instant now) {
        return new Delivery(id, channel, body, State.WAITING, now, List.of(), now);
    }

    /// @param hopeless the receiver wants nothing more
    Delivery after(Attempt attempt, boolean hopeless) {
        List<Attempt> more = new ArrayList<>(log);
        more.add(attempt);
        if (attempt.problem() == null) {
            return new Delivery(id, channel, body, State.DELIVERED, attempt.at(), more, createdAt);
        }
        if (hopeless || more.size() > PAUSES.size()) {
            return new Delivery(id, channel, body, State.DEAD, attempt.at(), more, createdAt);
        }
        Instant next = attempt.at().plus(PAUSES.get(more.size() - 1));
        return new Delivery(id, channel, body, State.WAITING, next, more, createdAt);
    }
}
