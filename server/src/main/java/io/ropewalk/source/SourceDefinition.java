package io.ropewalk.source;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.archive.EntryPath;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
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

    /// Does something with the source. What goes wrong is said with its name and kind.
    <T> T naming(Supplier<T> work) {
        try {
            return work.get();
        } catch (RopewalkException e) {
            throw named(e);
        } catch (UncheckedIOException e) {
            throw named(new RopewalkException(
                    ErrorCode.UNAVAILABLE,
                    "The server could not read or write a file: %s. Look at its disk, then try again."
                            .formatted(e.getMessage()),
                    e));
        }
    }

    RopewalkException named(RopewalkException e) {
        String message = "Source '%s' (%s): %s".formatted(EntryPath.shown(name), EntryPath.shown(kind), e.getMessage());
        return e.problems().isEmpty()
                ? new RopewalkException(e.code(), message, e)
                : new RopewalkException(e.code(), message, e.problems());
    }

    /// Without the settings, which may hold secrets.
    @Override
    public String toString() {
        return "SourceDefinition[" + name + " " + kind + "]";
    }
}
