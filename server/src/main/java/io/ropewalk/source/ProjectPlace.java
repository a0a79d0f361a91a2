package io.ropewalk.source;

import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.WorkspaceId;

/// A project, by its ids and names.
public record ProjectPlace(WorkspaceId workspaceId, String workspace, ProjectId projectId, String project) {}
