package io.ropewalk.project;

import java.util.List;
import java.util.Optional;

/// What came of reading a document.
///
/// @param document present when no problem is an error
/// @param problems in the order of the document
public record Reading<T>(Optional<T> document, List<Problem> problems) {
    public Reading {
        problems = List.copyOf(problems);
    }
}
