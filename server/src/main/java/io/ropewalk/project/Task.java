package io.ropewalk.project;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A definition of work: roles that are started together.
///
/// @param parameters defaults of what a run may change
/// @param scheduleTimeout how many seconds a run may wait for a place
/// @param timeout how many seconds a run may take once it has started
/// @param retry when a run that failed is tried again; null for never
/// @param checkpoints which are kept; null for all
/// @param pins the revisions that sources are taken at, by source
public record Task(
        String name,
        Type type,
        @Nullable String title,
        @Nullable Environment environment,
        Map<String, Object> parameters,
        @Nullable Long scheduleTimeout,
        @Nullable Long timeout,
        @Nullable Retry retry,
        @Nullable Checkpoints checkpoints,
        List<Role> roles,
        Map<String, String> pins) {
    /// The name of the one role of a task that does not list roles.
    static final String ONLY_ROLE = "worker";

    public Task {
        parameters = ProjectDocument.ordered(parameters);
        roles = List.copyOf(roles);
        pins = ProjectDocument.ordered(pins);
    }

    /// When a task is run.
    public enum Type {
        /// When somebody asks.
        @JsonProperty("general")
        GENERAL,
        /// Once, after the project was installed.
        @JsonProperty("init")
        INIT,
        /// On what another run made.
        @JsonProperty("export")
        EXPORT
    }

    /// When a run that failed is tried again.
    ///
    /// @param on words for why it failed
    /// @param addMemory bytes, after it ran out of memory
    public record Retry(int times, List<String> on, long addMemory) {
        public Retry {
            on = List.copyOf(on);
        }
    }

    /// Which checkpoints are kept.
    ///
    /// @param keep how many of the latest
    /// @param best a number that the run logs: where it was best, the checkpoint is kept too
    /// @param goal which values are better
    /// @param files a pattern of names
    public record Checkpoints(int keep, @Nullable String best, Goal goal, String files) {}

    /// Which values of a number are better.
    public enum Goal {
        /// Large ones.
        @JsonProperty("max")
        MAX,
        /// Small ones.
        @JsonProperty("min")
        MIN
    }

    /// The same with other roles.
    public Task with(List<Role> others) {
        return new Task(
                name, type, title, environment, parameters, scheduleTimeout, timeout, retry, checkpoints, others, pins);
    }

    /// A virtual environment to run in.
    ///
    /// @param python a version such as `3.12`; empty for the one that is there
    /// @param requirements path of a requirements file, absolute or in a source: `code/requirements.txt`
    public record Environment(String python, @Nullable String requirements, List<String> packages) {
        public Environment {
            packages = List.copyOf(packages);
        }
    }
}
