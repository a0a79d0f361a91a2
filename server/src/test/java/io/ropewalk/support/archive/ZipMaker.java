package io.ropewalk.support.archive;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/// Writes zip files that no honest program writes. What is not set is as it should be.
final class ZipMaker {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<Entry> entries = new ArrayList<>();
    private int saidCount = -1;
    private String after = "";
    private boolean big;

    static final class Entry {
        private final byte[] name;
        private byte[] localName;
        private byte[] packed;
        private long size;
        private long crc;
        private int method;
        private int flags = 0x800;
        private int mode = 0100644;
        private long offset;
        private boolean written;

        private Entry(byte[] name, byte[] content) {
            this.name = name;
            this.localName = name;
            this.packed = content;
            this.size = content.length;
            CRC32 sum = new CRC32();
            sum.update(content);
            this.crc = sum.getValue();
        }

        Entry mode(int value) {
            mode = value;
            return this;
        }

        Entry flags(int value) {
            flags = value;
            return this;
        }

        Entry method(int value) {
            method = value;
            return this;
        }

        Entry size(long value) {
            size = value;
            return this;
        }

        Entry crc(long value) {
            crc = value;
            return this;
        }

        Entry localName(String value) {
            localName = value.getBytes(StandardCharsets.UTF_8);
            return this;
        }

        Entry deflated() {
            Deflater deflater = new Deflater(9, true);
            deflater.setInput(packed);
            deflater.finish();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            byte[] buffer = new byte[1 << 14];
            while (!deflater.finished()) {
                bytes.write(buffer, 0, deflater.deflate(buffer));
            }
            deflater.end();
            packed = bytes.toByteArray();
            method = 8;
            return this;
        }

        /// Has no bytes of its own: its content is somewhere in the file already.
        Entry at(long where, int length) {
            offset = where;
            packed = new byte[length];
            written = true;
            return this;
        }
    }

    Entry add(String name, String text) {
        return add(name.getBytes(StandardCharsets.UTF_8), text.getBytes(StandardCharsets.UTF_8));
    }

    Entry add(byte[] name, byte[] content) {
        Entry entry = new Entry(name, content);
        entries.add(entry);
        return entry;
    }

    ZipMaker sayCount(int count) {
        saidCount = count;
        return this;
    }

    ZipMaker followedBy(String text) {
        after = text;
        return this;
    }

    /// Leaves the small end record to a bigger one that is not there.
    ZipMaker withoutBigEnd() {
        big = true;
        return this;
    }

    byte[] bytes() {
        for (Entry entry : entries) {
            if (!entry.written) {
                entry.offset = out.size();
                local(entry);
            }
        }
        int start = out.size();
        entries.forEach(this::central);
        int size = out.size() - start;
        int count = saidCount >= 0 ? saidCount : entries.size();
        ByteBuffer end = little(22).putInt(0x06054b50).putInt(0);
        end.putShort((short) (big ? 0xffff : count)).putShort((short) (big ? 0xffff : count));
        end.putInt(size).putInt(big ? -1 : start).putShort((short) 0);
        out.writeBytes(array(end));
        out.writeBytes(after.getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }

    private void local(Entry entry) {
        ByteBuffer header = little(30).putInt(0x04034b50).putShort((short) 20).putShort((short) entry.flags);
        header.putShort((short) entry.method).putInt(0).putInt((int) entry.crc).putInt(entry.packed.length);
        header.putInt((int) entry.size).putShort((short) entry.localName.length).putShort((short) 0);
        out.writeBytes(array(header));
        out.writeBytes(entry.localName);
        out.writeBytes(entry.packed);
    }

    private void central(Entry entry) {
        ByteBuffer header =
                little(46).putInt(0x02014b50).putShort((short) (3 << 8 | 20)).putShort((short) 20);
        header.putShort((short) entry.flags)
                .putShort((short) entry.method)
                .putInt(0)
                .putInt((int) entry.crc);
        header.putInt(entry.packed.length).putInt((int) entry.size).putShort((short) entry.name.length);
        header.putShort((short) 0).putShort((short) 0).putShort((short) 0).putShort((short) 0);
        header.putInt(entry.mode << 16).putInt((int) entry.offset);
        out.writeBytes(array(header));
        out.writeBytes(entry.name);
    }

    static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// All bytes of a buffer, wherever it stands.
    static byte[] array(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.get(0, bytes);
        return bytes;
    }
}
