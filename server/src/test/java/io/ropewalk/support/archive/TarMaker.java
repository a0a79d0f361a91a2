package io.ropewalk.support.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes tar archives that no honest program writes.
final class TarMaker {
    private final OutputStream out;

    TarMaker(OutputStream out) {
        this.out = out;
    }

    interface Content {
        void add(TarMaker tar) throws IOException;
    }

    static byte[] tar(Content content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        content.add(new TarMaker(bytes));
        bytes.write(new byte[1024]);
        return bytes.toByteArray();
    }

    TarMaker file(String name, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        raw(header(name, '0', "", octal(bytes.length)));
        return content(bytes);
    }

    TarMaker entry(String name, char type, String link) throws IOException {
        return raw(header(name, type, link, octal(0)));
    }

    /// A header that claims any size, and nothing after it.
    TarMaker claim(String name, char type, byte[] size) throws IOException {
        return raw(header(name, type, "", size));
    }

    TarMaker longName(String name) throws IOException {
        byte[] bytes = (name + "\0").getBytes(StandardCharsets.UTF_8);
        raw(header("././@LongLink", 'L', "", octal(bytes.length)));
        return content(bytes);
    }

    TarMaker pax(char type, String... keysAndValues) throws IOException {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            byte[] body = (" " + keysAndValues[i] + "=" + keysAndValues[i + 1] + "\n").getBytes(StandardCharsets.UTF_8);
            int length = body.length + 1;
            while (String.valueOf(length).length() + body.length != length) {
                length++;
            }
            records.write(String.valueOf(length).getBytes(StandardCharsets.UTF_8));
            records.write(body);
        }
        return paxRaw(type, records.toByteArray());
    }

    TarMaker paxRaw(char type, byte[] records) throws IOException {
        raw(header("pax", type, "", octal(records.length)));
        return content(records);
    }

    TarMaker content(byte[] bytes) throws IOException {
        out.write(bytes);
        out.write(new byte[(512 - bytes.length % 512) % 512]);
        return this;
    }

    TarMaker raw(byte[] bytes) throws IOException {
        out.write(bytes);
        return this;
    }

    static byte[] octal(long size) {
        return (Long.toOctalString(size) + "\0").getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] header(String name, char type, String link, byte[] size) {
        byte[] header = new byte[512];
        put(header, 0, name.getBytes(StandardCharsets.UTF_8), 100);
        put(header, 100, "0000644".getBytes(StandardCharsets.US_ASCII), 8);
        put(header, 124, size, 12);
        header[156] = (byte) type;
        put(header, 157, link.getBytes(StandardCharsets.UTF_8), 100);
        put(header, 257, "ustar\00000".getBytes(StandardCharsets.US_ASCII), 8);
        return withChecksum(header);
    }

    static byte[] withChecksum(byte[] header) {
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII), 8);
        return header;
    }

    private static void put(byte[] header, int offset, byte[] bytes, int room) {
        System.arraycopy(bytes, 0, header, offset, Math.min(room, bytes.length));
    }
}
