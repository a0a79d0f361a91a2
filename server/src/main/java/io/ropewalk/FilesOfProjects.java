package io.ropewalk;

import io.ropewalk.project.PartOfProject;
import io.ropewalk.source.OrphanSweeper;
import io.ropewalk.source.Uploads;
import io.ropewalk.spi.ProjectId;
import org.jdbi.v3.core.Handle;

/// What was uploaded and fetched for a project goes with it.
record FilesOfProjects(Uploads uploads, OrphanSweeper orphans) implements PartOfProject {
    @Override
    public void delete(Handle handle, ProjectId project) {
        uploads.deleteProject(handle, project);
        orphans.note(handle, project);
    }

    @Override
    public void deleted(ProjectId project) {
        orphans.deleted(project);
    }
}
