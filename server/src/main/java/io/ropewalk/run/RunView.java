package io.ropewalk.run;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.ropewalk.artifact.FileTotals;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A run as clients see it.
///
/// @param pins what each source stood for
/// @param info what programs have said about the run
/// @param earlier the run that this one goes on from
/// @param later the run that tries this one again
public record RunView(
        @JsonUnwrapped Summary summary,
        @Nullable String revision,
        List<ReplicaView> replicas,
        List<Timeline.Phase> timeline,
        List<PinView> pins,
        Map<String, Object> info,
        FileTotals outputs,
        @Nullable Earlier earlier,
        @Nullable Later later) {

    /// A run in a list.
    ///
    /// @param name as people say it: `train-7`
    /// @param state queued, starting, running, ending, succeeded, failed or stopped
    /// @param reason why it waits or what it does, why it failed, or who stopped it
    /// @param silentSince when a run from outside last wrote something, when that is long ago; it may live or not
    /// @param metrics the last values of a few of its numbers
    public record Summary(
            String id,
            long number,
            String name,
            String project,
            String workspace,
            String task,
            String experiment,
            Run.Kind kind,
            String state,
            @Nullable FailureCause cause,
            @Nullable String reason,
            String author,
            String comment,
            Map<String, Object> parameters,
            Instant createdAt,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable String parentRun,
            @Nullable Instant silentSince,
            Map<String, Object> metrics) {}

    /// @param attempt the latest one, which the rest is about
    public record ReplicaView(
            String role,
            int index,
            String name,
            int attempt,
            int attempts,
            Replica.State state,
            boolean permanent,
            @Nullable String reason,
            @Nullable String address,
            @Nullable String host,
            @Nullable Integer exitCode,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt) {}

    /// @param run the run before
    /// @param retry how often the server itself has tried again; 0 when a person asked
    /// @param retries how often it may
    public record Earlier(String run, String name, int retry, int retries) {}

    public record Later(String run, String name) {}

    public record PinView(String source, String kind, String revision, String description) {}
}
