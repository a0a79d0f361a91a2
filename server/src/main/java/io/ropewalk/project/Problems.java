package io.ropewalk.project;

import io.ropewalk.support.yaml.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Collects what is found while a document is read.
final class Problems {
    private static final int MOST = 200;

    private final List<Problem> found = new ArrayList<>();

    void error(Place place, String message, String remedy) {
        add(Problem.Severity.ERROR, place, message, remedy);
    }

    void warning(Place place, String message, String remedy) {
        add(Problem.Severity.WARNING, place, message, remedy);
    }

    private void add(Problem.Severity severity, Place place, String message, String remedy) {
        // Errors past the limit are not worth a longer answer, but they must still refuse the document.
        if (found.size() < MOST || (severity == Problem.Severity.ERROR && !anyError())) {
            found.add(new Problem(
                    severity, place.line(), place.column(), place.path(), message, remedy.isEmpty() ? null : remedy));
        }
    }

    boolean anyError() {
        return found.stream().anyMatch(problem -> problem.severity() == Problem.Severity.ERROR);
    }

    /// In the order of the document.
    List<Problem> sorted() {
        return found.stream()
                .distinct()
                .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                .toList();
    }
}
