package io.ropewalk.metric;

import java.time.Instant;

/// What a series has come to.
///
/// @param last the value at the highest step; of several there, the latest; of those, the one written last
/// @param min the smallest, NaN only when nothing else was written
/// @param max the largest, NaN only when nothing else was written
/// @param lastAt when `last` was measured
public record SeriesSummary(
        String name, long count, double last, double min, double max, long lastStep, Instant lastAt) {}
