package io.ropewalk.project;

import io.ropewalk.spi.ProjectId;

/// A project as one of its revisions defines it: all that a run must know of it.
///
/// @param experiment the line of work that the run belongs to
/// @param revision the id of the revision
public record ProjectRevision(
        Workspace workspace,
        ProjectId project,
        String projectName,
        String experiment,
        String revision,
        ProjectDocument document) {}
