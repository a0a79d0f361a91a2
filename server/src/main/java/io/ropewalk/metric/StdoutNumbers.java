package io.ropewalk.metric;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Numbers that a program prints: a line of its output that is one JSON object, such as
/// `{"step": 3, "loss": 0.2, "time": 1763717804}`.
///
/// The first of `step`, `iteration` and `epoch` that is a whole number is the step; `time` or `ts` is the time
/// when it can be one. Every other numeric field is a number of its name. Text, flags, lists and objects are
/// left alone.
public final class StdoutNumbers {
    static final int MOST_NUMBERS = 64;
    private static final List<String> STEPS = List.of("step", "iteration", "epoch");
    private static final List<String> TIMES = List.of("time", "ts");
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(50)
                    .maxNumberLength(400)
                    .build())
            .build();

    private StdoutNumbers() {}

    /// @param now the time of a line that does not say its own, in milliseconds since the epoch
    public static List<NewPoint> parse(String line, long now) {
        if (!line.startsWith("{") || !line.stripTrailing().endsWith("}")) {
            return List.of();
        }
        Map<String, Number> numbers = new LinkedHashMap<>();
        Map<String, String> texts = new LinkedHashMap<>();
        try (JsonParser parser = JSON.createParser(line)) {
            read(parser, numbers, texts);
        } catch (IOException _) {
            return List.of();
        }
        OptionalLong step = step(numbers);
        long at = time(numbers, texts, now);
        List<NewPoint> points = new ArrayList<>();
        numbers.forEach((name, value) -> {
            if (points.size() < MOST_NUMBERS && Point.named(name)) {
                points.add(new NewPoint(name, step, at, value.doubleValue()));
            }
        });
        return points;
    }

    private static void read(JsonParser parser, Map<String, Number> numbers, Map<String, String> texts)
            throws IOException {
        parser.nextToken();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            switch (value) {
                case VALUE_NUMBER_INT -> numbers.put(name, whole(parser));
                case VALUE_NUMBER_FLOAT -> numbers.put(name, parser.getDoubleValue());
                case VALUE_STRING -> texts.put(name, parser.getText());
                case START_OBJECT, START_ARRAY -> parser.skipChildren();
                case VALUE_TRUE,
                        VALUE_FALSE,
                        VALUE_NULL,
                        VALUE_EMBEDDED_OBJECT,
                        FIELD_NAME,
                        END_ARRAY,
                        END_OBJECT,
                        NOT_AVAILABLE -> {}
            }
        }
        if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
            throw new IOException("not one object");
        }
    }

    private static Number whole(JsonParser parser) throws IOException {
        return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                ? (Number) parser.getDoubleValue()
                : (Number) parser.getLongValue();
    }

    private static OptionalLong step(Map<String, Number> numbers) {
        for (String name : STEPS) {
            Number number = numbers.get(name);
            if (number != null && isWhole(number)) {
                numbers.remove(name);
                return OptionalLong.of(number.longValue());
            }
        }
        return OptionalLong.empty();
    }

    private static boolean isWhole(Number number) {
        double value = number.doubleValue();
        return number instanceof Long || (Math.rint(value) == value && Math.abs(value) < 1L << 53);
    }

    private static long time(Map<String, Number> numbers, Map<String, String> texts, long now) {
        for (String name : TIMES) {
            Number number = numbers.get(name);
            String text = texts.get(name);
            OptionalLong time =
                    number != null ? epoch(number.doubleValue()) : text != null ? written(text) : OptionalLong.empty();
            if (time.isPresent()) {
                numbers.remove(name);
                return time.getAsLong();
            }
        }
        return now;
    }

    /// Seconds, milliseconds, microseconds or nanoseconds since the epoch, told apart by their size: each range
    /// holds the years 1990 to 2100. Anything else is a duration or the like.
    private static OptionalLong epoch(double value) {
        double seconds = value;
        for (int unit = 0; unit < 4; unit++) {
            if (seconds >= 631_152_000 && seconds < 4_102_444_800.0) {
                return OptionalLong.of(Math.round(seconds * 1000));
            }
            seconds /= 1000;
        }
        return OptionalLong.empty();
    }

    private static OptionalLong written(String text) {
        try {
            Instant at = text.endsWith("Z")
                    ? Instant.parse(text)
                    : OffsetDateTime.parse(text).toInstant();
            return OptionalLong.of(at.toEpochMilli());
        } catch (DateTimeException | ArithmeticException _) {
            return OptionalLong.empty();
        }
    }
}
