package io.ropewalk.artifact;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// File names as text. A file name is any bytes; as text it is UTF-8 where it can be, and every name has one text that
/// leads back to it. Three kinds of character are written otherwise: `%` and `\` as their wide forms `％` and `＼`,
/// because they are refused in paths; bytes that are no character, and control characters, as `‛` and two hexadecimal
/// digits; and `％`, `＼` and `‛` themselves with a `‛` before them.
final class FileNames {
    private static final char QUOTE = '‛';
    private static final char WIDE_PERCENT = '％';
    private static final char WIDE_BACKSLASH = '＼';
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final int LONGEST_PATH = 4_096;

    private FileNames() {}

    /// The names that a client's path is made of, outermost first; none for the directory itself.
    static List<Path> of(String path) {
        if (path.length() > LONGEST_PATH) {
            throw refused(path, "it is longer than " + LONGEST_PATH + " characters");
        }
        List<Path> names = new ArrayList<>();
        if (path.isEmpty()) {
            return names;
        }
        if (path.startsWith("/")) {
            throw refused(path, "it begins with '/'");
        }
        for (String name : path.split("/", -1)) {
            names.add(name(name, path));
        }
        return names;
    }

    private static Path name(String name, String path) {
        if (name.isEmpty()) {
            throw refused(path, "a name in it is empty");
        }
        if (name.equals(".") || name.equals("..")) {
            throw refused(path, "'.' and '..' are no names of files");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '%' || c == '\\' || Character.isISOControl(c)) {
                throw refused(path, "'%', '\\' and control characters are not taken");
            }
        }
        byte[] bytes = decode(name);
        // The text is checked against the bytes, so that no other spelling of '/' or '..' can come out of it.
        if (bytes.length > 255
                || has(bytes, 0)
                || has(bytes, '/')
                || !encode(bytes).equals(name)) {
            throw refused(path, "it is not written as a list of files gives it");
        }
        return path(bytes);
    }

    private static boolean has(byte[] bytes, int wanted) {
        for (byte b : bytes) {
            if (b == wanted) {
                return true;
            }
        }
        return false;
    }

    /// The text of a name that was found on disk.
    static String text(Path name) {
        return encode(bytes(name));
    }

    static String encode(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        for (int i = 0; i < bytes.length; ) {
            int length = characterLength(bytes, i);
            String character = length == 0 ? "" : new String(bytes, i, length, StandardCharsets.UTF_8);
            if (length == 0 || Character.isISOControl(character.charAt(0))) {
                int end = i + Math.max(1, length);
                for (; i < end; i++) {
                    text.append(QUOTE).append(HEX.toHexDigits(bytes[i]));
                }
                continue;
            }
            switch (character.charAt(0)) {
                case '%' -> text.append(WIDE_PERCENT);
                case '\\' -> text.append(WIDE_BACKSLASH);
                case QUOTE, WIDE_PERCENT, WIDE_BACKSLASH -> text.append(QUOTE).append(character);
                default -> text.append(character);
            }
            i += length;
        }
        return text.toString();
    }

    private static byte[] decode(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(name.length());
        for (int i = 0; i < name.length(); ) {
            int character = name.codePointAt(i);
            int next = i + Character.charCount(character);
            if (character == QUOTE && next < name.length()) {
                char quoted = name.charAt(next);
                if (quoted == QUOTE || quoted == WIDE_PERCENT || quoted == WIDE_BACKSLASH) {
                    write(bytes, quoted);
                    i = next + 1;
                    continue;
                }
                if (next + 2 <= name.length()
                        && HexFormat.isHexDigit(quoted)
                        && HexFormat.isHexDigit(name.charAt(next + 1))) {
                    bytes.write(HexFormat.fromHexDigits(name, next, next + 2));
                    i = next + 2;
                    continue;
                }
            }
            switch (character) {
                case WIDE_PERCENT -> bytes.write('%');
                case WIDE_BACKSLASH -> bytes.write('\\');
                default -> write(bytes, character);
            }
            i = next;
        }
        return bytes.toByteArray();
    }

    private static void write(ByteArrayOutputStream bytes, int character) {
        bytes.writeBytes(Character.toString(character).getBytes(StandardCharsets.UTF_8));
    }

    /// How many bytes the character at `i` has, 0 when it is none.
    private static int characterLength(byte[] bytes, int i) {
        int first = bytes[i] & 0xff;
        int length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
        if (length == 0 || i + length > bytes.length) {
            return 0;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, i, length));
            return length;
        } catch (CharacterCodingException _) {
            return 0;
        }
    }

    /// A path's bytes do not depend on the language that the server was started in only when they go through a URI.
    private static Path path(byte[] bytes) {
        StringBuilder uri = new StringBuilder("file:///");
        for (byte b : bytes) {
            uri.append('%').append(HEX.toHexDigits(b));
        }
        Path name = Path.of(URI.create(uri.toString()));
        if (name.getNameCount() != 1) {
            throw new RopewalkException(ErrorCode.INVALID_REQUEST, "A name of a file is more than one name.");
        }
        return name.getFileName();
    }

    private static byte[] bytes(Path name) {
        String raw = Path.of("/").resolve(name).toUri().getRawPath();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        int end = raw.endsWith("/") ? raw.length() - 1 : raw.length();
        for (int i = 1; i < end; i++) {
            if (raw.charAt(i) == '%') {
                bytes.write(HexFormat.fromHexDigits(raw, i + 1, i + 3));
                i += 2;
            } else {
                bytes.write(raw.charAt(i));
            }
        }
        return bytes.toByteArray();
    }

    private static RopewalkException refused(String path, String why) {
        String shown = path.length() > 80 ? path.substring(0, 80) + "…" : path;
        return new RopewalkException(
                ErrorCode.INVALID_REQUEST,
                "'%s' is not a path of files here: %s. Use the names that the list of files gives, joined by '/'."
                        .formatted(shown.replaceAll("\\p{Cntrl}", "?"), why));
    }
}
