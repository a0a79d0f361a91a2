/// The project: a named document of sources, tasks and settings, with a history of revisions on named
/// experiments.
///
/// [io.ropewalk.project.DocumentReader] turns text into a [io.ropewalk.project.ProjectDocument], the normal
/// form that
/// everything else works with, and reports every problem with its place. [io.ropewalk.project.Keys] is the
/// one list of
/// what a document may say; the reader and the JSON schema both follow it. Revisions never change. Uses
/// `access` and
/// `support`; what it must know of runs it asks through [io.ropewalk.project.RunsOfProjects].
@NullMarked
package io.ropewalk.project;

import org.jspecify.annotations.NullMarked;
