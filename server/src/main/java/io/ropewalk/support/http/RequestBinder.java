package io.ropewalk.support.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.json.Json;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Fills an endpoint's request record from a request, or says which part of it is wrong.
final class RequestBinder<Q extends Record> {
    private static final ObjectMapper STRICT = strict();
    private static final ComponentsOfRecords COMPONENTS = new ComponentsOfRecords();

    private final List<Part> parts;
    private final MethodHandle constructor;

    enum Origin {
        PATH,
        QUERY,
        HEADER,
        JSON,
        RAW
    }

    record Part(String name, Origin origin, String header, Type declared, JavaType type, boolean required) {}

    private static ObjectMapper strict() {
        ObjectMapper mapper = Json.MAPPER.copy();
        mapper.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
        mapper.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        mapper.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(100)
                        .maxStringLength(64 << 20)
                        .build());
        return mapper;
    }

    RequestBinder(Endpoint<Q, ?> endpoint) {
        RecordComponent[] components = endpoint.request().getRecordComponents();
        parts = Arrays.stream(components).map(c -> part(endpoint, c)).toList();
        try {
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            constructor = MethodHandles.privateLookupIn(endpoint.request(), MethodHandles.lookup())
                    .findConstructor(endpoint.request(), MethodType.methodType(void.class, types));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    List<Part> parts() {
        return parts;
    }

    boolean takesRawBody() {
        return parts.stream().anyMatch(part -> part.origin() == Origin.RAW);
    }

    boolean takesJson() {
        return parts.stream().anyMatch(part -> part.origin() == Origin.JSON);
    }

    private static Part part(Endpoint<?, ?> endpoint, RecordComponent component) {
        FromHeader header = component.getAnnotation(FromHeader.class);
        boolean bodiless = endpoint.method() == Endpoint.Method.GET || endpoint.method() == Endpoint.Method.DELETE;
        Origin origin;
        if (component.getType() == RequestBody.class) {
            origin = Origin.RAW;
        } else if (endpoint.path().contains("{" + component.getName() + "}")) {
            origin = Origin.PATH;
        } else if (header != null) {
            origin = Origin.HEADER;
        } else if (component.isAnnotationPresent(FromQuery.class) || bodiless) {
            origin = Origin.QUERY;
        } else {
            origin = Origin.JSON;
        }
        return new Part(
                component.getName(),
                origin,
                header == null ? "" : header.value(),
                component.getGenericType(),
                STRICT.constructType(component.getGenericType()),
                !component.getAnnotatedType().isAnnotationPresent(Nullable.class));
    }

    /// What a request brings.
    record Input(
            Map<String, String> path,
            Map<String, List<String>> query,
            Function<String, @Nullable String> header,
            byte[] json,
            @Nullable RequestBody raw) {}

    Q bind(Input input) {
        refuseUnknown(input.query().keySet(), Origin.QUERY, "query parameter");
        JsonNode body = takesJson() ? parse(input.json()) : STRICT.createObjectNode();
        if (takesJson()) {
            Set<String> names = new TreeSet<>();
            body.fieldNames().forEachRemaining(names::add);
            refuseUnknown(names, Origin.JSON, "key");
        }
        input.query().values().forEach(given -> given.forEach(RequestBinder::refuseUnstorable));
        refuseUnstorable(body);
        Object[] values = parts.stream().map(part -> value(part, input, body)).toArray();
        return construct(values);
    }

    private void refuseUnknown(Collection<String> given, Origin origin, String noun) {
        Set<String> known = parts.stream()
                .filter(part -> part.origin() == origin)
                .map(Part::name)
                .collect(Collectors.toCollection(TreeSet::new));
        for (String name : given) {
            if (!known.contains(name)) {
                throw invalid("There is no %s '%s' here; %s."
                        .formatted(
                                noun,
                                shortened(name),
                                known.isEmpty() ? "none is taken" : "known are " + String.join(", ", known)));
            }
        }
    }

    private static JsonNode parse(byte[] json) {
        if (json.length == 0) {
            return STRICT.createObjectNode();
        }
        try {
            JsonNode tree = STRICT.readTree(json);
            if (!tree.isObject()) {
                throw invalid("The body must be a JSON object.");
            }
            return tree;
        } catch (JsonProcessingException e) {
            throw invalid("The body is not JSON: line %d, column %d: %s"
                    .formatted(
                            e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                            e.getLocation() == null ? 1 : e.getLocation().getColumnNr(),
                            shortened(e.getOriginalMessage())));
        } catch (java.io.IOException e) {
            throw invalid("The body cannot be read: " + e.getMessage());
        }
    }

    private static void refuseUnstorable(JsonNode node) {
        if (node.isTextual()) {
            refuseUnstorable(node.textValue());
        }
        node.properties().forEach(entry -> refuseUnstorable(entry.getKey()));
        node.forEach(RequestBinder::refuseUnstorable);
    }

    /// No database and no file name can hold these.
    private static void refuseUnstorable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (c == 0 || (Character.isSurrogate(c) && !pair)) {
                throw invalid(
                        "A text holds U+%04X, which is no character of any language. Leave it out.".formatted((int) c));
            }
            i += pair ? 1 : 0;
        }
    }

    private @Nullable Object value(Part part, Input input, JsonNode body) {
        if (part.origin() == Origin.RAW) {
            return input.raw();
        }
        JsonNode node = node(part, input, body);
        if (node == null || node.isNull() || node.isMissingNode()) {
            if (part.required()) {
                throw invalid("'%s' is missing.".formatted(part.name()));
            }
            return null;
        }
        try {
            Object value = STRICT.readerFor(part.type()).readValue(node);
            refuseMissing(value, part.name());
            return value;
        } catch (java.io.IOException e) {
            throw refused(part, e);
        }
    }

    /// What a record, a list or a mapping that came with a request says it has, it has.
    private static void refuseMissing(@Nullable Object value, String where) {
        switch (value) {
            case null -> throw invalid("'%s' is missing.".formatted(shortened(where)));
            case Record record -> refuseMissingParts(record, where);
            case List<?> list -> {
                int index = 0;
                for (Object item : list) {
                    refuseMissing(item, where + "[" + index++ + "]");
                }
            }
            case Map<?, ?> map -> map.forEach((key, each) -> refuseMissing(each, where + "." + key));
            default -> {}
        }
    }

    private static void refuseMissingParts(Record record, String where) {
        for (Component component : COMPONENTS.get(record.getClass())) {
            Object value = component.of(record);
            if (value != null || component.required()) {
                refuseMissing(value, where + "." + component.name());
            }
        }
    }

    /// A part of a record inside a request.
    private record Component(String name, Method accessor, boolean required) {
        @Nullable
        Object of(Record record) {
            try {
                return accessor.invoke(record);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static final class ComponentsOfRecords extends ClassValue<List<Component>> {
        @Override
        protected List<Component> computeValue(Class<?> type) {
            return Arrays.stream(type.getRecordComponents())
                    .map(component -> {
                        component.getAccessor().setAccessible(true);
                        boolean required = !component.getAnnotatedType().isAnnotationPresent(Nullable.class);
                        return new Component(component.getName(), component.getAccessor(), required);
                    })
                    .toList();
        }
    }

    private static @Nullable JsonNode node(Part part, Input input, JsonNode body) {
        return switch (part.origin()) {
            case PATH -> STRICT.getNodeFactory().textNode(input.path().get(part.name()));
            case QUERY -> fromQuery(part, input.query().get(part.name()));
            case HEADER -> {
                String value = input.header().apply(part.header());
                yield value == null ? null : STRICT.getNodeFactory().textNode(value);
            }
            case JSON -> body.get(part.name());
            case RAW -> throw new IllegalStateException("a raw body is no node");
        };
    }

    private static @Nullable JsonNode fromQuery(Part part, @Nullable List<String> values) {
        if (values == null) {
            return null;
        }
        if (part.type().isCollectionLikeType()) {
            ArrayNode array = STRICT.createArrayNode();
            values.forEach(array::add);
            return array;
        }
        if (values.size() > 1) {
            throw invalid("'%s' is given %d times; give it once.".formatted(part.name(), values.size()));
        }
        return STRICT.getNodeFactory().textNode(values.getFirst());
    }

    private static RopewalkException refused(Part part, java.io.IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof RopewalkException ropewalk) {
                return ropewalk;
            }
        }
        String where = e instanceof JsonMappingException mapping
                ? mapping.getPath().stream()
                        .map(step ->
                                step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + step.getFieldName())
                        .collect(Collectors.joining())
                : "";
        String why = e instanceof JsonProcessingException processing
                ? processing
                        .getOriginalMessage()
                        .replaceAll(" \\(class [^)]*\\)", "")
                        .replaceAll("`[a-z.]+\\.([A-Za-z$]+)`", "$1")
                : String.valueOf(e.getMessage());
        return invalid("'%s%s' is not as it should be: %s".formatted(part.name(), where, shortened(why)));
    }

    @SuppressWarnings("unchecked") // The handle is the constructor of Q.
    private Q construct(Object[] values) {
        try {
            return (Q) constructor.invokeWithArguments(values);
        } catch (RopewalkException e) {
            throw e;
        } catch (Throwable e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    private static String shortened(String text) {
        return text.length() <= 300 ? text : text.substring(0, 300) + "…";
    }

    private static RopewalkException invalid(String message) {
        return new RopewalkException(ErrorCode.INVALID_REQUEST, message);
    }
}
