package io.ropewalk.spi.executor;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/// A cluster that can say what its replicas use of their machines.
public interface MetersReplicas {
    /// What the replicas of these launches that run at this moment have used so far and hold now: one look
    /// for all, cheap enough to be asked for every few seconds. A replica that does not run (yet, or any
    /// more) is absent, and so is a launch without any.
    Map<LaunchHandle, List<ReplicaUse>> meter(Collection<LaunchHandle> handles);
}
