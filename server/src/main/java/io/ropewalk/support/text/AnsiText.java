package io.ropewalk.support.text;

import java.util.ArrayList;
import java.util.List;

/// A text cut into what is read and what steers a terminal.
public final class AnsiText {
    private static final char ESCAPE = '\u001b';
    private static final char BELL = '\u0007';

    private AnsiText() {}

    /// @param isColour it steers, and only how text looks
    public record Piece(String text, boolean isText, boolean isColour) {}

    public static List<Piece> pieces(String text) {
        List<Piece> pieces = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int escape = text.indexOf(ESCAPE, at);
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

    /// Only what is read.
    public static String plain(String text) {
        int escape = text.indexOf(ESCAPE);
        if (escape < 0) {
            return text;
        }
        StringBuilder plain = new StringBuilder(text.length());
        int from = 0;
        while (escape >= 0) {
            plain.append(text, from, escape);
            from = after(text, escape);
            escape = text.indexOf(ESCAPE, from);
        }
        return plain.append(text, from, text.length()).toString();
    }

    private static int after(String text, int escape) {
        if (escape + 1 >= text.length()) {
            return text.length();
        }
        return switch (text.charAt(escape + 1)) {
            case '[' -> afterControl(text, escape + 2);
            case ']' -> afterTitle(text, escape + 2);
            case ESCAPE -> escape + 1;
            default -> escape + 2;
        };
    }

    /// One that breaks off ends before what does not belong to it.
    private static int afterControl(String text, int from) {
        int i = from;
        while (i < text.length() && text.charAt(i) >= ' ' && text.charAt(i) < '@') {
            i++;
        }
        return i < text.length() && text.charAt(i) >= '@' && text.charAt(i) <= '~' ? i + 1 : i;
    }

    /// A title or a link ends with a bell or with `ESC \`; one that does not end goes no further than the line.
    private static int afterTitle(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == BELL) {
                return i + 1;
            }
            if (text.charAt(i) == ESCAPE) {
                return i + 1 < text.length() && text.charAt(i + 1) == '\\' ? i + 2 : i;
            }
        }
        return text.length();
    }
}
