package io.ropewalk.run;

import io.ropewalk.spi.executor.EnvironmentValue;
import io.ropewalk.spi.executor.EnvironmentValue.Joined;
import io.ropewalk.spi.executor.EnvironmentValue.Literal;
import io.ropewalk.support.template.Template;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The variables that users write, which are templates over all the others. A value that only the executor
/// will know goes through the template as a mark, which is taken out again afterwards.
final class UserVariables {
    private static final Set<String> SECRET = Set.of("WORKSPACE_SECRET", "ROPEWALK_TOKEN");
    private static final Pattern MARK = Pattern.compile("\u0001(\\d+)\u0002");

    private UserVariables() {}

    static Map<String, EnvironmentValue> render(
            Map<String, String> users, Map<String, EnvironmentValue> before, Map<String, EnvironmentValue> platform) {
        List<EnvironmentValue> marked = new ArrayList<>();
        Map<String, String> values = new LinkedHashMap<>();
        before.forEach((name, value) -> values.put(name, plain(value, marked)));
        users.forEach((name, value) -> values.put(name, withoutMarks(value)));
        platform.forEach((name, value) -> values.put(name, plain(value, marked)));
        Map<String, String> templates = new HashMap<>(values);
        users.forEach((name, value) -> {
            if (!platform.containsKey(name)) {
                templates.put(name, withoutMarks(value));
            }
        });
        Map<String, String> rendered = Template.renderEach(templates, SECRET);
        Map<String, EnvironmentValue> result = new LinkedHashMap<>();
        users.keySet().forEach(name -> result.put(name, parts(rendered.getOrDefault(name, ""), marked)));
        return result;
    }

    private static String plain(EnvironmentValue value, List<EnvironmentValue> marked) {
        if (value instanceof Literal(String text)) {
            return withoutMarks(text);
        }
        marked.add(value);
        return "\u0001" + (marked.size() - 1) + "\u0002";
    }

    private static String withoutMarks(String text) {
        return text.replace("\u0001", "").replace("\u0002", "");
    }

    private static EnvironmentValue parts(String text, List<EnvironmentValue> marked) {
        Matcher marks = MARK.matcher(text);
        List<EnvironmentValue> parts = new ArrayList<>();
        int from = 0;
        while (marks.find()) {
            if (marks.start() > from) {
                parts.add(new Literal(text.substring(from, marks.start())));
            }
            parts.add(marked.get(Integer.parseInt(marks.group(1))));
            from = marks.end();
        }
        if (parts.isEmpty()) {
            return new Literal(text);
        }
        if (from < text.length()) {
            parts.add(new Literal(text.substring(from)));
        }
        return new Joined(parts);
    }
}
