package io.ropewalk.search;

import io.ropewalk.log.LogSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Where a text may stand, as far as the logs have been indexed.
public final class Parts {
    private final Map<LogKey, List<LogSpan>> held;
    private final Set<String> runs;
    private final LogIndex.Reached reached;

    Parts(Map<LogKey, List<LogSpan>> held, Set<String> runs, LogIndex.Reached reached) {
        this.held = held;
        this.runs = runs;
        this.reached = reached;
    }

    /// No log of this run holds the text, and none will.
    public boolean rulesOut(String run) {
        return reached.isSettled(run) && !runs.contains(run);
    }

    /// Where it may stand in a log, in order: in the parts that hold it, and behind what has been indexed if there is
    /// more to come.
    public List<LogSpan> of(LogKey log) {
        boolean settled = reached.isSettled(log.run());
        long indexed = settled ? Long.MAX_VALUE : reached.logs().getOrDefault(log, 0L);
        List<LogSpan> spans = new ArrayList<>();
        for (LogSpan part : held.getOrDefault(log, List.of())) {
            if (part.from() >= indexed) {
                break;
            }
            if (!spans.isEmpty() && spans.getLast().to() == part.from()) {
                spans.set(spans.size() - 1, new LogSpan(spans.getLast().from(), part.to()));
            } else {
                spans.add(part);
            }
        }
        if (!settled) {
            spans.add(LogSpan.behind(indexed));
        }
        return spans;
    }
}
