package io.ropewalk.metric;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// A batch as bytes, version 1:
///
/// - one byte, the version
/// - how many points and how many names; each name as its length and UTF-8 bytes
/// - a column of series numbers, in runs: series, count
/// - a column of steps, each as the difference to the one before it in the same series
/// - a column of times, each as the difference to the one before it
/// - a column of values, their eight raw bytes, little-endian
/// - CRC-32C of everything before it, little-endian
///
/// Counts and lengths are varints (seven bits a byte, lowest first); differences are varints with the sign in
/// the lowest bit, and wrap around, so that any two steps or times have one.
final class BatchCodec {
    private static final byte VERSION = 1;
    private static final int CHECKSUM = 4;

    private BatchCodec() {}

    /// Stored bytes that are not what was written.
    static final class Damaged extends RuntimeException {
        Damaged(String why) {
            super(why);
        }
    }

    static byte[] encode(Batch batch) {
        Sink out = new Sink(64 + batch.names().length * 24 + batch.size() * 14);
        out.put(VERSION);
        out.varint(batch.size());
        out.varint(batch.names().length);
        for (String name : batch.names()) {
            byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
            out.varint(utf8.length);
            out.put(utf8);
        }
        int[] series = batch.series();
        for (int i = 0; i < series.length; ) {
            int run = i + 1;
            while (run < series.length && series[run] == series[i]) {
                run++;
            }
            out.varint(series[i]);
            out.varint(run - i);
            i = run;
        }
        long[] lastStep = new long[batch.names().length];
        for (int i = 0; i < series.length; i++) {
            out.difference(batch.steps()[i] - lastStep[series[i]]);
            lastStep[series[i]] = batch.steps()[i];
        }
        long lastTime = 0;
        for (long time : batch.times()) {
            out.difference(time - lastTime);
            lastTime = time;
        }
        for (double value : batch.values()) {
            out.bits(Double.doubleToRawLongBits(value));
        }
        return out.sealed();
    }

    static Batch decode(byte[] bytes) {
        if (bytes.length < CHECKSUM + 1) {
            throw new Damaged("it is only " + bytes.length + " bytes long");
        }
        int end = bytes.length - CHECKSUM;
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (in.getInt(end) != checksum(bytes, end)) {
            throw new Damaged("its checksum is wrong");
        }
        in.limit(end);
        byte version = in.get();
        if (version != VERSION) {
            throw new Damaged("it is of version " + version + ", and this server knows " + VERSION);
        }
        return body(in);
    }

    private static Batch body(ByteBuffer in) {
        int size = count(in, in.remaining());
        String[] names = new String[count(in, in.remaining())];
        for (int i = 0; i < names.length; i++) {
            byte[] utf8 = new byte[count(in, in.remaining())];
            in.get(utf8);
            names[i] = new String(utf8, StandardCharsets.UTF_8);
        }
        int[] series = new int[size];
        for (int i = 0; i < size; ) {
            int number = count(in, names.length - 1);
            int to = i + count(in, size - i);
            if (to == i) {
                throw new Damaged("a run of no points is in it");
            }
            while (i < to) {
                series[i++] = number;
            }
        }
        long[] steps = new long[size];
        long[] lastStep = new long[names.length];
        for (int i = 0; i < size; i++) {
            steps[i] = lastStep[series[i]] + difference(in);
            lastStep[series[i]] = steps[i];
        }
        long[] times = new long[size];
        long lastTime = 0;
        for (int i = 0; i < size; i++) {
            times[i] = lastTime + difference(in);
            lastTime = times[i];
        }
        double[] values = new double[size];
        if (in.remaining() != size * Double.BYTES) {
            throw new Damaged("its columns have not the length they should have");
        }
        in.asDoubleBuffer().get(values);
        return new Batch(names, series, steps, times, values);
    }

    private static int count(ByteBuffer in, int most) {
        long count = varint(in);
        if (count < 0 || count > most) {
            throw new Damaged("a count in it is impossible");
        }
        return (int) count;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (!in.hasRemaining()) {
                break;
            }
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new Damaged("a number in it has no end");
    }

    private static long difference(ByteBuffer in) {
        long folded = varint(in);
        return (folded >>> 1) ^ -(folded & 1);
    }

    private static int checksum(byte[] bytes, int end) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, end);
        return (int) checksum.getValue();
    }

    private static final class Sink {
        private ByteBuffer buffer;

        Sink(int size) {
            buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        }

        private void room(int bytes) {
            if (buffer.remaining() < bytes) {
                ByteBuffer larger =
                        ByteBuffer.allocate(2 * buffer.capacity() + bytes).order(ByteOrder.LITTLE_ENDIAN);
                buffer = larger.put(buffer.flip());
            }
        }

        void put(byte... bytes) {
            room(bytes.length);
            buffer.put(bytes);
        }

        void varint(long value) {
            room(10);
            long left = value;
            while ((left & ~0x7fL) != 0) {
                buffer.put((byte) (left | 0x80));
                left >>>= 7;
            }
            buffer.put((byte) left);
        }

        void difference(long value) {
            varint((value << 1) ^ (value >> 63));
        }

        void bits(long value) {
            room(Long.BYTES);
            buffer.putLong(value);
        }

        byte[] sealed() {
            room(CHECKSUM);
            buffer.putInt(checksum(buffer.array(), buffer.position()));
            byte[] bytes = new byte[buffer.flip().remaining()];
            buffer.get(bytes);
            return bytes;
        }
    }
}
