package io.ropewalk.extensions.source;

import io.ropewalk.conformance.source.FakeSnapshots;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.WorkspaceId;
import io.ropewalk.spi.source.SourceContext;
import java.nio.file.Path;
import java.util.List;

/// Places to use sources in.
public final class TestContexts {
    private TestContexts() {}

    public static SourceContext with(FakeSnapshots snapshots) {
        return new SourceContext(
                new WorkspaceId("w-1"),
                "default",
                "digits",
                new ProjectId("p-1"),
                "src",
                Path.of("/nowhere/storage"),
                List.of(),
                Path.of("/nowhere/cache"),
                snapshots);
    }

    /// A source of project `project` in workspace `workspace`, whose id is `id-<workspace>`.
    public static SourceContext in(Path root, String workspace, String project, List<Path> allowedHostPaths) {
        return new SourceContext(
                new WorkspaceId("id-" + workspace),
                workspace,
                project,
                new ProjectId("p-" + project),
                "src",
                root.resolve("storage"),
                allowedHostPaths,
                root.resolve("cache"),
                new FakeSnapshots());
    }
}
