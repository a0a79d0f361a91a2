package io.ropewalk.log;

import java.util.Optional;

/// What a regular expression cannot match without. Says rather nothing than something wrong.
final class RequiredText {
    private static final int SHORTEST = 2;

    private final String expression;
    private final StringBuilder run = new StringBuilder();
    private String longest = "";
    private int at;

    private RequiredText(String expression) {
        this.expression = expression;
    }

    /// The longest text that stands in every line that the expression matches.
    static Optional<String> of(String expression) {
        return new RequiredText(expression).find();
    }

    private Optional<String> find() {
        while (at < expression.length()) {
            char sign = expression.charAt(at);
            switch (sign) {
                case '|' -> {
                    return Optional.empty();
                }
                case '\\' -> {
                    if (at + 1 >= expression.length() || Character.isLetterOrDigit(expression.charAt(at + 1))) {
                        if (!isPlainClass()) {
                            return Optional.empty();
                        }
                        end();
                        at += 2;
                    } else {
                        take(expression.charAt(at + 1));
                        at += 2;
                    }
                }
                case '[' -> {
                    end();
                    if (!skipClass()) {
                        return Optional.empty();
                    }
                }
                case '(' -> {
                    end();
                    if (!skipGroup()) {
                        return Optional.empty();
                    }
                }
                case '*', '?' -> {
                    dropLast();
                    at++;
                }
                case '{' -> {
                    dropLast();
                    int close = expression.indexOf('}', at);
                    if (close < 0) {
                        return Optional.empty();
                    }
                    at = close + 1;
                }
                case '+', '.', '^', '$', ')' -> {
                    end();
                    at++;
                }
                default -> {
                    take(sign);
                    at++;
                }
            }
        }
        end();
        return longest.length() < SHORTEST ? Optional.empty() : Optional.of(longest);
    }

    /// One character of a kind, or an edge: nothing that reaches further, as a quotation does.
    private boolean isPlainClass() {
        return at + 1 < expression.length() && "dDwWsSbBtAzZ".indexOf(expression.charAt(at + 1)) >= 0;
    }

    /// Only what is one byte and one character: a repetition must take away all of the last sign.
    private void take(char sign) {
        if (sign >= ' ' && sign < 127) {
            run.append(sign);
        } else {
            end();
        }
    }

    private void dropLast() {
        if (!run.isEmpty()) {
            run.setLength(run.length() - 1);
        }
        end();
    }

    private void end() {
        if (run.length() > longest.length()) {
            longest = run.toString();
        }
        run.setLength(0);
    }

    private boolean skipClass() {
        int depth = 0;
        int begin = at;
        for (; at < expression.length(); at++) {
            char sign = expression.charAt(at);
            boolean first = at == begin + 1 || (at == begin + 2 && expression.charAt(begin + 1) == '^');
            if (sign == '\\') {
                if (at + 1 < expression.length() && expression.charAt(at + 1) == 'Q') {
                    return false;
                }
                at++;
            } else if (sign == '[') {
                depth++;
            } else if (sign == ']' && first) {
                // Some take it as itself here, some as the end.
                return false;
            } else if (sign == ']' && --depth == 0) {
                at++;
                return true;
            }
        }
        return false;
    }

    private boolean skipGroup() {
        int depth = 0;
        while (at < expression.length()) {
            char sign = expression.charAt(at);
            if (sign == '\\') {
                if (at + 1 < expression.length() && expression.charAt(at + 1) == 'Q') {
                    return false;
                }
                at += 2;
                continue;
            }
            if (sign == '[') {
                if (!skipClass()) {
                    return false;
                }
                continue;
            }
            if (sign == '(') {
                depth++;
                if (setsFlags()) {
                    return false;
                }
            }
            at++;
            if (sign == ')' && --depth == 0) {
                return true;
            }
        }
        return false;
    }

    /// `(?i)` changes what stands behind it.
    private boolean setsFlags() {
        return expression.startsWith("(?", at)
                && (at + 2 >= expression.length() || ":=!<>".indexOf(expression.charAt(at + 2)) < 0);
    }
}
