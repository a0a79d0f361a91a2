package io.ropewalk.spi.executor;

import java.time.Instant;
import java.util.List;

/// What a cluster says of a launch: the latest attempt of each replica that was submitted.
public record Observation(List<ReplicaObservation> replicas) {
    public Observation {
        replicas = List.copyOf(replicas);
    }

    public record ReplicaObservation(ReplicaId replica, int attempt, ReplicaStatus status) {}

    public sealed interface ReplicaStatus {
        /// Not started yet, in the cluster's own words.
        record Waiting(String reason) implements ReplicaStatus {}

        /// @param address what peers reach it at
        /// @param host the machine it runs on
        record Running(Instant startedAt, String address, String host) implements ReplicaStatus {}

        /// @param exitCode of the user's program; 128 + signal when a signal ended it
        record Ended(Instant startedAt, Instant endedAt, int exitCode, EndCause cause) implements ReplicaStatus {}

        /// It is gone and nobody can say how it ended (the machine was restarted, its supervisor was killed).
        record Lost(Instant noticedAt, String reason) implements ReplicaStatus {}
    }
}
