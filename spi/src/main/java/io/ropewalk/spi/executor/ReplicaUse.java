package io.ropewalk.spi.executor;

import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// What a running replica has used and holds, all its processes together. What cannot be measured is empty,
/// never zero.
///
/// What is counted (processor time, bytes) counts from the attempt's start and grows. It may fall when a
/// process has gone unseen; then nothing is known of the time between the two looks.
///
/// @param startedAt when the attempt's program started
/// @param at when this was measured
/// @param cpuNanos processor time used
/// @param memoryBytes working set: what it holds and could not do without
/// @param diskRead bytes fetched from storage
/// @param diskWritten bytes sent to storage
/// @param netIn bytes received
/// @param netOut bytes sent
/// @param devices one for each GPU of its own that can be measured
public record ReplicaUse(
        ReplicaId replica,
        int attempt,
        Instant startedAt,
        Instant at,
        OptionalLong cpuNanos,
        OptionalLong memoryBytes,
        OptionalLong diskRead,
        OptionalLong diskWritten,
        OptionalLong netIn,
        OptionalLong netOut,
        List<DeviceUse> devices) {
    public ReplicaUse {
        devices = List.copyOf(devices);
    }

    /// A GPU at this moment.
    ///
    /// @param index as the machine counts its devices
    /// @param percent of the last moments in which it computed
    public record DeviceUse(
            int index,
            OptionalDouble percent,
            OptionalLong memoryBytes,
            OptionalDouble watts,
            OptionalDouble celsius) {}
}
