package io.ropewalk.project;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ropewalk.spi.source.Setting;
import io.ropewalk.spi.source.SourceType;
import io.ropewalk.support.json.Json;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;

/// The JSON schema (draft 2020-12) of the native document, made from [Keys] and the settings of the source
/// types.
final class ProjectSchema {
    private final ObjectNode root;

    ProjectSchema(List<? extends SourceType<?>> types) {
        root = structure(Keys.PROJECT, types);
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        root.put("title", "Project");
    }

    String text() {
        return root.toPrettyString();
    }

    /// The settings of one kind of source.
    static ObjectNode settings(Class<?> record) {
        ObjectNode schema = Json.MAPPER.createObjectNode();
        schema.put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = Json.MAPPER.createArrayNode();
        for (RecordComponent component : record.getRecordComponents()) {
            ObjectNode property = javaType(component.getGenericType());
            Setting setting = component.getAnnotation(Setting.class);
            if (setting != null) {
                property.put("description", setting.value());
                if (setting.secret()) {
                    property.put("writeOnly", true);
                }
                if (setting.required()) {
                    required.add(component.getName());
                }
            }
            properties.set(component.getName(), property);
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        schema.put("additionalProperties", false);
        return schema;
    }

    private static ObjectNode javaType(Type type) {
        ObjectNode schema = Json.MAPPER.createObjectNode();
        if (type instanceof ParameterizedType parameterized) {
            Type[] arguments = parameterized.getActualTypeArguments();
            ObjectNode inner = javaType(arguments[arguments.length - 1]);
            if (parameterized.getRawType() == Map.class) {
                schema.put("type", "object").set("additionalProperties", inner);
            } else if (parameterized.getRawType() == List.class) {
                schema.put("type", "array").set("items", inner);
            }
            return schema;
        }
        if (!(type instanceof Class<?> plain)) {
            return schema;
        }
        if (plain == String.class) {
            // YAML writes numbers without quotes; they are taken as text.
            schema.putArray("type").add("string").add("number");
        } else if (plain == boolean.class || plain == Boolean.class) {
            schema.put("type", "boolean");
        } else if (plain == int.class || plain == Integer.class || plain == long.class || plain == Long.class) {
            schema.put("type", "integer");
        } else if (plain == double.class || plain == Double.class) {
            schema.put("type", "number");
        } else if (plain.isEnum()) {
            ArrayNode words = schema.putArray("enum");
            SourceSettings.words(plain).forEach(words::add);
        } else if (plain.isRecord()) {
            return settings(plain);
        }
        return schema;
    }

    private static ObjectNode structure(Shape shape, List<? extends SourceType<?>> types) {
        ObjectNode schema = Json.MAPPER.createObjectNode();
        schema.put("type", "object");
        schema.put("description", shape.description());
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = Json.MAPPER.createArrayNode();
        for (Shape.Key key : shape.keys()) {
            ObjectNode property = form(key.form(), types);
            property.put("description", key.description());
            properties.set(key.name(), property);
            if (key.required()) {
                required.add(key.name());
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        if (shape.equals(Keys.SOURCE)) {
            ArrayNode kinds = schema.putArray("oneOf");
            for (SourceType<?> type : types) {
                ObjectNode settings = settings(type.settings());
                settings.put("description", type.description());
                if (!settings.has("required")) {
                    settings.putArray("type").add("object").add("null");
                }
                properties.set(type.kind(), settings);
                kinds.addObject().putArray("required").add(type.kind());
            }
        }
        schema.put("additionalProperties", false);
        return schema;
    }

    private static ObjectNode form(Form form, List<? extends SourceType<?>> types) {
        ObjectNode schema = Json.MAPPER.createObjectNode();
        switch (form) {
            case Form.Text(String pattern) -> {
                if (pattern.isEmpty()) {
                    schema.putArray("type").add("string").add("number").add("boolean");
                } else {
                    schema.put("type", "string").put("pattern", pattern);
                }
            }
            case Form.Flag _ -> schema.put("type", "boolean");
            case Form.Whole(int least, int most) ->
                schema.put("type", "integer").put("minimum", least).put("maximum", most);
            case Form.Amount _ -> schema.putArray("type").add("string").add("number");
            case Form.Time _ -> schema.putArray("type").add("string").add("integer");
            case Form.OneOf(List<String> words) -> {
                ArrayNode list = schema.putArray("enum");
                words.forEach(list::add);
            }
            case Form.ListOf(Form item) -> schema.put("type", "array").set("items", form(item, types));
            case Form.MapOf(Form value) -> schema.put("type", "object").set("additionalProperties", form(value, types));
            case Form.Structure(Shape shape) -> {
                return structure(shape, types);
            }
            case Form.Either(List<Form> forms) -> {
                ArrayNode choices = schema.putArray("anyOf");
                forms.forEach(choice -> choices.add(form(choice, types)));
            }
            case Form.Anything _ -> {}
        }
        return schema;
    }
}
