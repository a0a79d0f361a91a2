package io.ropewalk.run;

import io.ropewalk.log.LogLine;
import java.util.List;

/// Why a run failed, as far as its end and its log tell.
///
/// @param cause one word; `none` for a run that has not failed
/// @param headline what happened, in one sentence
/// @param meaning what that says, and where it happened
/// @param remedy what to do next
/// @param log which log shows it; empty when none does
/// @param attempt of that log, 0 when there is none
/// @param offset where in that log the first of the lines begins
/// @param lines the lines that show it
public record Diagnosis(
        String cause,
        String headline,
        String meaning,
        String remedy,
        String log,
        int attempt,
        long offset,
        List<LogLine> lines) {
    public static final Diagnosis NONE = new Diagnosis("none", "", "", "", "", 0, 0, List.of());
    static final int MOST_LINES = 60;

    public Diagnosis {
        // The end of a long traceback says more than its beginning.
        lines = List.copyOf(lines.subList(Math.max(0, lines.size() - MOST_LINES), lines.size()));
        offset = lines.isEmpty() ? offset : lines.getFirst().offset();
    }
}
