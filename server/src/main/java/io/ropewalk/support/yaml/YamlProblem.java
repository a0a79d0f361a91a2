package io.ropewalk.support.yaml;

/// Something wrong with a text.
///
/// @param remedy what to do about it; may be empty
public record YamlProblem(Place place, String message, String remedy) {}
