package io.ropewalk.run;

import com.fasterxml.jackson.annotation.JsonValue;
import io.ropewalk.spi.executor.EndCause;
import io.ropewalk.spi.executor.Observation.ReplicaStatus;
import io.ropewalk.spi.executor.ReplicaId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One attempt of one replica of a run, as last seen.
///
/// @param reason why it waits or how it was lost, for people; else empty
public record Replica(
        ReplicaId id,
        int attempt,
        State state,
        String reason,
        String address,
        String host,
        @Nullable Integer exitCode,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt) {

    public enum State {
        WAITING,
        RUNNING,
        SUCCEEDED,
        FAILED,
        STOPPED,
        LOST;

        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public boolean ended() {
            return switch (this) {
                case WAITING, RUNNING -> false;
                case SUCCEEDED, FAILED, STOPPED, LOST -> true;
            };
        }
    }

    static Replica waiting(ReplicaId id, int attempt) {
        return new Replica(id, attempt, State.WAITING, "", "", "", null, null, null);
    }

    /// An attempt that was meant to be and will not be.
    Replica neverStarted() {
        return new Replica(id, attempt, State.STOPPED, "never started", address, host, null, null, null);
    }

    /// Times are kept in milliseconds; what is seen again must equal what was stored.
    private static Instant kept(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS);
    }

    /// The same attempt after another look at it. What has ended stays as it ended.
    Replica seen(ReplicaStatus status) {
        if (state.ended()) {
            return this;
        }
        return switch (status) {
            case ReplicaStatus.Waiting(String why) ->
                new Replica(id, attempt, State.WAITING, why, address, host, null, null, null);
            case ReplicaStatus.Running(Instant started, String where, String machine) ->
                new Replica(id, attempt, State.RUNNING, "", where, machine, null, kept(started), null);
            case ReplicaStatus.Ended(Instant started, Instant ended, int code, EndCause cause) ->
                new Replica(
                        id,
                        attempt,
                        state(code, cause),
                        reason(cause),
                        address,
                        host,
                        code,
                        kept(started),
                        kept(ended));
            case ReplicaStatus.Lost(Instant noticed, String why) ->
                new Replica(id, attempt, State.LOST, why, address, host, null, startedAt, kept(noticed));
        };
    }

    private static State state(int exitCode, EndCause cause) {
        return switch (cause) {
            case EXITED -> exitCode == 0 ? State.SUCCEEDED : State.FAILED;
            case CANCELLED -> State.STOPPED;
            case OUT_OF_MEMORY, WORK_DIR_NOT_FOUND, SETUP_FAILED -> State.FAILED;
        };
    }

    private static String reason(EndCause cause) {
        return cause == EndCause.EXITED || cause == EndCause.CANCELLED
                ? ""
                : cause.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
