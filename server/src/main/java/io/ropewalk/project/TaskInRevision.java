package io.ropewalk.project;

/// A task as one revision of a project defines it.
public record TaskInRevision(ProjectRevision at, Task task) {}
