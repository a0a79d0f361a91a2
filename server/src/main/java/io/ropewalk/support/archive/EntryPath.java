package io.ropewalk.support.archive;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.text.Printable;
import java.util.ArrayList;
import java.util.List;

/// Where a file lies in a tree: names separated by `/`, as they are written and not in any other way. It
/// cannot leave the tree.
public record EntryPath(String value) implements Comparable<EntryPath> {
    private static final int LONGEST = 4096;
    private static final int LONGEST_NAME = 255;

    @JsonCreator
    public EntryPath {
        String wrong = wrong(value);
        if (!wrong.isEmpty()) {
            throw refused(value, wrong);
        }
    }

    /// As archives write it: `./a//b/` is `a/b`. Empty for the root itself.
    static List<EntryPath> inArchive(String written) {
        if (written.startsWith("/")) {
            throw refused(written, "begins with '/'");
        }
        if (!written.isEmpty()
                && !written.endsWith("/")
                && !written.startsWith("./")
                && !written.contains("//")
                && !written.contains("/./")
                && !written.endsWith("/.")
                && !written.equals(".")) {
            return List.of(new EntryPath(written));
        }
        List<String> names = new ArrayList<>();
        for (String name : written.split("/", -1)) {
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return names.isEmpty() ? List.of() : List.of(new EntryPath(String.join("/", names)));
    }

    @JsonValue
    @Override
    public String value() {
        return value;
    }

    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    /// Every directory that it lies in, outermost first.
    public List<String> parents() {
        List<String> parents = new ArrayList<>();
        for (int slash = value.indexOf('/'); slash >= 0; slash = value.indexOf('/', slash + 1)) {
            parents.add(value.substring(0, slash));
        }
        return parents;
    }

    /// Refuses a symbolic link at this place that could lead out of the tree. It may climb at its beginning
    /// only: links that climb after passing another link can lead anywhere.
    public void checkLink(String target) {
        if (!isPlain(target) || !staysInside(parents().size(), target)) {
            throw new RopewalkException(
                    ErrorCode.UNSAFE_ARCHIVE,
                    "The symbolic link '%s' points to '%s', out of the tree that it lies in. Put what it points to into the tree, or leave the link out."
                            .formatted(shown(value), shown(target)));
        }
    }

    /// Whether a symbolic link that lies so many directories deep stays in its tree, whatever other links
    /// it passes.
    public static boolean staysInside(int depth, String target) {
        if (target.isEmpty() || target.startsWith("/")) {
            return false;
        }
        int left = depth;
        boolean climbing = true;
        for (String name : target.split("/", -1)) {
            boolean up = name.equals("..");
            if (up && (!climbing || --left < 0)) {
                return false;
            }
            climbing &= up;
        }
        return true;
    }

    /// By code points, so that the order is the same everywhere.
    @Override
    public int compareTo(EntryPath other) {
        return CharSequence.compare(value, other.value);
    }

    @Override
    public String toString() {
        return value;
    }

    /// Text as it may stand in a message: printable, on one line, not too long.
    public static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(200).forEach(c -> shown.appendCodePoint(Printable.is(c) ? c : 0xFFFD));
        return text.codePointCount(0, text.length()) > 200 ? shown.append('…').toString() : shown.toString();
    }

    /// What is wrong with it, empty when nothing is. Archives have millions of paths, so it is looked at
    /// once.
    private static String wrong(String value) {
        if (value.isEmpty()) {
            return "is empty";
        }
        if (value.charAt(0) == '/') {
            return "begins with '/'";
        }
        if (value.length() > 1 && value.charAt(1) == ':' && Character.isLetter(value.charAt(0))) {
            return "begins with a drive";
        }
        int bytes = 0;
        int nameStart = 0;
        int nameBytes = 0;
        for (int i = 0; i <= value.length(); i++) {
            if (i < value.length() && value.charAt(i) != '/') {
                int size = utf8Size(value, i);
                if (size == 0) {
                    return wrongCharacter(value.charAt(i));
                }
                nameBytes += size;
                continue;
            }
            if (i == nameStart) {
                return "has an empty part";
            }
            if (isDots(value, nameStart, i)) {
                return "has the part '" + value.substring(nameStart, i) + "'";
            }
            if (nameBytes > LONGEST_NAME) {
                return "has a part of more than " + LONGEST_NAME + " bytes";
            }
            bytes += nameBytes + 1;
            nameBytes = 0;
            nameStart = i + 1;
        }
        return bytes > LONGEST + 1 ? "is longer than " + LONGEST + " bytes" : "";
    }

    private static boolean isDots(String value, int from, int to) {
        return to - from <= 2 && value.charAt(from) == '.' && value.charAt(to - 1) == '.';
    }

    /// How many bytes the character takes, each half of a pair half of them; 0 when it may not be there.
    private static int utf8Size(String value, int at) {
        char c = value.charAt(at);
        if (c < 0x80) {
            return c < 0x20 || c == 0x7f || c == '\\' ? 0 : 1;
        }
        if (c < 0xa0 || c == '\u2028' || c == '\u2029') {
            return 0;
        }
        if (Character.isHighSurrogate(c)) {
            return at + 1 < value.length() && Character.isLowSurrogate(value.charAt(at + 1)) ? 2 : 0;
        }
        if (Character.isLowSurrogate(c)) {
            return at > 0 && Character.isHighSurrogate(value.charAt(at - 1)) ? 2 : 0;
        }
        return c < 0x800 ? 2 : 3;
    }

    private static String wrongCharacter(char c) {
        if (c == '\\') {
            return "holds a backslash";
        }
        return Character.isSurrogate(c) ? "holds half a character" : "holds a control character";
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (utf8Size(text, i) == 0) {
                return false;
            }
        }
        return text.length() <= LONGEST;
    }

    private static RopewalkException refused(String value, String why) {
        return new RopewalkException(
                ErrorCode.UNSAFE_ARCHIVE,
                "The path '%s' %s. Paths of files are names separated by '/', relative to the folder that is uploaded."
                        .formatted(shown(value), why));
    }
}
