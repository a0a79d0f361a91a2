package io.ropewalk.support.template;

/// A template's text, able to say where something stands.
record Source(String text) {
    TemplateException error(int at, String message) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < Math.min(at, text.length()); i++) {
            boolean newline = text.charAt(i) == '\n';
            line += newline ? 1 : 0;
            column = newline ? 1 : column + 1;
        }
        return new TemplateException(line, column, message);
    }
}
