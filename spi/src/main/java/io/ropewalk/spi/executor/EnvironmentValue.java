package io.ropewalk.spi.executor;

import java.util.List;

/// The value of an environment variable. All but [Literal] are known only to the executor, which fills them in.
public sealed interface EnvironmentValue {
    record Literal(String text) implements EnvironmentValue {}

    /// The addresses of all replicas of a role in index order, separated by commas; with `:port` when the role
    /// has one and `withPorts` is set.
    record PeerList(String role, boolean withPorts) implements EnvironmentValue {}

    /// The address that this replica is reached at by its peers.
    record OwnAddress() implements EnvironmentValue {}

    /// The role's port as this replica must bind it; for programs that bind every address it is free of
    /// clashes.
    record OwnPort() implements EnvironmentValue {}

    /// Indexes of the devices given to this replica, separated by commas; empty when it has none.
    record AllocatedGpus() implements EnvironmentValue {}

    /// Where a mount of this replica has come to stand.
    record MountPath(String mount) implements EnvironmentValue {}

    /// Parts one after the other, such as `http://` and an own address.
    record Joined(List<EnvironmentValue> parts) implements EnvironmentValue {
        public Joined {
            parts = List.copyOf(parts);
        }
    }
}
