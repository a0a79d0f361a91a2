package io.ropewalk.artifact;

/// How much there is.
///
/// @param truncated there is more; counting stopped
public record FileTotals(long files, long bytes, boolean truncated) {}
