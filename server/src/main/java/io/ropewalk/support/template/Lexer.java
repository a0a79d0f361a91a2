package io.ropewalk.support.template;

import java.util.ArrayList;
import java.util.List;

/// Cuts the inside of one action into tokens.
final class Lexer {
    enum Kind {
        /// `if`, `eq`, `true`
        WORD,
        /// `.name`; the text is the name, empty for a single dot
        FIELD,
        /// `$name`; the text is the name
        VARIABLE,
        STRING,
        NUMBER,
        /// One of `( ) | , = :=`
        SIGN,
        END
    }

    /// @param at where it starts in the template
    /// @param glued whether it follows the one before it without a space
    record Token(Kind kind, String text, int at, boolean glued) {
        boolean is(String sign) {
            return kind == Kind.SIGN && text.equals(sign);
        }
    }

    private final String text;
    private final int end;
    private final Source source;
    private int position;

    private Lexer(Source source, int start, int end) {
        this.source = source;
        this.text = source.text();
        this.position = start;
        this.end = end;
    }

    static List<Token> tokens(Source source, int start, int end) {
        return new Lexer(source, start, end).run();
    }

    private List<Token> run() {
        List<Token> tokens = new ArrayList<>();
        int last = -1;
        while (true) {
            while (position < end && Character.isWhitespace(text.charAt(position))) {
                position++;
            }
            int start = position;
            if (position >= end) {
                tokens.add(new Token(Kind.END, "", Math.max(0, end), false));
                return tokens;
            }
            boolean glued = start == last;
            tokens.add(token(start, glued));
            last = position;
        }
    }

    private Token token(int start, boolean glued) {
        char c = text.charAt(position);
        if (c == '.' && !digitAt(position + 1)) {
            position++;
            return new Token(Kind.FIELD, word(), start, glued);
        }
        if (c == '$') {
            position++;
            return new Token(Kind.VARIABLE, word(), start, glued);
        }
        if (c == '"' || c == '`' || c == '\'') {
            return quoted(c, start, glued);
        }
        if (Character.isDigit(c) || c == '.' || ((c == '-' || c == '+') && digitOrDotAt(position + 1))) {
            position++;
            while (position < end && (partOfNumber(text.charAt(position)) || exponentSign())) {
                position++;
            }
            return new Token(Kind.NUMBER, text.substring(start, position), start, glued);
        }
        if (Character.isLetter(c) || c == '_') {
            return new Token(Kind.WORD, word(), start, glued);
        }
        if (c == ':' && position + 1 < end && text.charAt(position + 1) == '=') {
            position += 2;
            return new Token(Kind.SIGN, ":=", start, glued);
        }
        if ("()|,=".indexOf(c) >= 0) {
            position++;
            return new Token(Kind.SIGN, String.valueOf(c), start, glued);
        }
        throw source.error(start, "'" + c + "' means nothing in a template.");
    }

    private boolean digitAt(int index) {
        return index < end && Character.isDigit(text.charAt(index));
    }

    private boolean digitOrDotAt(int index) {
        return digitAt(index) || (index < end && text.charAt(index) == '.' && digitAt(index + 1));
    }

    private static boolean partOfNumber(char c) {
        return Character.isLetterOrDigit(c) || c == '.' || c == '_';
    }

    private boolean exponentSign() {
        char c = text.charAt(position);
        char before = text.charAt(position - 1);
        return (c == '-' || c == '+') && (before == 'e' || before == 'E');
    }

    private String word() {
        int start = position;
        while (position < end && (Character.isLetterOrDigit(text.charAt(position)) || text.charAt(position) == '_')) {
            position++;
        }
        return text.substring(start, position);
    }

    private Token quoted(char quote, int start, boolean glued) {
        StringBuilder value = new StringBuilder();
        position++;
        while (position < end && text.charAt(position) != quote) {
            char c = text.charAt(position++);
            if (c == '\\' && quote != '`') {
                escape(value);
            } else {
                value.append(c);
            }
        }
        if (position >= end) {
            throw source.error(start, "The text that starts here has no closing " + quote + ".");
        }
        position++;
        if (quote == '\'') {
            if (value.codePointCount(0, value.length()) != 1) {
                throw source.error(start, "Single quotes hold one character; use double quotes for text.");
            }
            return new Token(Kind.NUMBER, String.valueOf(value.codePointAt(0)), start, glued);
        }
        return new Token(Kind.STRING, value.toString(), start, glued);
    }

    private void escape(StringBuilder value) {
        if (position >= end) {
            return;
        }
        char c = text.charAt(position++);
        switch (c) {
            case 'n' -> value.append('\n');
            case 't' -> value.append('\t');
            case 'r' -> value.append('\r');
            case '\\', '"', '\'' -> value.append(c);
            case 'x' -> value.appendCodePoint(hexadecimal(2));
            case 'u' -> value.appendCodePoint(hexadecimal(4));
            default -> throw source.error(position - 2, "'\\" + c + "' is not an escape.");
        }
    }

    private int hexadecimal(int digits) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = position < end ? Character.digit(text.charAt(position), 16) : -1;
            if (digit < 0) {
                throw source.error(position, "%d hexadecimal digits belong here.".formatted(digits));
            }
            value = value * 16 + digit;
            position++;
        }
        return value;
    }
}
