package io.ropewalk.source;

import io.ropewalk.access.Scope;
import io.ropewalk.spi.WorkspaceId;
import java.util.List;

/// What projects say of their sources. Implemented beside projects and handed in, since sources know no
/// projects. What the scope does not show is NOT_FOUND, as if it were not there.
public interface ProjectSources {
    WorkspaceId workspace(String name, Scope scope);

    /// The project, and the sources of its newest document on `master`, in the document's order.
    Listed sources(String workspace, String project, Scope scope);

    record Listed(ProjectPlace place, List<SourceDefinition> definitions) {
        public Listed {
            definitions = List.copyOf(definitions);
        }
    }
}
