package io.ropewalk.support.json;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.ropewalk.spi.LaunchId;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.WorkspaceId;
import java.time.Instant;
import java.util.List;

/// JSON as this server speaks it: camel case, times as ISO 8601 text, absent instead of null, unknown keys refused.
/// For what the server itself wrote to its store; a client's bytes are parsed by the endpoint layer, which answers with
/// the place of the mistake.
public final class Json {
    public static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule().addDeserializer(Instant.class, new TimeText()))
            .addModule(new Jdk8Module())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
            .addMixIn(RunId.class, IdText.class)
            .addMixIn(ProjectId.class, IdText.class)
            .addMixIn(WorkspaceId.class, IdText.class)
            .addMixIn(LaunchId.class, IdText.class)
            .build();

    /// Ids are plain text on the wire.
    private abstract static class IdText {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        IdText(@SuppressWarnings("unused") String value) {}

        @JsonValue
        abstract String value();
    }

    private Json() {}

    /// Finds out beside other work how a type is read, which takes a hundred times as long as to read one.
    public static void prepare(List<Class<?>> types) {
        Thread.ofPlatform().daemon().name("prepare JSON").start(() -> types.forEach(MAPPER::readerFor));
    }

    public static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot render " + value.getClass() + " as JSON", e);
        }
    }

    public static <T> T read(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("stored JSON is not a " + type.getSimpleName(), e);
        }
    }

    public static <T> T read(String json, TypeReference<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("stored JSON is not a " + type.getType(), e);
        }
    }

    public static JsonNode tree(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("stored text is not JSON", e);
        }
    }
}
