package io.ropewalk.project;

import io.ropewalk.spi.WorkspaceId;

/// A tenant.
public record Workspace(WorkspaceId id, String name) {
    /// The one that is always there.
    public static final String DEFAULT = "default";
}
