package io.ropewalk.log;

import io.ropewalk.support.text.AnsiText;
import java.util.ArrayList;
import java.util.List;

/// A traceback in a log, whole.
///
/// @param lines never empty
/// @param errors the errors that it names, in the program's own words, each the cause of the one before it; never
///     empty
/// @param after how many lines the program still wrote behind it
public record Traceback(List<LogLine> lines, List<String> errors, int after) {
    public Traceback {
        lines = List.copyOf(lines);
        errors = List.copyOf(errors);
    }

    /// All of them, in the order they were written.
    public static List<Traceback> in(List<LogLine> lines) {
        List<Traceback> found = new ArrayList<>();
        TracebackParts parts = new TracebackParts();
        int begin = -1;
        List<String> errors = new ArrayList<>();
        for (int i = 0; i <= lines.size(); i++) {
            String text = i == lines.size() ? "" : AnsiText.plain(lines.get(i).text());
            TracebackParts.Part part = i == lines.size() ? TracebackParts.Part.OUTSIDE : parts.next(text);
            switch (part) {
                case OUTSIDE, BEGINS -> {
                    if (begin >= 0) {
                        found.add(whole(lines, begin, i, errors));
                    }
                    begin = part == TracebackParts.Part.BEGINS ? i : -1;
                    errors.clear();
                }
                case CONTINUES -> {
                    if (begin < 0) {
                        begin = Math.max(0, i - 1);
                    }
                    if (text.startsWith("During handling of")) {
                        // What was being handled then is not why this one came.
                        errors.clear();
                    }
                }
                case NAMES -> {
                    if (text.startsWith("Caused by: ")) {
                        errors.addLast(text.substring("Caused by: ".length()));
                    } else {
                        errors.addFirst(text.strip().replaceFirst("^what\\(\\): +", ""));
                    }
                }
            }
        }
        return found;
    }

    private static Traceback whole(List<LogLine> lines, int begin, int end, List<String> errors) {
        int last = end;
        while (last > begin + 1 && lines.get(last - 1).text().isBlank()) {
            last--;
        }
        List<String> all = new ArrayList<>(errors);
        String first = AnsiText.plain(lines.get(begin).text());
        if (errors.isEmpty() || first.startsWith("Exception in thread ")) {
            all.addFirst(first.replaceFirst("^Exception in thread \"[^\"]*\" ", ""));
        }
        return new Traceback(lines.subList(begin, last), all, lines.size() - last);
    }
}
