package io.ropewalk.run;

import io.ropewalk.access.Scope;
import io.ropewalk.spi.RunId;

/// Says which runs there are for somebody.
@FunctionalInterface
public interface VisibleRuns {
    /// Answers NOT_FOUND for a run that does not exist or is outside the scope.
    void check(Scope scope, RunId run);
}
