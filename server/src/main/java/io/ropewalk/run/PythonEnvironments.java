package io.ropewalk.run;

import io.ropewalk.project.ProjectDocument.Packages;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Builds, or finds, the virtual environment that a task asks for.
public interface PythonEnvironments {
    /// @param python a version such as `3.12`; empty for the one that is there
    /// @param requirements the text of the requirements file, empty without one
    /// @return variables that programs need to run in it
    Map<String, String> prepare(String python, String requirements, List<Packages> packages, Consumer<String> progress);
}
