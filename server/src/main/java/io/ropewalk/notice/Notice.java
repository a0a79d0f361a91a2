package io.ropewalk.notice;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.ropewalk.run.Run;
import io.ropewalk.run.RunState;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.http.Position;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What somebody was told.
public record Notice(String id, Kind kind, Told told, RunId run, Instant createdAt, boolean read) {
    public enum Kind {
        @JsonProperty("succeeded")
        SUCCEEDED,
        @JsonProperty("failed")
        FAILED,
        @JsonProperty("stopped")
        STOPPED,
        @JsonProperty("silent")
        SILENT,
        @JsonProperty("number")
        NUMBER;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    Position position() {
        return Position.of(createdAt, id);
    }

    /// What it says.
    ///
    /// @param title one line: `train-7 of digits failed`
    /// @param text why, or what follows; may be empty
    public record Told(String title, String text, String runName, long number, String workspace, String project) {
        static Told of(Run run, String title, String text) {
            return new Told(
                    run.name() + " of " + run.home().project() + " " + title,
                    text,
                    run.name(),
                    run.number(),
                    run.home().workspace(),
                    run.home().project());
        }
    }

    /// What there is to say about a run, before anybody is told.
    ///
    /// @param key that of its occasion
    record News(Kind kind, String key, Told told) {
        /// @param later the run that tries it again
        static News ofEnd(Run run, RunState.Final end, Optional<Run.Later> later) {
            String again = later.map(next -> next.name() + " tries it again").orElse("");
            return switch (end) {
                case RunState.Succeeded _ -> new News(Kind.SUCCEEDED, "end", Told.of(run, "has succeeded", ""));
                case RunState.Failed failed ->
                    new News(Kind.FAILED, "end", Told.of(run, "has failed", joined(failed.message(), again)));
                case RunState.Stopped(Instant _, String by) ->
                    new News(Kind.STOPPED, "end", Told.of(run, "was stopped", by.isEmpty() ? "" : "by " + by));
            };
        }

        static News ofSilence(Run run, Occasion.Silent on, Instant since) {
            return new News(
                    Kind.SILENT,
                    on.key(),
                    Told.of(
                            run,
                            "is silent",
                            "it has written neither a line nor a number since "
                                    + since.truncatedTo(java.time.temporal.ChronoUnit.SECONDS)));
        }

        static News ofNumber(Run run, Occasion.Crossing on, String seen) {
            return new News(Kind.NUMBER, on.key(), Told.of(run, "has " + on.condition(), seen));
        }

        private static String joined(String first, @Nullable String second) {
            return first.isEmpty() || second == null || second.isEmpty() ? first + second : first + "; " + second;
        }
    }
}
