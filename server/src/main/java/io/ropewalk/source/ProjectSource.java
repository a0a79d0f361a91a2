package io.ropewalk.source;

/// A source of a project.
public record ProjectSource(ProjectPlace place, SourceDefinition definition) {}
