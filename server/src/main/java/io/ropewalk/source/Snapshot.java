package io.ropewalk.source;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One state of an uploaded source, which never changes.
public record Snapshot(
        String id, String source, long files, long bytes, Instant createdAt, String createdBy, Origin origin) {

    /// Where the files were taken from, as far as the uploader could tell.
    ///
    /// @param dirty whether there were changes that no commit has
    public record Origin(
            @Nullable String commit,
            @Nullable String branch,
            @Nullable String remote,
            boolean dirty) {
        static final Origin UNKNOWN = new Origin(null, null, null, false);
    }
}
