package io.ropewalk.artifact;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is in a directory.
///
/// @param path of the directory, empty for the outermost
/// @param entries directories first, then by name
/// @param truncated there are more
public record FileList(String path, List<Entry> entries, boolean truncated) {
    public FileList {
        entries = List.copyOf(entries);
    }

    /// @param bytes absent for a directory, and for a link, which is not followed
    public record Entry(
            String name,
            boolean directory,
            @Nullable Long bytes,
            @Nullable Instant modifiedAt) {}
}
