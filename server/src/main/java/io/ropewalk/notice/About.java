package io.ropewalk.notice;

import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RunId;

/// Which runs a rule is about.
public sealed interface About {
    /// The column that tells the rules of a person apart.
    String key();

    /// @param author who started the run
    boolean has(RunId run, ProjectId project, String author);

    /// Those that the person has started, in whatever project.
    record Mine(String person) implements About {
        @Override
        public String key() {
            return "mine";
        }

        @Override
        public boolean has(RunId run, ProjectId project, String author) {
            return author.equals(person);
        }
    }

    /// All of a project, whoever starts them.
    record OfProject(ProjectId id) implements About {
        @Override
        public String key() {
            return "project " + id;
        }

        @Override
        public boolean has(RunId run, ProjectId project, String author) {
            return project.equals(id);
        }
    }

    /// One alone; the rule goes when it has ended.
    record OneRun(RunId id) implements About {
        @Override
        public String key() {
            return "run " + id;
        }

        @Override
        public boolean has(RunId run, ProjectId project, String author) {
            return run.equals(id);
        }
    }
}
