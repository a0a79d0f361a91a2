package io.ropewalk.access;

import io.ropewalk.support.http.Permission;

/// What a caller may be allowed to do.
public enum Right implements Permission {
    /// See projects, sources, runs, logs, numbers and files.
    READ,
    /// Create and change projects and their sources.
    EDIT,
    /// Start, stop and repeat runs.
    RUN,
    /// Write the numbers, files and state of a run that is one's own or in one's project.
    TRACK,
    /// Read and change what belongs to a person alone, such as notices; no run holds it.
    SELF,
    /// See and change the server itself.
    ADMINISTER
}
