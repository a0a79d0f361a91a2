package io.ropewalk.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StdoutNumbersTest {
    private static final long NOW = 1_000;

    private static NewPoint at(String name, long step, long at, double value) {
        return new NewPoint(name, step, at, value);
    }

    private static NewPoint unstepped(String name, double value) {
        return new NewPoint(name, OptionalLong.empty(), NOW, value);
    }

    static Stream<Arguments> numbers() {
        return Stream.of(
                Arguments.of("{\"step\":3,\"loss\":0.2}", List.of(at("loss", 3, NOW, 0.2))),
                Arguments.of("{\"loss\":0.2}", List.of(unstepped("loss", 0.2))),
                Arguments.of(
                        "{\"loss\": 1, \"acc\": 0.5, \"step\": 7}  ",
                        List.of(at("loss", 7, NOW, 1), at("acc", 7, NOW, 0.5))),
                Arguments.of(
                        "{\"step\":3,\"epoch\":1,\"loss\":2}", List.of(at("epoch", 3, NOW, 1), at("loss", 3, NOW, 2))),
                Arguments.of("{\"epoch\":1,\"loss\":2}", List.of(at("loss", 1, NOW, 2))),
                Arguments.of("{\"iteration\":12,\"loss\":2}", List.of(at("loss", 12, NOW, 2))),
                Arguments.of("{\"step\":4.0,\"loss\":2}", List.of(at("loss", 4, NOW, 2))),
                Arguments.of("{\"epoch\":1.25,\"loss\":2}", List.of(unstepped("epoch", 1.25), unstepped("loss", 2))),
                Arguments.of("{\"step\":\"3\",\"loss\":2}", List.of(unstepped("loss", 2))),
                Arguments.of("{\"step\":-1,\"loss\":2}", List.of(at("loss", -1, NOW, 2))),
                Arguments.of("{\"step\":1,\"time\":1763717804,\"a\":1}", List.of(at("a", 1, 1_763_717_804_000L, 1))),
                Arguments.of(
                        "{\"step\":1,\"time\":1763717804.125,\"a\":1}", List.of(at("a", 1, 1_763_717_804_125L, 1))),
                Arguments.of("{\"step\":1,\"ts\":1763717804125,\"a\":1}", List.of(at("a", 1, 1_763_717_804_125L, 1))),
                Arguments.of(
                        "{\"step\":1,\"ts\":1763717804125000000,\"a\":1}", List.of(at("a", 1, 1_763_717_804_125L, 1))),
                Arguments.of(
                        "{\"step\":1,\"time\":\"2025-11-21T09:36:44.125Z\",\"a\":1}",
                        List.of(at("a", 1, 1_763_717_804_125L, 1))),
                Arguments.of(
                        "{\"step\":1,\"time\":\"2025-11-21T10:36:44.125+01:00\",\"a\":1}",
                        List.of(at("a", 1, 1_763_717_804_125L, 1))),
                Arguments.of("{\"step\":1,\"time\":0.35}", List.of(at("time", 1, NOW, 0.35))),
                Arguments.of("{\"step\":1,\"time\":\"noon\",\"a\":1}", List.of(at("a", 1, NOW, 1))),
                Arguments.of(
                        "{\"loss\":NaN,\"a\":Infinity,\"b\":-Infinity}",
                        List.of(
                                unstepped("loss", Double.NaN),
                                unstepped("a", Double.POSITIVE_INFINITY),
                                unstepped("b", Double.NEGATIVE_INFINITY))),
                Arguments.of(
                        "{\"a\":-0.0,\"b\":1e400}",
                        List.of(unstepped("a", -0.0), unstepped("b", Double.POSITIVE_INFINITY))),
                Arguments.of("{\"a\":99999999999999999999}", List.of(unstepped("a", 1e20))),
                Arguments.of(
                        "{\"msg\":\"x\",\"ok\":true,\"n\":null,\"o\":{\"a\":1},\"l\":[1,2],\"b\":2}",
                        List.of(unstepped("b", 2))),
                Arguments.of("{\"a\":1,\"a\":2}", List.of(unstepped("a", 2))),
                Arguments.of("{\"train/loss (mean)\":1}", List.of(unstepped("train/loss (mean)", 1))),
                Arguments.of("{\"\":1,\" a\":1,\"b\\n\":1,\"c\":1}", List.of(unstepped("c", 1))),
                Arguments.of("{\"" + "n".repeat(251) + "\":1,\"c\":1}", List.of(unstepped("c", 1))));
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void aLineIsNumbers(String line, List<NewPoint> points) {
        assertThat(StdoutNumbers.parse(line, NOW)).isEqualTo(points);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "loss 0.5",
                "{}",
                "{\"step\":3}",
                "{\"msg\":\"hello\"}",
                "[{\"loss\":1}]",
                "{\"loss\":1} {\"loss\":2}",
                "{\"loss\":1} trailing }",
                " {\"loss\":1}",
                "{\"loss\":1",
                "{'loss':1}",
                "{loss:1}",
                "{\"loss\":0x10}",
                "{\"loss\":1,}",
                "}{",
                "{}}",
                "{\"a\":1}}"
            })
    void anyOtherLineIsNot(String line) {
        assertThat(StdoutNumbers.parse(line, NOW)).isEmpty();
    }

    @Test
    void aLineOfThousandsIsCutAndADeepOneLeftAlone() {
        String wide =
                IntStream.range(0, 5_000).mapToObj(i -> "\"m" + i + "\":" + i).collect(Collectors.joining(","));
        assertThat(StdoutNumbers.parse("{" + wide + "}", NOW)).hasSize(StdoutNumbers.MOST_NUMBERS);
        String deep = "{\"a\":1,\"o\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}";
        assertThat(StdoutNumbers.parse(deep, NOW)).isEmpty();
    }
}
