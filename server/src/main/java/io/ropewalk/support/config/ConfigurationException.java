package io.ropewalk.support.config;

import java.util.List;
import java.util.stream.Collectors;

/// Everything that is wrong with a configuration, at once.
public final class ConfigurationException extends RuntimeException {
    private final transient List<Problem> problems;

    /// @param message what is wrong and what to do
    public record Problem(Origin origin, String key, String message) {
        @Override
        public String toString() {
            return origin + ": " + (key.isEmpty() ? "" : key + " ") + message;
        }
    }

    public ConfigurationException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
