package io.ropewalk.extensions.executor.local;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/// Small files that the kernel makes up when they are read: one read, no more.
final class KernelFile {
    private static final int LARGEST = 16 * 1024;

    private KernelFile() {}

    /// Empty when the file is not there, or not for us.
    static Optional<String> text(String path) {
        byte[] bytes = new byte[LARGEST];
        try (FileInputStream file = new FileInputStream(path)) {
            int size = 0;
            for (int read = file.read(bytes); read > 0; read = file.read(bytes, size, LARGEST - size)) {
                size += read;
                if (size == LARGEST) {
                    break;
                }
            }
            return Optional.of(new String(bytes, 0, size, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// The one number in a file.
    static OptionalLong number(Path file) {
        return text(file.toString()).map(text -> parse(text.strip())).orElseGet(OptionalLong::empty);
    }

    /// The number behind a word, in a file of lines `word number` or `word: number`.
    static OptionalLong number(Path file, String word) {
        return text(file.toString()).map(text -> number(text, word)).orElseGet(OptionalLong::empty);
    }

    static OptionalLong number(String text, String word) {
        int at = text.startsWith(word) ? 0 : text.indexOf("\n" + word) + 1;
        if (at == 0 && !text.startsWith(word)) {
            return OptionalLong.empty();
        }
        int from = at + word.length();
        while (from < text.length() && (text.charAt(from) == ' ' || text.charAt(from) == ':')) {
            from++;
        }
        int to = from;
        while (to < text.length() && Character.isDigit(text.charAt(to))) {
            to++;
        }
        return parse(text.substring(from, to));
    }

    private static OptionalLong parse(String digits) {
        try {
            return OptionalLong.of(Long.parseLong(digits));
        } catch (NumberFormatException e) {
            // "max", or a number beyond all that is real.
            return OptionalLong.empty();
        }
    }
}
