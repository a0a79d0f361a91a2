package io.ropewalk.artifact;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// How a file can be shown.
public enum FileKind {
    TEXT,
    IMAGE,
    CSV,
    JSON,
    HTML,
    BINARY;

    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// @param name what it is called, in lower case
    /// @param head how it begins
    static FileKind of(String name, byte[] head) {
        if (!imageType(head).isEmpty()) {
            return IMAGE;
        }
        if (!isText(head)) {
            return BINARY;
        }
        String text = name.toLowerCase(Locale.ROOT);
        if (text.endsWith(".html") || text.endsWith(".htm") || text.endsWith(".xhtml")) {
            return HTML;
        }
        if (text.endsWith(".csv") || text.endsWith(".tsv")) {
            return CSV;
        }
        return text.endsWith(".json") || text.endsWith(".ipynb") ? JSON : TEXT;
    }

    /// The media type of an image that a browser draws without running anything in it; empty for anything else.
    static String imageType(byte[] head) {
        if (begins(head, 0, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n')) {
            return "image/png";
        }
        if (begins(head, 0, 0xff, 0xd8, 0xff)) {
            return "image/jpeg";
        }
        if (begins(head, 0, 'G', 'I', 'F', '8', '7', 'a') || begins(head, 0, 'G', 'I', 'F', '8', '9', 'a')) {
            return "image/gif";
        }
        if (begins(head, 0, 'R', 'I', 'F', 'F') && begins(head, 8, 'W', 'E', 'B', 'P')) {
            return "image/webp";
        }
        return "";
    }

    private static boolean begins(byte[] head, int at, int... bytes) {
        if (head.length < at + bytes.length) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if ((head[at + i] & 0xff) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    /// Text has no NUL and hardly any byte that is no character.
    private static boolean isText(byte[] head) {
        for (byte b : head) {
            if (b == 0) {
                return false;
            }
        }
        String text = new String(head, java.nio.charset.StandardCharsets.UTF_8);
        long broken = text.chars()
                .filter(c ->
                        c == '\ufffd' || (c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != 0x1b && c != '\f'))
                .count();
        return broken <= 1 + text.length() / 100;
    }
}
