package io.ropewalk.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A JSON value as it came: a map, a list, a text, a number, a truth value, or nothing. Asking an absent value
/// gives an absent value, so that a reply with less in it than expected is shown with less.
record Tree(@Nullable Object value) {
    private static final JsonFactory JSON = new JsonFactory();
    static final Tree ABSENT = new Tree(null);

    static Tree parse(String json) {
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            return new Tree(readValue(parser));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Tree at(String... path) {
        Object here = value;
        for (String name : path) {
            here = here instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return new Tree(here);
    }

    boolean isAbsent() {
        return value == null;
    }

    boolean isList() {
        return value instanceof List<?>;
    }

    String text() {
        return text("");
    }

    String text(String otherwise) {
        return value == null ? otherwise : value.toString();
    }

    Optional<String> optional() {
        return value == null ? Optional.empty() : Optional.of(value.toString());
    }

    long number(long otherwise) {
        return value instanceof Number number ? number.longValue() : otherwise;
    }

    boolean isTrue() {
        return Boolean.TRUE.equals(value);
    }

    List<Tree> items() {
        return value instanceof List<?> list ? list.stream().map(Tree::new).toList() : List.of();
    }

    Map<String, Tree> fields() {
        Map<String, Tree> fields = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, field) -> fields.put(String.valueOf(name), new Tree(field)));
        }
        return fields;
    }

    String pretty() {
        return write(value, true);
    }

    static String write(@Nullable Object value, boolean pretty) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(text)) {
            if (pretty) {
                DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
                printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
                generator.setPrettyPrinter(printer);
            }
            writeValue(generator, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static @Nullable Object readValue(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            return null;
        }
        return switch (token) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    map.put(name, readValue(parser));
                }
                yield map;
            }
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(readValue(parser));
                }
                yield list;
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_STRING -> parser.getText();
            default -> null;
        };
    }

    private static void writeValue(JsonGenerator generator, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> generator.writeNull();
            case Tree tree -> writeValue(generator, tree.value());
            case Map<?, ?> map -> {
                generator.writeStartObject();
                for (Map.Entry<?, ?> field : map.entrySet()) {
                    generator.writeFieldName(String.valueOf(field.getKey()));
                    writeValue(generator, field.getValue());
                }
                generator.writeEndObject();
            }
            case Iterable<?> items -> {
                generator.writeStartArray();
                for (Object item : items) {
                    writeValue(generator, item);
                }
                generator.writeEndArray();
            }
            case Boolean truth -> generator.writeBoolean(truth);
            case Integer number -> generator.writeNumber(number);
            case Long number -> generator.writeNumber(number);
            case Number number -> generator.writeNumber(number.toString());
            default -> generator.writeString(value.toString());
        }
    }
}
