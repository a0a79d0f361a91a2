package io.ropewalk.support.archive;

import static io.ropewalk.support.archive.Refusal.refused;

import io.ropewalk.spi.RopewalkException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads a tar stream from front to back in constant memory: ustar, with the long names of GNU and pax.
/// Devices, sparse files and kinds that it does not know are refused.
public final class TarReader {
    private static final int BLOCK = 512;
    private static final int LONGEST_EXTENSION = 1 << 20;
    private static final int LONGEST_NAME = 8192;

    private final InputStream in;
    private final byte[] header = new byte[BLOCK];
    private long left;
    private long padding;

    public enum Kind {
        FILE,
        DIRECTORY,
        SYMBOLIC_LINK,
        HARD_LINK
    }

    /// @param link where a link points to; empty for the others
    public record Entry(Kind kind, String name, String link, boolean executable, long size) {}

    public TarReader(InputStream in) {
        this.in = in;
    }

    /// The next entry, empty at the end. What was not read of the last one is skipped.
    public Optional<Entry> next() throws IOException {
        String longName = "";
        String longLink = "";
        Map<String, String> pax = Map.of();
        while (true) {
            skipRest();
            if (!readHeader()) {
                return Optional.empty();
            }
            long size = number(124, 12);
            char type = (char) (header[156] & 0xff);
            switch (type) {
                case 'L' -> longName = extensionText(size);
                case 'K' -> longLink = extensionText(size);
                case 'x' -> pax = records(extension(size, LONGEST_EXTENSION));
                case 'g' -> {
                    if (!records(extension(size, LONGEST_EXTENSION)).keySet().stream()
                            .allMatch(key -> key.equals("comment") || key.endsWith("time"))) {
                        throw refused("sets something for all of its entries at once");
                    }
                }
                default -> {
                    return Optional.of(entry(type, size, longName, longLink, pax));
                }
            }
        }
    }

    /// The content of the entry that came last.
    public InputStream content() {
        return new Pieces() {
            @Override
            int piece(byte[] bytes, int offset, int length) throws IOException {
                if (left == 0) {
                    return -1;
                }
                int read = in.read(bytes, offset, (int) Math.min(length, left));
                if (read < 0) {
                    throw refused("ends in the middle of a file");
                }
                left -= read;
                return read;
            }
        };
    }

    private Entry entry(char type, long headerSize, String longName, String longLink, Map<String, String> pax) {
        for (String key : pax.keySet()) {
            if (key.startsWith("GNU.sparse")) {
                throw sparse();
            }
        }
        String name = pax.getOrDefault("path", longName.isEmpty() ? headerName() : longName);
        String link = pax.getOrDefault("linkpath", longLink.isEmpty() ? text(157, 100) : longLink);
        long size = pax.containsKey("size") ? decimal(pax.get("size")) : headerSize;
        boolean executable = (number(100, 8) & 0111) != 0;
        Kind kind = switch (type) {
            case '0', '\0', '7' -> name.endsWith("/") ? Kind.DIRECTORY : Kind.FILE;
            case '5' -> Kind.DIRECTORY;
            case '2' -> Kind.SYMBOLIC_LINK;
            case '1' -> Kind.HARD_LINK;
            case '3', '4', '6' -> throw refused("holds a device or pipe: '" + EntryPath.shown(name) + "'");
            case 'S' -> throw sparse();
            default -> throw refused("holds an entry of a kind that is not taken: '" + EntryPath.shown(name) + "'");
        };
        if (kind != Kind.FILE) {
            // Some writers note a size here that no content follows.
            size = 0;
        }
        begin(size);
        return new Entry(kind, name, kind == Kind.FILE || kind == Kind.DIRECTORY ? "" : link, executable, size);
    }

    private void begin(long size) {
        left = size;
        padding = (BLOCK - size % BLOCK) % BLOCK;
    }

    private boolean readHeader() throws IOException {
        int read = in.readNBytes(header, 0, BLOCK);
        if (read == 0 || isZero()) {
            return false;
        }
        if (read < BLOCK) {
            throw refused("ends in the middle of a header");
        }
        int unsigned = 8 * ' ';
        int signed = 8 * ' ';
        for (int i = 0; i < BLOCK; i++) {
            unsigned += header[i] & 0xff;
            signed += header[i];
        }
        for (int i = 148; i < 156; i++) {
            unsigned -= header[i] & 0xff;
            signed -= header[i];
        }
        long noted = number(148, 8);
        if (noted != unsigned && noted != signed) {
            throw refused("is no tar archive, or is damaged");
        }
        return true;
    }

    private boolean isZero() {
        for (byte b : header) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private void skipRest() throws IOException {
        skip(left);
        skip(padding);
        left = 0;
        padding = 0;
    }

    private void skip(long count) throws IOException {
        try {
            in.skipNBytes(count);
        } catch (java.io.EOFException _) {
            throw refused("ends in the middle of a file");
        }
    }

    private byte[] extension(long size, int longest) throws IOException {
        if (size > longest) {
            throw refused("has a header of " + size + " bytes");
        }
        byte[] bytes = in.readNBytes((int) size);
        if (bytes.length < size) {
            throw refused("ends in the middle of a header");
        }
        skip((BLOCK - size % BLOCK) % BLOCK);
        return bytes;
    }

    private String extensionText(long size) throws IOException {
        byte[] bytes = extension(size, LONGEST_NAME);
        int length = bytes.length;
        while (length > 0 && bytes[length - 1] == 0) {
            length--;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /// `<length> <key>=<value>\n`, one after the other.
    private static Map<String, String> records(byte[] bytes) {
        Map<String, String> records = new HashMap<>();
        int at = 0;
        while (at < bytes.length && bytes[at] != 0) {
            int space = at;
            int length = 0;
            while (space < bytes.length && bytes[space] >= '0' && bytes[space] <= '9' && space - at < 8) {
                length = length * 10 + (bytes[space++] - '0');
            }
            int end = at + length;
            if (space == at
                    || end > bytes.length
                    || end <= space + 1
                    || bytes[space] != ' '
                    || bytes[end - 1] != '\n') {
                throw refused("has a damaged header");
            }
            String record = new String(bytes, space + 1, end - space - 2, StandardCharsets.UTF_8);
            int equals = record.indexOf('=');
            if (equals < 1) {
                throw refused("has a damaged header");
            }
            records.put(record.substring(0, equals), record.substring(equals + 1));
            at = end;
        }
        return records;
    }

    private String headerName() {
        boolean ustar = text(257, 5).equals("ustar");
        String prefix = ustar && header[345] != 0 && header[262] == 0 ? text(345, 155) : "";
        return prefix.isEmpty() ? text(0, 100) : prefix + "/" + text(0, 100);
    }

    private String text(int offset, int length) {
        int end = offset;
        while (end < offset + length && header[end] != 0) {
            end++;
        }
        return new String(header, offset, end - offset, StandardCharsets.UTF_8);
    }

    /// Octal text, or binary when the first bit is set.
    private long number(int offset, int length) {
        if ((header[offset] & 0x80) != 0) {
            long value = header[offset] & 0x7f;
            for (int i = 1; i < length; i++) {
                if (value >> 55 != 0) {
                    throw refused("holds an impossible number");
                }
                value = value << 8 | (header[offset + i] & 0xff);
            }
            return value;
        }
        long value = 0;
        boolean ended = false;
        for (int i = offset; i < offset + length; i++) {
            int c = header[i];
            if (c == 0 || c == ' ') {
                ended |= value > 0 || c == 0;
            } else if (c < '0' || c > '7' || ended) {
                throw refused("is no tar archive, or is damaged");
            } else {
                value = value * 8 + (c - '0');
            }
        }
        return value;
    }

    private static long decimal(@Nullable String text) {
        if (text == null || !text.matches("[0-9]{1,18}")) {
            throw refused("holds an impossible number");
        }
        return Long.parseLong(text);
    }

    private static RopewalkException sparse() {
        return refused("holds a sparse file; make it without 'tar --sparse'");
    }
}
