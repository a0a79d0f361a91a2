package io.ropewalk.project;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One saved state of a project's document. Never changes, but for the experiments that it is the head of.
///
/// @param experiment the one that it was saved on
public record Revision(
        String id,
        @Nullable String parent,
        String experiment,
        String author,
        String comment,
        Instant createdAt,
        String documentHash,
        List<String> heads) {
    public Revision {
        heads = List.copyOf(heads);
    }
}
