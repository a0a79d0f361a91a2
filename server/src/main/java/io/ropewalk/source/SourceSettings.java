package io.ropewalk.source;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.source.Setting;
import io.ropewalk.support.archive.EntryPath;
import io.ropewalk.support.json.Json;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The settings of one kind of source: from the document's keys to its record, to a JSON schema, and to
/// what may be shown.
final class SourceSettings<S extends Record> {
    static final String HIDDEN = "***";
    private static final Pattern PASSWORD = Pattern.compile("://[^/@]*@");

    private final String kind;
    private final Class<S> type;

    SourceSettings(String kind, Class<S> type) {
        this.kind = kind;
        this.type = type;
    }

    boolean has(String setting) {
        return Arrays.stream(type.getRecordComponents())
                .anyMatch(component -> component.getName().equals(setting));
    }

    /// @throws RopewalkException naming the setting that is wrong, and never its value when that is a secret
    S convert(Map<String, Object> given) {
        List<String> known = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
        for (String name : given.keySet()) {
            if (!known.contains(name)) {
                throw refused("There is no setting '%s'; %s."
                        .formatted(
                                EntryPath.shown(name),
                                known.isEmpty() ? "it has none" : "known are " + String.join(", ", known)));
            }
        }
        for (RecordComponent component : type.getRecordComponents()) {
            Object value = given.get(component.getName());
            if (setting(component).filter(Setting::required).isPresent()
                    && (value == null || value.toString().isBlank())) {
                throw refused("The setting '%s' is missing; %s"
                        .formatted(
                                component.getName(),
                                setting(component).map(Setting::value).orElse("add it.")));
            }
        }
        try {
            return Json.MAPPER.convertValue(given, type);
        } catch (IllegalArgumentException e) {
            throw understood(e);
        }
    }

    /// Jackson's own words may hold the value, so they are not passed on.
    private RopewalkException understood(IllegalArgumentException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof RopewalkException refusal) {
                return refusal;
            }
        }
        if (e.getCause() instanceof JsonMappingException mapping
                && !mapping.getPath().isEmpty()) {
            String name = String.valueOf(mapping.getPath().getFirst().getFieldName());
            String wanted = Arrays.stream(type.getRecordComponents())
                    .filter(component -> component.getName().equals(name))
                    .map(component -> word(component.getType()))
                    .findFirst()
                    .orElse("something else");
            return refused("The setting '%s' must be %s.".formatted(name, wanted));
        }
        return refused("Its settings cannot be read; compare them with the documentation of '%s'.".formatted(kind));
    }

    private static String word(Class<?> type) {
        if (type == String.class) {
            return "text";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        return Number.class.isAssignableFrom(type) || type.isPrimitive() ? "a number" : "a list or map";
    }

    /// The settings without secrets.
    Map<String, Object> shown(Map<String, Object> given) {
        Map<String, Object> shown = new LinkedHashMap<>();
        given.forEach((name, value) -> {
            boolean open = Arrays.stream(type.getRecordComponents())
                    .filter(component -> component.getName().equals(name))
                    .anyMatch(component ->
                            setting(component).filter(Setting::secret).isEmpty());
            shown.put(name, !open ? HIDDEN : value instanceof String text ? withoutPassword(text) : value);
        });
        return shown;
    }

    static Map<String, Object> allHidden(Map<String, Object> given) {
        Map<String, Object> hidden = new LinkedHashMap<>();
        given.keySet().forEach(name -> hidden.put(name, HIDDEN));
        return hidden;
    }

    private static String withoutPassword(String text) {
        return PASSWORD.matcher(text).replaceAll("://");
    }

    JsonNode schema() {
        SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(
                        Json.MAPPER, SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .with(Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT, Option.INLINE_ALL_SCHEMAS)
                .without(Option.SCHEMA_VERSION_INDICATOR, Option.NULLABLE_FIELDS_BY_DEFAULT);
        config.forTypesInGeneral().withPropertySorter((_, _) -> 0);
        config.forFields()
                .withNullableCheck(_ -> false)
                .withDescriptionResolver(
                        field -> setting(field).map(Setting::value).orElse(null))
                .withRequiredCheck(
                        field -> setting(field).filter(Setting::required).isPresent())
                .withInstanceAttributeOverride((node, field, _) -> {
                    if (setting(field).filter(Setting::secret).isPresent()) {
                        node.put("format", "password").put("writeOnly", true);
                    }
                });
        ObjectNode schema = new SchemaGenerator(config.build()).generateSchema(type);
        schema.put("title", kind);
        return schema;
    }

    private Optional<Setting> setting(FieldScope field) {
        return Arrays.stream(type.getRecordComponents())
                .filter(component -> component.getName().equals(field.getDeclaredName()))
                .findFirst()
                .flatMap(SourceSettings::setting);
    }

    private static Optional<Setting> setting(RecordComponent component) {
        return Optional.ofNullable(component.getAnnotation(Setting.class));
    }

    private static RopewalkException refused(String why) {
        return new RopewalkException(ErrorCode.INVALID_DOCUMENT, why);
    }

    /// For messages about kinds.
    static String listed(Map<String, ?> kinds) {
        return kinds.keySet().stream().sorted().collect(Collectors.joining(", "));
    }
}
