package io.ropewalk.cli;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How a person names a run: its id, `project/7`, `project/train-7`, or `7` and `train-7` in the project's folder.
sealed interface RunReference {
    Pattern ID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}");
    Pattern NUMBERED =
            Pattern.compile("(?:(?<project>[A-Za-z0-9][-_.A-Za-z0-9]*)/)?(?:(?<task>.+)-)?(?<number>[1-9][0-9]{0,8})");

    record ById(String id) implements RunReference {}

    /// @param task empty when only the number was given; checked when it was not
    record ByNumber(String project, String task, int number) implements RunReference {}

    /// @param folderProject the project a bare number means
    static Optional<RunReference> parse(String text, String folderProject) {
        if (ID.matcher(text).matches()) {
            return Optional.of(new ById(text));
        }
        Matcher parts = NUMBERED.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String project = Optional.ofNullable(parts.group("project")).orElse(folderProject);
        String task = Optional.ofNullable(parts.group("task")).orElse("");
        return Optional.of(new ByNumber(project, task, Integer.parseInt(parts.group("number"))));
    }
}
