package io.ropewalk.cli;

import java.util.ArrayList;
import java.util.List;

/// A text cut into what is read and what steers a terminal.
final class AnsiText {
    private AnsiText() {}

    /// @param isColour it steers, and only how text looks
    record Piece(String text, boolean isText, boolean isColour) {}

    static List<Piece> pieces(String text) {
        List<Piece> pieces = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int escape = text.indexOf('\u001b', at);
            int end = escape < 0 ? text.length() : escape;
            if (end > at) {
                pieces.add(new Piece(text.substring(at, end), true, false));
            }
            if (escape < 0) {
                break;
            }
            at = after(text, escape);
            String sequence = text.substring(escape, at);
            boolean colour = sequence.startsWith("\u001b[") && sequence.endsWith("m");
            pieces.add(new Piece(sequence, false, colour));
        }
        return pieces;
    }

    private static int after(String text, int escape) {
        if (escape + 1 >= text.length()) {
            return text.length();
        }
        return switch (text.charAt(escape + 1)) {
            case '[' -> afterControl(text, escape + 2);
            case ']' -> afterTitle(text, escape + 2);
            default -> escape + 2;
        };
    }

    private static int afterControl(String text, int from) {
        int i = from;
        while (i < text.length() && text.charAt(i) >= ' ' && text.charAt(i) < '@') {
            i++;
        }
        return Math.min(i + 1, text.length());
    }

    /// A title or a link ends with a bell or with `ESC \`; one that does not end goes no further than the line.
    private static int afterTitle(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == '\u0007') {
                return i + 1;
            }
            if (text.charAt(i) == '\u001b') {
                return i + 1 < text.length() && text.charAt(i + 1) == '\\' ? i + 2 : i;
            }
        }
        return text.length();
    }
}
