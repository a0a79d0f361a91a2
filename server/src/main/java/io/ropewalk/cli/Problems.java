package io.ropewalk.cli;

import java.util.List;

/// What is wrong with a document, shown at its place.
final class Problems {
    private Problems() {}

    static String oneLine(Tree problem) {
        long line = problem.at("line").number(0);
        String path = problem.at("path").text();
        return (line > 0 ? "line " + line + ": " : "")
                + (path.isEmpty() ? "" : path + ": ")
                + problem.at("message").text()
                + problem.at("remedy").optional().map(remedy -> " " + remedy).orElse("");
    }

    /// Each problem with its line of the document and a mark below the column.
    static void show(Terminal terminal, String file, String document, List<Tree> problems) {
        List<String> lines = document.lines().toList();
        for (Tree problem : problems) {
            boolean warning = problem.at("severity").text().equals("warning");
            int line = (int) problem.at("line").number(0);
            int column = (int) Math.max(1, problem.at("column").number(1));
            String place = file + (line > 0 ? ":" + line + ":" + column : "");
            String kind = warning ? terminal.paint("33", "warning") : terminal.paint("31", "error");
            terminal.note(terminal.bold(place) + ": " + kind + ": "
                    + problem.at("message").text());
            if (line > 0 && line <= lines.size()) {
                String number = String.valueOf(line);
                String text = lines.get(line - 1).replace('\t', ' ');
                terminal.note(terminal.dim(number + " | ") + text);
                terminal.note(" ".repeat(number.length() + 3 + Math.min(column, text.length() + 1) - 1)
                        + terminal.paint(warning ? "33" : "31", "^"));
            }
            problem.at("remedy").optional().ifPresent(remedy -> terminal.note("  " + remedy));
        }
    }
}
