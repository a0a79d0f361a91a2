package io.ropewalk.project;

import com.fasterxml.jackson.databind.JsonMappingException;
import io.ropewalk.project.ProjectDocument.Source;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.source.Setting;
import io.ropewalk.spi.source.SourceType;
import io.ropewalk.support.json.Json;
import io.ropewalk.support.yaml.Place;
import io.ropewalk.support.yaml.YamlNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Checks the settings of sources against their types.
final class SourceSettings {
    static final String MASK = "***";
    private static final Pattern PASSWORD = Pattern.compile("://[^/@]*@");

    private final Map<String, SourceType<?>> types = new LinkedHashMap<>();

    SourceSettings(List<? extends SourceType<?>> types) {
        types.forEach(type -> this.types.put(type.kind(), type));
    }

    List<String> kinds() {
        return List.copyOf(types.keySet());
    }

    /// The component of a kind's settings that a loosely written key means.
    Optional<String> component(String kind, String key) {
        SourceType<?> type = types.get(kind);
        if (type == null) {
            return Optional.empty();
        }
        String plain = plain(key);
        return Arrays.stream(type.settings().getRecordComponents())
                .map(RecordComponent::getName)
                .filter(name -> plain(name).equals(plain))
                .findFirst();
    }

    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }

    /// What the document says, with every problem reported. Text stays as it was written where the type
    /// wants text.
    Map<String, Object> read(YamlNode.Entry kind, Problems problems) {
        YamlNode node = kind.value();
        if (node instanceof YamlNode.Scalar scalar && scalar.absent()) {
            node = new YamlNode.Mapping(List.of(), kind.place());
        }
        if (!(node instanceof YamlNode.Mapping mapping)) {
            problems.error(
                    node.place(),
                    "The settings of '%s' must be a mapping, but are %s.".formatted(kind.key(), node.noun()),
                    "Write them as 'key: value', or '{}' for none.");
            return Map.of();
        }
        SourceType<?> type = types.get(kind.key());
        if (type == null) {
            return plainValues(mapping);
        }
        Map<String, RecordComponent> components = new LinkedHashMap<>();
        for (RecordComponent component : type.settings().getRecordComponents()) {
            components.put(component.getName(), component);
        }
        Map<String, Object> values = new LinkedHashMap<>();
        boolean sound = true;
        for (YamlNode.Entry entry : mapping.entries()) {
            RecordComponent component = components.get(entry.key());
            if (component == null) {
                sound = false;
                problems.error(
                        entry.place(),
                        "Unknown setting '%s' of '%s'.".formatted(Fields.shortened(entry.key()), kind.key()),
                        meant(entry.key(), kind.key(), components));
                continue;
            }
            if (entry.value() instanceof YamlNode.Scalar scalar && scalar.absent()) {
                continue;
            }
            Optional<String> expected = expected(entry.value(), component.getType());
            if (expected.isPresent()) {
                sound = false;
                problems.error(
                        entry.value().place(),
                        "'%s' must be %s, but is %s."
                                .formatted(
                                        entry.key(),
                                        expected.get(),
                                        entry.value().noun()),
                        "");
                continue;
            }
            Object value = value(entry.value(), component.getGenericType());
            if (value != null) {
                values.put(entry.key(), value);
            }
        }
        for (RecordComponent component : components.values()) {
            Setting setting = component.getAnnotation(Setting.class);
            if (setting != null
                    && setting.required()
                    && mapping.entry(component.getName()).isEmpty()) {
                sound = false;
                problems.error(
                        kind.place(),
                        "'%s' has no '%s'.".formatted(kind.key(), component.getName()),
                        "Add it: %s".formatted(setting.value()));
            }
        }
        if (sound) {
            construct(type, values, kind, mapping, problems);
        }
        return values;
    }

    /// The settings without what is secret.
    Map<String, Object> masked(Source source) {
        Map<String, Object> masked = new LinkedHashMap<>();
        source.settings()
                .forEach((name, value) ->
                        masked.put(name, isSecret(source.kind(), name) ? MASK : withoutPasswords(value)));
        return masked;
    }

    /// Whether only those may see a setting who may change it: also when nothing is known of it.
    boolean isSecret(String kind, String name) {
        SourceType<?> type = types.get(kind);
        if (type == null) {
            return true;
        }
        return Arrays.stream(type.settings().getRecordComponents())
                .filter(component -> plain(component.getName()).equals(plain(name)))
                .findFirst()
                .map(component -> {
                    Setting setting = component.getAnnotation(Setting.class);
                    return setting != null && setting.secret();
                })
                .orElse(true);
    }

    private static Object withoutPasswords(Object value) {
        return switch (value) {
            case String text -> withoutPassword(text);
            case List<?> items ->
                items.stream()
                        .map(item -> item == null ? "" : withoutPasswords(item))
                        .toList();
            case Map<?, ?> map -> {
                Map<Object, Object> values = new LinkedHashMap<>();
                map.forEach((key, item) -> values.put(key, item == null ? "" : withoutPasswords(item)));
                yield values;
            }
            default -> value;
        };
    }

    /// An address without the name and password in it.
    static String withoutPassword(String text) {
        return PASSWORD.matcher(text).replaceAll("://");
    }

    private static String meant(String wrong, String kind, Map<String, RecordComponent> components) {
        return Suggestion.nearest(wrong, components.keySet())
                .map("Did you mean '%s'?"::formatted)
                .orElse(
                        components.isEmpty()
                                ? "'%s' has no settings.".formatted(kind)
                                : "'%s' may have: %s.".formatted(kind, String.join(", ", components.keySet())));
    }

    /// What a value should be, when it is not.
    private static Optional<String> expected(YamlNode node, Class<?> type) {
        @Nullable Object value = node.value();
        if (type == String.class) {
            return node instanceof YamlNode.Scalar ? Optional.empty() : Optional.of("text");
        }
        if (type == boolean.class || type == Boolean.class) {
            return value instanceof Boolean ? Optional.empty() : Optional.of("true or false");
        }
        if (type == int.class || type == Integer.class) {
            return value instanceof Integer ? Optional.empty() : Optional.of("a whole number");
        }
        if (type == long.class || type == Long.class) {
            return value instanceof Integer || value instanceof Long ? Optional.empty() : Optional.of("a whole number");
        }
        if (type == double.class || type == Double.class) {
            return value instanceof Number ? Optional.empty() : Optional.of("a number");
        }
        if (List.class.isAssignableFrom(type)) {
            return node instanceof YamlNode.Sequence ? Optional.empty() : Optional.of("a list");
        }
        if (Map.class.isAssignableFrom(type)) {
            return node instanceof YamlNode.Mapping ? Optional.empty() : Optional.of("a mapping");
        }
        if (type.isEnum()) {
            List<String> words = words(type);
            return node instanceof YamlNode.Scalar scalar && words.contains(scalar.text())
                    ? Optional.empty()
                    : Optional.of(Fields.listed(words));
        }
        return Optional.empty();
    }

    /// The constants of an enum as JSON has them.
    static List<String> words(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> Json.MAPPER.valueToTree(constant).asText())
                .toList();
    }

    private static @Nullable Object value(YamlNode node, Type type) {
        if (type == String.class && node instanceof YamlNode.Scalar scalar) {
            return scalar.text();
        }
        if (type instanceof ParameterizedType parameterized) {
            Type last = parameterized.getActualTypeArguments()[parameterized.getActualTypeArguments().length - 1];
            if (node instanceof YamlNode.Sequence sequence) {
                List<Object> items = new ArrayList<>();
                for (YamlNode item : sequence.items()) {
                    Object value = value(item, last);
                    items.add(value == null ? "" : value);
                }
                return items;
            }
            if (node instanceof YamlNode.Mapping mapping) {
                Map<String, Object> values = new LinkedHashMap<>();
                for (YamlNode.Entry entry : mapping.entries()) {
                    Object value = value(entry.value(), last);
                    values.put(entry.key(), value == null ? "" : value);
                }
                return values;
            }
        }
        return finite(node);
    }

    private static Map<String, Object> plainValues(YamlNode.Mapping mapping) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (YamlNode.Entry entry : mapping.entries()) {
            Object value = finite(entry.value());
            if (value != null) {
                values.put(entry.key(), value);
            }
        }
        return values;
    }

    /// A value that JSON can hold: numbers that are not finite become text.
    static @Nullable Object finite(YamlNode node) {
        return switch (node) {
            case YamlNode.Scalar scalar ->
                scalar.value() instanceof Double number && !Double.isFinite(number) ? scalar.text() : scalar.value();
            case YamlNode.Sequence sequence -> {
                List<@Nullable Object> items = new ArrayList<>();
                for (YamlNode item : sequence.items()) {
                    items.add(finite(item));
                }
                yield items;
            }
            case YamlNode.Mapping mapping -> {
                Map<String, @Nullable Object> values = new LinkedHashMap<>();
                for (YamlNode.Entry entry : mapping.entries()) {
                    values.put(entry.key(), finite(entry.value()));
                }
                yield values;
            }
        };
    }

    private static void construct(
            SourceType<?> type,
            Map<String, Object> values,
            YamlNode.Entry kind,
            YamlNode.Mapping mapping,
            Problems problems) {
        try {
            Json.MAPPER.convertValue(values, type.settings());
        } catch (IllegalArgumentException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof RopewalkException refused) {
                    String message = String.valueOf(refused.getMessage());
                    problems.error(placeOf(message, kind, mapping), message, "");
                    return;
                }
            }
            String reason = e.getCause() instanceof JsonMappingException mismatch
                    ? mismatch.getOriginalMessage()
                    : String.valueOf(e.getMessage());
            problems.error(
                    placeOf(reason, kind, mapping),
                    "The settings of '%s' cannot be read: %s.".formatted(kind.key(), reason),
                    "");
        }
    }

    /// The setting that a message speaks of.
    private static Place placeOf(String message, YamlNode.Entry kind, YamlNode.Mapping mapping) {
        return mapping.entries().stream()
                .filter(entry -> message.contains("'" + entry.key() + "'"))
                .findFirst()
                .or(() -> mapping.entries().stream()
                        .filter(entry -> message.matches("(?s).*\\b" + entry.key() + "\\b.*"))
                        .findFirst())
                .map(entry -> entry.value().place())
                .orElse(kind.place());
    }
}
