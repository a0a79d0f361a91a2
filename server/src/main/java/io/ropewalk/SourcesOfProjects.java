package io.ropewalk;

import io.ropewalk.access.Scope;
import io.ropewalk.project.ProjectRevision;
import io.ropewalk.project.Projects;
import io.ropewalk.project.Workspaces;
import io.ropewalk.source.ProjectPlace;
import io.ropewalk.source.ProjectSources;
import io.ropewalk.source.SourceDefinition;
import io.ropewalk.spi.WorkspaceId;

/// Tells sources what projects say of them; the two know nothing of each other.
record SourcesOfProjects(Projects projects, Workspaces workspaces) implements ProjectSources {
    @Override
    public WorkspaceId workspace(String name, Scope scope) {
        return workspaces.get(scope, name).id();
    }

    @Override
    public Listed sources(String workspace, String project, Scope scope) {
        ProjectRevision newest = projects.revisionOf(scope, workspace, project, null, null);
        return new Listed(
                new ProjectPlace(
                        newest.workspace().id(), newest.workspace().name(), newest.project(), newest.projectName()),
                newest.document().sources().stream()
                        .map(source -> new SourceDefinition(
                                source.name(), source.kind(), source.settings(), source.mountPath(), source.readOnly()))
                        .toList());
    }
}
