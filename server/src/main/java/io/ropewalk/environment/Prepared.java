package io.ropewalk.environment;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// An environment that is ready. Its files stay as they are; whoever isolates a program must let it read `root`, and
/// the interpreter below `interpreter`.
///
/// @param key the same for the same content
/// @param python its full version
/// @param interpreter the installation that it borrows its interpreter from
/// @param variables what makes programs use it: `VIRTUAL_ENV`, and `PATH` with its commands first
/// @param notices what was asked for and is not in it, for people
public record Prepared(
        String key, String python, Path root, Path interpreter, Map<String, String> variables, List<String> notices) {
    public Prepared {
        variables = Map.copyOf(variables);
        notices = List.copyOf(notices);
    }

    /// The exact packages that were installed, as `pip freeze` says it.
    public Path lock() {
        return root.resolve("lock.txt");
    }

    /// What the build printed.
    public Path buildLog() {
        return root.resolve("build.log");
    }
}
