package io.ropewalk.support.template;

/// A template that cannot be read or rendered.
public final class TemplateException extends RuntimeException {
    private final int line;
    private final int column;

    TemplateException(int line, int column, String message) {
        super(message);
        this.line = line;
        this.column = column;
    }

    /// From 1.
    public int line() {
        return line;
    }

    /// From 1.
    public int column() {
        return column;
    }
}
