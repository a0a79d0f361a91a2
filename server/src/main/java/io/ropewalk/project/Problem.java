package io.ropewalk.project;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/// Something about a document that somebody should know.
///
/// @param line from 1
/// @param column from 1
/// @param path from the root of the document, as it was written: `tasks[0].command`
/// @param remedy what to do about it
public record Problem(
        Severity severity,
        int line,
        int column,
        String path,
        String message,
        @Nullable String remedy) {
    public enum Severity {
        /// The document is refused.
        @JsonProperty("error")
        ERROR,
        /// The document is taken, but does not do all that it says.
        @JsonProperty("warning")
        WARNING
    }
}
