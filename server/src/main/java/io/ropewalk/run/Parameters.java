package io.ropewalk.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.support.json.Json;
import io.ropewalk.support.template.Missing;
import io.ropewalk.support.template.Template;
import io.ropewalk.support.template.TemplateException;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a task can be told without changing it.
final class Parameters {
    private Parameters() {}

    /// The task's own values, with those that were asked for over them. Text that stands for a number or a
    /// truth value, as it does when it comes from a command line, becomes one where the task's own value is
    /// one.
    static Map<String, Object> merge(Map<String, Object> defaults, Map<String, Object> asked) {
        Map<String, Object> merged = new LinkedHashMap<>(defaults);
        asked.forEach((name, value) -> merged.put(name, typed(value, defaults.get(name))));
        return merged;
    }

    private static Object typed(Object value, @org.jspecify.annotations.Nullable Object standard) {
        if (!(value instanceof String text) || standard instanceof String) {
            return value;
        }
        try {
            JsonNode node = Json.MAPPER.readTree(text);
            if (node != null && node.isNumber()) {
                return node.numberValue();
            }
            return node != null && node.isBoolean() ? (Object) node.booleanValue() : text;
        } catch (JsonProcessingException e) {
            return text;
        }
    }

    /// A value as a program reads it from a variable.
    static String text(Object value) {
        return value instanceof Map || value instanceof Iterable ? Json.write(value) : String.valueOf(value);
    }

    /// A number as JSON can carry it; those that are none are words.
    static Object number(double value) {
        return Double.isFinite(value) ? (Object) value : Double.toString(value);
    }

    /// Fills `{{ .lr }}` and `{{ .parameters.lr }}` in a command. What is no template of ours stays as it is:
    /// a command may hold braces of its own.
    static String render(String text, Map<String, Object> parameters) {
        if (!text.contains("{{")) {
            return text;
        }
        Map<String, Object> data = new LinkedHashMap<>(parameters);
        data.put("parameters", parameters);
        try {
            return Template.parse(text).render(data, Missing.KEEP);
        } catch (TemplateException e) {
            return text;
        }
    }
}
