package io.ropewalk.search;

/// One attempt's log of a run.
public record LogKey(String run, String log, int attempt) {
    String text() {
        return run + "/" + log + "/" + attempt;
    }

    static LogKey parse(String text) {
        int first = text.indexOf('/');
        int last = text.lastIndexOf('/');
        return new LogKey(
                text.substring(0, first),
                text.substring(first + 1, last),
                Integer.parseInt(text, last + 1, text.length(), 10));
    }
}
