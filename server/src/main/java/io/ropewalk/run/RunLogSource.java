package io.ropewalk.run;

import io.ropewalk.access.Scope;
import io.ropewalk.log.LogFile;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.executor.LogChunk;
import java.util.List;

/// Where the logs of runs are. Both verbs answer NOT_FOUND for a run outside the scope.
public interface RunLogSource {
    /// All logs as they are now: `master` first, then the replicas in role and index order.
    List<LogFile> logs(Scope scope, RunId run);

    /// A piece of a log; an empty chunk when nothing is there yet. It is complete only when nothing will ever
    /// follow.
    LogChunk read(Scope scope, RunId run, String log, int attempt, long offset, int limit);
}
