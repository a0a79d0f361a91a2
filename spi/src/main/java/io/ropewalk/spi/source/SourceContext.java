package io.ropewalk.spi.source;

import io.ropewalk.spi.ProjectId;
import java.nio.file.Path;
import java.util.List;

/// What a source may know of the place it is used in.
///
/// @param workspace the workspace's name
/// @param project the project's name
/// @param source the source's name in the project
/// @param storageRoot the directory of the workspace storage, shared by all workspaces
/// @param allowedHostPaths directories of the server's machine that the operator lets projects use
public record SourceContext(
        String workspace,
        String project,
        ProjectId projectId,
        String source,
        Path storageRoot,
        List<Path> allowedHostPaths,
        Snapshots snapshots) {
    public SourceContext {
        allowedHostPaths = List.copyOf(allowedHostPaths);
    }
}
