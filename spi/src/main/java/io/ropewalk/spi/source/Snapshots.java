package io.ropewalk.spi.source;

import io.ropewalk.spi.ProjectId;
import java.nio.file.Path;
import java.util.Optional;

/// The file trees that people have uploaded.
public interface Snapshots {
    /// The newest committed snapshot of a project's source.
    Optional<String> latest(ProjectId project, String source);

    /// Writes a snapshot's files into an empty directory, each checked against its hash.
    void writeInto(String snapshot, Path directory);
}
