package io.ropewalk.spi.source;

import io.ropewalk.spi.ProjectId;
import java.nio.file.Path;
import java.util.Optional;

/// The file trees that people have uploaded.
public interface Snapshots {
    /// The newest committed snapshot of a project's source.
    Optional<String> latest(ProjectId project, String source);

    /// Whether the source has such a snapshot. Another source's is none.
    boolean has(ProjectId project, String source, String snapshot);

    /// Writes the files of a snapshot that the source has into an empty directory, each checked against its hash.
    void writeInto(ProjectId project, String source, String snapshot, Path directory);
}
