package io.ropewalk.spi.executor;

import io.ropewalk.spi.LaunchId;

/// How a cluster finds a launch again, also after a restart of the server, which stores both parts.
///
/// @param reference the cluster's own name for it (a directory, a job number)
public record LaunchHandle(LaunchId launch, String reference) {}
