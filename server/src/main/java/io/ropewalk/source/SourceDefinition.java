package io.ropewalk.source;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A source as the project document has it.
///
/// @param settings of the kind, as read from the document
public record SourceDefinition(
        String name,
        String kind,
        Map<String, Object> settings,
        @Nullable String mountPath,
        boolean readOnly) {
    public SourceDefinition {
        settings = new LinkedHashMap<>(settings);
    }

    SourceDefinition with(Map<String, Object> other) {
        return new SourceDefinition(name, kind, other, mountPath, readOnly);
    }

    /// Without the settings, which may hold secrets.
    @Override
    public String toString() {
        return "SourceDefinition[" + name + " " + kind + "]";
    }
}
