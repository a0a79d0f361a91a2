package io.ropewalk.log;

import java.util.List;

/// A part of a log, or of several read together.
///
/// @param next where to go on: a number for one log, text for several; give it back as `offset`. While it stays
///     the same there is nothing new
/// @param complete nothing follows, and nothing ever will
public record LogPage(List<LogLine> lines, Object next, boolean complete) {
    public LogPage {
        lines = List.copyOf(lines);
    }
}
