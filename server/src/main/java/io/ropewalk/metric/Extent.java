package io.ropewalk.metric;

/// How far the values of a series have gone.
///
/// @param min the smallest number, NaN when there was none
/// @param max the largest number, NaN when there was none
/// @param nan whether something was no number at all
public record Extent(double min, double max, boolean nan) {}
