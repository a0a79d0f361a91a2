package io.ropewalk.run;

import io.ropewalk.spi.RunId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What somebody asks to have run.
///
/// @param task the name of a task of the project; else `definition`
/// @param definition a task of its own, as YAML
/// @param experiment the line of work whose newest document counts; `master` when absent
/// @param revision a certain revision instead
/// @param parameters over the task's own
/// @param pins revisions of sources, over the task's own
/// @param parent the run that started this one, whose pins are inherited
public record Submission(
        String workspace,
        String project,
        @Nullable String task,
        @Nullable String definition,
        @Nullable String experiment,
        @Nullable String revision,
        Map<String, Object> parameters,
        Map<String, String> pins,
        String comment,
        @Nullable RunId parent) {
    public Submission {
        parameters = Map.copyOf(parameters);
        pins = Map.copyOf(pins);
    }
}
