package io.ropewalk.support.http;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.WorkspaceId;
import io.ropewalk.support.json.Json;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Describes endpoints as an OpenAPI 3.1 document. The document is committed; a test compares it, so that a change of
/// the wire is a visible difference.
public final class OpenApi {
    private final SchemaBuilder schemas = generator().buildMultipleSchemaDefinitions();

    private OpenApi() {}

    public static JsonNode describe(List<Endpoint<?, ?>> endpoints) {
        return new OpenApi().document(endpoints);
    }

    private JsonNode document(List<Endpoint<?, ?>> endpoints) {
        ObjectNode document = Json.MAPPER.createObjectNode();
        document.put("openapi", "3.1.0");
        document.putObject("info").put("title", "Ropewalk").put("version", "1");
        ObjectNode paths = document.putObject("paths");
        endpoints.stream()
                .sorted(Comparator.<Endpoint<?, ?>, String>comparing(Endpoint::path)
                        .thenComparing(Endpoint::method))
                .forEach(endpoint -> paths.withObjectProperty(endpoint.path())
                        .set(endpoint.method().name().toLowerCase(Locale.ROOT), operation(endpoint)));
        JsonNode problem = schemas.createSchemaReference(ProblemDetails.class);
        ObjectNode components = document.putObject("components");
        components
                .putObject("responses")
                .putObject("Problem")
                .put("description", "What went wrong, why, and what to do next.")
                .putObject("content")
                .putObject(ProblemDetails.MEDIA_TYPE)
                .set("schema", problem);
        ObjectNode security = components.putObject("securitySchemes");
        security.putObject("bearer").put("type", "http").put("scheme", "bearer");
        security.putObject("session").put("type", "apiKey").put("in", "cookie").put("name", SessionCookie.NAME);
        components.set("schemas", schemas.collectDefinitions("components/schemas"));
        return document;
    }

    private ObjectNode operation(Endpoint<?, ?> endpoint) {
        ObjectNode operation = Json.MAPPER.createObjectNode();
        operation.put("operationId", operationId(endpoint));
        operation.put("summary", endpoint.summary());
        operation.putArray("tags").add(tag(endpoint.path()));
        operation.put("x-permission", endpoint.permission().name());
        if (!endpoint.permission().equals(Permission.NONE)) {
            ArrayNode security = operation.putArray("security");
            security.addObject().putArray("bearer");
            security.addObject().putArray("session");
        }
        RequestBinder<?> binder = new RequestBinder<>(endpoint);
        ArrayNode parameters = Json.MAPPER.createArrayNode();
        for (RequestBinder.Part part : binder.parts()) {
            switch (part.origin()) {
                case PATH -> parameter(parameters, part.name(), "path", part);
                case QUERY -> parameter(parameters, part.name(), "query", part);
                case HEADER -> parameter(parameters, part.header(), "header", part);
                case JSON, RAW -> {}
            }
        }
        if (!parameters.isEmpty()) {
            operation.set("parameters", parameters);
        }
        body(operation, endpoint, binder);
        replies(operation.putObject("responses"), endpoint.reply());
        return operation;
    }

    private void parameter(ArrayNode parameters, String name, String in, RequestBinder.Part part) {
        ObjectNode parameter = parameters.addObject();
        parameter.put("name", name).put("in", in).put("required", part.required());
        parameter.set("schema", schemas.createSchemaReference(part.declared()));
    }

    private void body(ObjectNode operation, Endpoint<?, ?> endpoint, RequestBinder<?> binder) {
        if (binder.takesRawBody()) {
            operation
                    .putObject("requestBody")
                    .put("required", true)
                    .putObject("content")
                    .putObject("application/octet-stream");
            return;
        }
        List<RequestBinder.Part> keys = binder.parts().stream()
                .filter(part -> part.origin() == RequestBinder.Origin.JSON)
                .toList();
        if (keys.isEmpty()) {
            return;
        }
        ObjectNode schema = operation
                .putObject("requestBody")
                .put("required", keys.stream().anyMatch(RequestBinder.Part::required))
                .putObject("content")
                .putObject("application/json")
                .putObject("schema");
        schema.put("title", endpoint.request().getSimpleName());
        schema.put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = Json.MAPPER.createArrayNode();
        for (RequestBinder.Part key : keys) {
            properties.set(key.name(), schemas.createSchemaReference(key.declared()));
            if (key.required()) {
                required.add(key.name());
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        schema.put("additionalProperties", false);
    }

    private void replies(ObjectNode responses, Reply<?> reply) {
        ObjectNode good = responses.putObject(Integer.toString(reply.status()));
        good.put("description", reply.status() == 204 ? "Done." : "The answer.");
        if (!reply.mediaType().isEmpty()) {
            ObjectNode media = good.putObject("content").putObject(reply.mediaType());
            schema(reply.type(), media);
        }
        responses.putObject("default").put("$ref", "#/components/responses/Problem");
    }

    private void schema(Type type, ObjectNode media) {
        if (type == Content.class) {
            return;
        }
        if (!(type instanceof ParameterizedType parameterized)) {
            media.set("schema", schemas.createSchemaReference(type));
            return;
        }
        Type argument = parameterized.getActualTypeArguments()[0];
        ObjectNode schema = media.putObject("schema");
        if (parameterized.getRawType() == Page.class) {
            schema.put("type", "object");
            ObjectNode properties = schema.putObject("properties");
            properties.putObject("items").put("type", "array").set("items", schemas.createSchemaReference(argument));
            properties.putObject("next").put("type", "string");
            schema.putArray("required").add("items");
        } else if (parameterized.getRawType() == List.class) {
            schema.put("type", "array").set("items", schemas.createSchemaReference(argument));
        } else {
            media.set("schema", schemas.createSchemaReference(argument));
        }
    }

    private static String operationId(Endpoint<?, ?> endpoint) {
        String path = endpoint.path().replace("/api/v1", "");
        StringBuilder id = new StringBuilder(endpoint.method().name().toLowerCase(Locale.ROOT));
        for (String segment : path.split("[/{}.-]+", -1)) {
            if (!segment.isEmpty()) {
                id.append(Character.toUpperCase(segment.charAt(0))).append(segment.substring(1));
            }
        }
        return id.toString();
    }

    /// The first literal segment that names a thing rather than where it lies.
    private static String tag(String path) {
        List<String> words = Arrays.stream(path.replace("/api/v1", "").split("/", -1))
                .filter(segment -> !segment.isEmpty() && !segment.startsWith("{"))
                .toList();
        if (words.isEmpty()) {
            return "server";
        }
        for (String thing : List.of("runs", "sources", "blobs", "projects")) {
            if (words.contains(thing)) {
                return thing;
            }
        }
        return words.getFirst();
    }

    private static SchemaGenerator generator() {
        SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(
                        Json.MAPPER, SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .with(new JacksonModule(JacksonOption.RESPECT_JSONPROPERTY_ORDER))
                .with(Option.FLATTENED_OPTIONALS, Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES)
                .with(Option.DEFINITIONS_FOR_ALL_OBJECTS)
                .without(Option.SCHEMA_VERSION_INDICATOR, Option.NULLABLE_FIELDS_BY_DEFAULT);
        config.forFields().withRequiredCheck(OpenApi::alwaysThere).withNullableCheck(_ -> false);
        config.forTypesInGeneral().withCustomDefinitionProvider((type, context) -> {
            Class<?> raw = type.getErasedType();
            ObjectNode schema = Json.MAPPER.createObjectNode();
            if (Map.class.isAssignableFrom(raw)) {
                schema.put("type", "object")
                        .set(
                                "additionalProperties",
                                context.createDefinitionReference(
                                        type.typeParametersFor(Map.class).get(1)));
                return inline(schema);
            }
            if (raw == Instant.class) {
                return inline(schema.put("type", "string").put("format", "date-time"));
            }
            if (raw == RunId.class || raw == ProjectId.class || raw == WorkspaceId.class || isText(raw)) {
                return inline(schema.put("type", "string"));
            }
            if (JsonNode.class.isAssignableFrom(raw) || raw == Object.class || raw == Record.class) {
                return inline(schema);
            }
            if (raw.isEnum()) {
                ArrayNode values = schema.put("type", "string").putArray("enum");
                for (Object constant : raw.getEnumConstants()) {
                    values.add(Json.MAPPER.<JsonNode>valueToTree(constant));
                }
                return inline(schema);
            }
            return null;
        });
        return new SchemaGenerator(config.build());
    }

    /// Whether it goes over the wire as the text that it holds.
    private static boolean isText(Class<?> type) {
        return type.isRecord()
                && Arrays.stream(type.getDeclaredMethods())
                        .anyMatch(method ->
                                method.getReturnType() == String.class && method.isAnnotationPresent(JsonValue.class));
    }

    private static CustomDefinition inline(ObjectNode schema) {
        return new CustomDefinition(schema, true);
    }

    private static boolean alwaysThere(FieldScope field) {
        return field.getRawMember() == null
                || !field.getRawMember().getAnnotatedType().isAnnotationPresent(Nullable.class);
    }
}
