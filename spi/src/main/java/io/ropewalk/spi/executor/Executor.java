package io.ropewalk.spi.executor;

import io.ropewalk.spi.LaunchId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/// A place that runs launches. Every verb may be repeated after a crash at any line of the caller, so every
/// verb is idempotent; all are thread-safe and may block. What only some clusters can do is a small interface
/// of its own ([ReportsCapacity], [SignalsChanges], [MetersReplicas]), never a verb that others refuse.
///
/// Failures of the user's work are never exceptions: they are observed. An exception means that the cluster
/// could not be asked or refused the request ([io.ropewalk.spi.RopewalkException] when a person can do
/// something about it); the caller tries again.
public interface Executor extends AutoCloseable {
    /// The name of the cluster, such as `local`; unique in a server.
    String name();

    /// Brings about that every replica attempt of the launch has been started exactly once. Attempts that were
    /// started before, by this process or an earlier one, are left alone: so a failed replica is started again
    /// by submitting the launch with a higher attempt number for it. All replicas that have not been started
    /// are started together.
    ///
    /// Addresses, ports and devices are given to a replica at the first submit of its launch and stay the same
    /// until the launch has ended, so that lists of peers agree everywhere.
    LaunchHandle submit(Launch launch);

    /// The handle that submitting a launch gave, for a caller that died before it could write it down.
    ///
    /// @param directory the launch's
    /// @return nothing when no submit has come so far that something may have been started
    Optional<LaunchHandle> find(LaunchId launch, Path directory);

    /// What has become of the launches: the latest attempt of every replica, in one round trip for all. A
    /// launch that the cluster does not know is absent from the answer.
    Map<LaunchHandle, Observation> observe(Collection<LaunchHandle> handles);

    /// Asks every process of the launch to end (TERM), and ends it with all its descendants after the grace
    /// time (KILL). Returns at once; the end is observed. Safe to call on what has already ended.
    void cancel(LaunchHandle handle, Duration grace);

    /// Reads what a replica attempt has written so far, standard output and error in one stream. An attempt
    /// that has not written yet gives an empty chunk; one that never was is a NOT_FOUND. An offset beyond the
    /// end is taken as the end, which the chunk's own offset then tells. A limit of 0 asks for nothing else: such a
    /// chunk is never complete.
    LogChunk readLog(LaunchHandle handle, ReplicaId replica, int attempt, long offset, int limit);

    /// Frees what the cluster holds for an ended launch (addresses, groups, scratch files). Logs and outputs
    /// stay.
    void release(LaunchHandle handle);

    /// Stops watching. Never stops work.
    @Override
    void close();
}
