package io.ropewalk.project;

import io.ropewalk.spi.ProjectId;
import org.jdbi.v3.core.Handle;

/// Something that a project has and that goes with it.
public interface PartOfProject {
    /// Deletes its rows inside the transaction.
    void delete(Handle handle, ProjectId project);

    /// Called when that is safe in the database, for what lies elsewhere. A crash may prevent it.
    default void deleted(ProjectId project) {}
}
