package io.ropewalk.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BatchCodecTest {
    static Stream<List<Point>> batches() {
        Random random = new Random(3);
        List<Point> wild = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            wild.add(new Point(
                    "series " + random.nextInt(300),
                    random.nextLong(),
                    random.nextLong(),
                    Double.longBitsToDouble(random.nextLong())));
        }
        return Stream.of(
                List.of(),
                List.of(new Point("loss", 0, 0, 0)),
                Stream.of(
                                Double.NaN,
                                Double.POSITIVE_INFINITY,
                                Double.NEGATIVE_INFINITY,
                                -0.0,
                                0.0,
                                Double.MIN_VALUE,
                                -Double.MAX_VALUE,
                                Double.longBitsToDouble(0x7ff8_dead_beef_0001L))
                        .map(value -> new Point("odd", 1, 1, value))
                        .toList(),
                List.of(
                        new Point("out of order", 10, 1_000, 1),
                        new Point("out of order", 3, 999_999, 2),
                        new Point("out of order", Long.MAX_VALUE, Long.MIN_VALUE, 3),
                        new Point("out of order", Long.MIN_VALUE, Long.MAX_VALUE, 4),
                        new Point("out of order", -1, -1, 5)),
                List.of(
                        new Point("Verlust/für 漢字 😀", 1, 1, 1),
                        new Point("n".repeat(250), 1, 1, 1),
                        new Point("a", 1, 1, 1)),
                IntStream.range(0, 10_000)
                        .mapToObj(i -> new Point("m" + i % 1000, i / 1000, 1_763_717_804_000L + i, i * 0.1))
                        .toList(),
                wild);
    }

    @ParameterizedTest
    @MethodSource("batches")
    void whatIsWrittenComesBackBitByBit(List<Point> points) {
        List<Point> back =
                BatchCodec.decode(BatchCodec.encode(Batch.of(points))).points();
        assertThat(back).hasSameSizeAs(points);
        for (int i = 0; i < points.size(); i++) {
            Point one = points.get(i);
            Point other = back.get(i);
            assertThat(other.name()).isEqualTo(one.name());
            assertThat(other.step()).isEqualTo(one.step());
            assertThat(other.at()).isEqualTo(one.at());
            assertThat(Double.doubleToRawLongBits(other.value())).isEqualTo(Double.doubleToRawLongBits(one.value()));
        }
    }

    @Test
    void aUsualPointTakesLittleMoreThanItsValue() {
        List<Point> points = IntStream.range(0, 1_000)
                .mapToObj(i -> new Point("loss", i, 1_763_717_804_000L + 50L * i, 1.0 / (i + 1)))
                .toList();
        assertThat(BatchCodec.encode(Batch.of(points)).length).isLessThan(11 * points.size());
    }

    @Test
    void everyFlippedBitIsNoticed() {
        byte[] bytes = BatchCodec.encode(
                Batch.of(List.of(new Point("loss", 1, 1_763_717_804_000L, 0.5), new Point("acc", 1, 5, 0.9))));
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> BatchCodec.decode(flipped)).isInstanceOf(BatchCodec.Damaged.class);
        }
    }

    @Test
    void everyTruncatedBatchIsNoticed() {
        byte[] bytes = BatchCodec.encode(Batch.of(List.of(new Point("loss", 1, 1, 0.5))));
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> BatchCodec.decode(cut)).isInstanceOf(BatchCodec.Damaged.class);
        }
    }
}
