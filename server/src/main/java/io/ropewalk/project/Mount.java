package io.ropewalk.project;

import org.jspecify.annotations.Nullable;

/// A source in a role; what it leaves out is as the source says.
public record Mount(
        String source,
        @Nullable String path,
        @Nullable Boolean readOnly,
        @Nullable String subPath,
        @Nullable String revision) {}
