package io.ropewalk.spi.source;

import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.WorkspaceId;
import java.nio.file.Path;
import java.util.List;

/// What a source may know of the place it is used in.
///
/// @param workspace the workspace's name
/// @param project the project's name
/// @param source the source's name in the project
/// @param storageRoot the directory of the workspace storage, shared by all workspaces
/// @param allowedHostPaths directories of the server's machine that the operator lets projects use
/// @param cacheDirectory where a kind may keep what it can fetch again, in a folder of its own name; the server may
///     empty it whenever it is down
public record SourceContext(
        WorkspaceId workspaceId,
        String workspace,
        String project,
        ProjectId projectId,
        String source,
        Path storageRoot,
        List<Path> allowedHostPaths,
        Path cacheDirectory,
        Snapshots snapshots) {
    public SourceContext {
        allowedHostPaths = List.copyOf(allowedHostPaths);
    }
}
