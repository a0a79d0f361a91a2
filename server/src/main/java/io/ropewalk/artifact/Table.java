package io.ropewalk.artifact;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// The beginning of a file of separated values. The first line names the columns; the separator is the one of comma,
/// semicolon, tab and bar that is most frequent in it.
record Table(List<String> columns, List<String> types, List<List<String>> rows, boolean truncated) {
    static final int MOST_ROWS = 200;
    static final int MOST_COLUMNS = 50;
    private static final Pattern INTEGER = Pattern.compile("[+-]?\\d{1,18}");
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(?:\\d{1,30}(?:\\.\\d{0,30})?|\\.\\d{1,30})(?:[eE][+-]?\\d{1,4})?|(?i:nan|[+-]?inf)");
    private static final Pattern TIME =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d(?:[T ]\\d\\d:\\d\\d(?::\\d\\d\\S{0,20})?)?");

    static Table of(String text, boolean cut) {
        Reading reading = new Reading(text, separator(text));
        List<List<String>> lines = reading.lines(MOST_ROWS + 1, cut);
        if (lines.isEmpty()) {
            return new Table(List.of(), List.of(), List.of(), false);
        }
        List<String> columns = lines.getFirst();
        List<List<String>> rows = lines.subList(1, lines.size());
        List<String> types = IntStream.range(0, columns.size())
                .mapToObj(column -> type(rows.stream()
                        .map(row -> column < row.size() ? row.get(column) : "")
                        .toList()))
                .toList();
        return new Table(columns, types, rows, !reading.ended() || reading.wide);
    }

    private static char separator(String text) {
        int end = text.indexOf('\n');
        String first = end < 0 ? text : text.substring(0, end);
        return ",;\t|"
                .chars()
                .boxed()
                .max(Comparator.comparingLong(
                        candidate -> first.chars().filter(c -> c == candidate).count()))
                .filter(candidate -> first.indexOf(candidate) >= 0)
                .map(candidate -> (char) candidate.intValue())
                .orElse(',');
    }

    private static String type(List<String> cells) {
        List<String> filled = cells.stream()
                .map(String::strip)
                .filter(cell -> !cell.isEmpty())
                .toList();
        if (filled.isEmpty()) {
            return "empty";
        }
        if (filled.stream().allMatch(cell -> INTEGER.matcher(cell).matches())) {
            return "integer";
        }
        if (filled.stream().allMatch(cell -> NUMBER.matcher(cell).matches())) {
            return "number";
        }
        if (filled.stream().allMatch(cell -> cell.equalsIgnoreCase("true") || cell.equalsIgnoreCase("false"))) {
            return "boolean";
        }
        return filled.stream().allMatch(cell -> TIME.matcher(cell).matches()) ? "time" : "text";
    }

    private static final class Reading {
        private final String text;
        private final char separator;
        private int at;
        private boolean wide;

        Reading(String text, char separator) {
            this.text = text.startsWith("\ufeff") ? text.substring(1) : text;
            this.separator = separator;
        }

        boolean ended() {
            return at >= text.length();
        }

        /// @param cut the text ends in the middle of the file, so its last line may be a part of one
        List<List<String>> lines(int most, boolean cut) {
            List<List<String>> lines = new ArrayList<>();
            while (!ended() && lines.size() < most) {
                List<String> line = line();
                if (!(cut && ended()) || lines.isEmpty()) {
                    lines.add(line);
                }
            }
            return lines;
        }

        private List<String> line() {
            List<String> cells = new ArrayList<>();
            while (true) {
                String cell = cell();
                if (cells.size() < MOST_COLUMNS) {
                    cells.add(cell);
                } else {
                    wide = true;
                }
                if (ended()) {
                    return cells;
                }
                char end = text.charAt(at++);
                if (end == separator) {
                    if (ended()) {
                        cells.add("");
                        return cells;
                    }
                    continue;
                }
                if (end == '\r' && !ended() && text.charAt(at) == '\n') {
                    at++;
                }
                return cells;
            }
        }

        /// Up to a separator or the end of a line; within quotes both are part of it.
        private String cell() {
            StringBuilder cell = new StringBuilder();
            boolean quoted = false;
            for (; !ended(); at++) {
                char c = text.charAt(at);
                if (quoted && c == '"' && at + 1 < text.length() && text.charAt(at + 1) == '"') {
                    cell.append('"');
                    at++;
                } else if (c == '"' && (quoted || cell.isEmpty())) {
                    quoted = !quoted;
                } else if (!quoted && (c == separator || c == '\n' || c == '\r')) {
                    break;
                } else {
                    cell.append(c);
                }
            }
            return cell.toString();
        }
    }
}
