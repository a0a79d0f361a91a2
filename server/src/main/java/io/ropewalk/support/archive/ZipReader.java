package io.ropewalk.support.archive;

import static io.ropewalk.support.archive.Refusal.refused;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Reads a zip file by its central directory. What the directory says and what stands before each content
/// must agree, and no two contents may share bytes.
final class ZipReader {
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int LOCATOR_64 = 0x07064b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int LOCAL = 0x04034b50;
    private static final int END_SIZE = 22;
    private static final int LOCAL_SIZE = 30;
    private static final long ALL_ONES = 0xffffffffL;
    private static final Charset OLD = Charset.forName("IBM437");

    private final FileChannel file;
    private final long count;
    private final long directoryStart;
    private final long directorySize;

    /// @param name with a final `/` for a directory
    /// @param mode as Unix has it, with the file's kind; 0 when the archive was made elsewhere
    record Entry(String name, byte[] rawName, int mode, int method, long crc, long compressed, long size, long offset) {
        boolean isDirectory() {
            return name.endsWith("/") || (mode & 0170000) == 0040000;
        }

        boolean isLink() {
            return (mode & 0170000) == 0120000;
        }
    }

    interface Visitor {
        void visit(Entry entry) throws IOException;
    }

    ZipReader(FileChannel file) throws IOException {
        this.file = file;
        long end = findEnd();
        ByteBuffer record = read(end, END_SIZE);
        long entries = record.getShort(10) & 0xffff;
        long size = record.getInt(12) & ALL_ONES;
        long start = record.getInt(16) & ALL_ONES;
        long directoryEnd = end;
        if (record.getShort(4) != 0 || record.getShort(6) != 0) {
            throw refused("is one part of several");
        }
        if (entries == 0xffff || size == ALL_ONES || start == ALL_ONES) {
            ByteBuffer locator = read(end - 20, 20);
            if (locator.getInt(0) != LOCATOR_64) {
                throw refused("is damaged");
            }
            directoryEnd = locator.getLong(8);
            ByteBuffer big = read(directoryEnd, 56);
            if (big.getInt(0) != END_64) {
                throw refused("is damaged");
            }
            entries = big.getLong(32);
            size = big.getLong(40);
            start = big.getLong(48);
        }
        if (start < 0 || size < 0 || start > directoryEnd || start + size != directoryEnd) {
            throw refused("is damaged, or something was put before or after it");
        }
        this.count = entries;
        this.directoryStart = start;
        this.directorySize = size;
    }

    /// As the file itself says.
    long count() {
        return count;
    }

    /// Visits the entries in the order of the directory.
    void forEach(Visitor visitor) throws IOException {
        try (DataInputStream in = new DataInputStream(
                new BufferedInputStream(new Section(directoryStart, directoryStart + directorySize), 1 << 16))) {
            byte[] fixed = new byte[46];
            long left = directorySize;
            for (long i = 0; i < count; i++) {
                if (left < fixed.length) {
                    throw refused("is damaged");
                }
                in.readFully(fixed);
                ByteBuffer header = ByteBuffer.wrap(fixed).order(ByteOrder.LITTLE_ENDIAN);
                int nameSize = header.getShort(28) & 0xffff;
                int extraSize = header.getShort(30) & 0xffff;
                int commentSize = header.getShort(32) & 0xffff;
                left -= fixed.length + nameSize + extraSize + commentSize;
                if (header.getInt(0) != CENTRAL || left < 0) {
                    throw refused("is damaged");
                }
                byte[] name = in.readNBytes(nameSize);
                byte[] extra = in.readNBytes(extraSize);
                in.skipNBytes(commentSize);
                visitor.visit(entry(header, name, extra));
            }
            if (left != 0) {
                throw refused("has more entries than it says");
            }
        }
    }

    /// The content of an entry, checked against its size and checksum when it has been read to the end.
    InputStream open(Entry entry, long notBeyond) throws IOException {
        ByteBuffer local = read(entry.offset(), LOCAL_SIZE);
        int nameSize = local.getShort(26) & 0xffff;
        int extraSize = local.getShort(28) & 0xffff;
        long start = entry.offset() + LOCAL_SIZE + nameSize + extraSize;
        boolean agrees = local.getInt(0) == LOCAL
                && (local.getShort(8) & 0xffff) == entry.method()
                && Arrays.equals(read(entry.offset() + LOCAL_SIZE, nameSize).array(), entry.rawName());
        if (!agrees || start + entry.compressed() > notBeyond) {
            throw refused("says two different things about '" + EntryPath.shown(entry.name()) + "'");
        }
        InputStream packed = new Section(start, start + entry.compressed());
        return new Checked(entry, entry.method() == 0 ? packed : new Inflating(packed));
    }

    long directoryStart() {
        return directoryStart;
    }

    private static Entry entry(ByteBuffer header, byte[] rawName, byte[] extra) {
        int madeBy = (header.getShort(4) & 0xffff) >> 8;
        int flags = header.getShort(8) & 0xffff;
        int method = header.getShort(10) & 0xffff;
        String name = name(rawName, (flags & 0x800) != 0);
        if ((flags & 0x2041) != 0) {
            throw refused("is encrypted");
        }
        if (method != 0 && method != 8) {
            throw refused("is packed in a way that is not taken (method " + method + ")");
        }
        long[] big = {
            header.getInt(24) & ALL_ONES, header.getInt(20) & ALL_ONES, header.getInt(42) & ALL_ONES,
        };
        if (big[0] == ALL_ONES || big[1] == ALL_ONES || big[2] == ALL_ONES) {
            readBig(big, extra);
        }
        long size = big[0];
        long compressed = big[1];
        if (size < 0 || compressed < 0 || big[2] < 0 || (method == 0 && size != compressed)) {
            throw refused("is damaged");
        }
        int mode = madeBy == 3 || madeBy == 19 ? header.getInt(38) >>> 16 : 0;
        int kind = mode & 0170000;
        if (kind != 0 && kind != 0100000 && kind != 0040000 && kind != 0120000) {
            throw refused("holds a device or pipe: '" + EntryPath.shown(name) + "'");
        }
        return new Entry(name, rawName, mode, method, header.getInt(16) & ALL_ONES, compressed, size, big[2]);
    }

    /// Numbers of 64 bits stand in an extra field, only those that do not fit elsewhere.
    private static void readBig(long[] numbers, byte[] extra) {
        ByteBuffer fields = ByteBuffer.wrap(extra).order(ByteOrder.LITTLE_ENDIAN);
        while (fields.remaining() >= 4) {
            int id = fields.getShort() & 0xffff;
            int size = fields.getShort() & 0xffff;
            if (size > fields.remaining()) {
                break;
            }
            if (id == 1) {
                ByteBuffer field = fields.slice(fields.position(), size).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < numbers.length; i++) {
                    if (numbers[i] == ALL_ONES) {
                        if (field.remaining() < 8) {
                            throw refused("is damaged");
                        }
                        numbers[i] = field.getLong();
                    }
                }
                return;
            }
            fields.position(fields.position() + size);
        }
        throw refused("is damaged");
    }

    private static String name(byte[] raw, boolean utf8) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(raw))
                    .toString();
        } catch (CharacterCodingException _) {
            if (utf8) {
                throw refused("has a name that is no text");
            }
            return new String(raw, OLD);
        }
    }

    private long findEnd() throws IOException {
        long size = file.size();
        if (size < END_SIZE) {
            throw refused("is no zip file");
        }
        int tail = (int) Math.min(size, END_SIZE + 0xffff);
        ByteBuffer bytes = read(size - tail, tail);
        for (int at = tail - END_SIZE; at >= 0; at--) {
            if (bytes.getInt(at) == END && at + END_SIZE + (bytes.getShort(at + 20) & 0xffff) == tail) {
                return size - tail + at;
            }
        }
        throw refused("is no zip file, or is damaged");
    }

    private ByteBuffer read(long position, int size) throws IOException {
        if (position < 0 || position > file.size() - size) {
            throw refused("is damaged");
        }
        ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, position + buffer.position()) < 0) {
                throw refused("is damaged");
            }
        }
        return buffer;
    }

    /// A part of the file.
    private final class Section extends Pieces {
        private long at;
        private final long end;

        Section(long from, long end) throws IOException {
            this.at = from;
            this.end = end;
            if (end > file.size()) {
                throw refused("is damaged");
            }
        }

        @Override
        int piece(byte[] bytes, int offset, int length) throws IOException {
            if (at >= end) {
                return -1;
            }
            int read = file.read(ByteBuffer.wrap(bytes, offset, (int) Math.min(length, end - at)), at);
            at += Math.max(read, 0);
            return read;
        }
    }

    private static final class Inflating extends Pieces {
        private final InputStream in;
        private final Inflater inflater = new Inflater(true);
        private final byte[] buffer = new byte[1 << 14];
        private boolean fed;

        Inflating(InputStream in) {
            this.in = in;
        }

        @Override
        int piece(byte[] bytes, int offset, int length) throws IOException {
            try {
                while (!inflater.finished()) {
                    int written = inflater.inflate(bytes, offset, length);
                    if (written > 0) {
                        return written;
                    }
                    if (inflater.needsDictionary()) {
                        throw refused("is damaged");
                    }
                    if (inflater.needsInput() && !inflater.finished()) {
                        feed();
                    }
                }
                return -1;
            } catch (DataFormatException _) {
                throw refused("is damaged");
            }
        }

        private void feed() throws IOException {
            int read = in.read(buffer, 0, buffer.length);
            if (read > 0) {
                inflater.setInput(buffer, 0, read);
            } else if (!fed) {
                // A stream without header may want one more byte than it has.
                fed = true;
                inflater.setInput(new byte[1]);
            } else {
                throw refused("is damaged");
            }
        }

        @Override
        public void close() {
            inflater.end();
        }
    }

    /// Ends after as many bytes as the entry has, and refuses one that has more, fewer or others.
    private static final class Checked extends Pieces {
        private final Entry entry;
        private final InputStream in;
        private final CRC32 crc = new CRC32();
        private long left;

        Checked(Entry entry, InputStream in) {
            this.entry = entry;
            this.in = in;
            this.left = entry.size();
        }

        @Override
        int piece(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0) {
                if (in.read() >= 0) {
                    throw refused("holds more in '" + EntryPath.shown(entry.name()) + "' than it says");
                }
                if (crc.getValue() != entry.crc()) {
                    throw refused("is damaged at '" + EntryPath.shown(entry.name()) + "'");
                }
                return -1;
            }
            int read = in.read(bytes, offset, (int) Math.min(length, left));
            if (read < 0) {
                throw refused("holds less in '" + EntryPath.shown(entry.name()) + "' than it says");
            }
            crc.update(bytes, offset, read);
            left -= read;
            return read;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
