package io.ropewalk.project;

import io.ropewalk.spi.ProjectId;
import java.time.Instant;
import java.util.List;

/// A project as it stands now; title and summary are those of the experiment `master`.
///
/// @param summary Markdown
public record Project(
        ProjectId id,
        String name,
        String workspace,
        String title,
        String summary,
        List<Experiment> experiments,
        Instant createdAt,
        String createdBy,
        Instant updatedAt) {
    public Project {
        experiments = List.copyOf(experiments);
    }

    /// A named line of work.
    ///
    /// @param head the id of its newest revision
    public record Experiment(String name, String head, Instant createdAt, Instant updatedAt) {
        /// The one that every project has.
        public static final String MASTER = "master";
    }
}
