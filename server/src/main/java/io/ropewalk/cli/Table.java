package io.ropewalk.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/// Columns of text, aligned. A column whose heading begins with `>` is aligned to the right.
final class Table {
    private static final Pattern ESCAPES = Pattern.compile("\u001b\\[[0-9;]*m");
    private static final String GAP = "  ";

    private final List<String> headings = new ArrayList<>();
    private final List<Boolean> right = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... headings) {
        for (String heading : headings) {
            right.add(heading.startsWith(">"));
            this.headings.add(heading.startsWith(">") ? heading.substring(1) : heading);
        }
    }

    Table row(String... cells) {
        List<String> row = new ArrayList<>(List.of(cells));
        row.addAll(Collections.nCopies(headings.size() - cells.length, ""));
        rows.add(row);
        return this;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    void print(Terminal terminal) {
        lines(terminal).forEach(terminal::say);
    }

    /// The heading line, when there is a heading, and the rows; no line ends in blanks.
    List<String> lines(Terminal terminal) {
        int[] widths = new int[headings.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = width(headings.get(i));
            for (List<String> row : rows) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        List<String> lines = new ArrayList<>();
        if (headings.stream().anyMatch(heading -> !heading.isEmpty())) {
            lines.add(terminal.dim(line(headings, widths)));
        }
        rows.forEach(row -> lines.add(line(row, widths)));
        return lines;
    }

    private String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String blanks = " ".repeat(widths[i] - width(cells.get(i)));
            line.append(i == 0 ? "" : GAP)
                    .append(right.get(i) ? blanks : "")
                    .append(cells.get(i))
                    .append(right.get(i) ? "" : blanks);
        }
        return line.toString().stripTrailing();
    }

    private static int width(String cell) {
        String visible = ESCAPES.matcher(cell).replaceAll("");
        return visible.codePointCount(0, visible.length());
    }
}
