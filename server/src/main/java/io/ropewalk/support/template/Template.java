package io.ropewalk.support.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A template that was read without errors.
///
/// It understands `{{ .a.b }}`, trim markers, comments, `if`/`else if`/`else`, `range`, `with`, `break`,
/// `continue`,
/// variables, pipelines, parentheses, and the functions of [TemplateFunctions#STANDARD].
public final class Template {
    /// The longest template, and the longest result, in characters.
    public static final int LONGEST = 1 << 20;

    private final Source source;
    private final List<Node> nodes;
    private final Map<String, TemplateFunction> functions;

    private Template(Source source, List<Node> nodes, Map<String, TemplateFunction> functions) {
        this.source = source;
        this.nodes = nodes;
        this.functions = functions;
    }

    /// @throws TemplateException naming the place
    public static Template parse(String text) {
        return parse(text, TemplateFunctions.STANDARD);
    }

    /// @throws TemplateException naming the place
    public static Template parse(String text, Map<String, TemplateFunction> functions) {
        if (text.length() > LONGEST) {
            throw new TemplateException(1, 1, "The template is longer than %d characters.".formatted(LONGEST));
        }
        Source source = new Source(text);
        return new Template(source, Parser.parse(source, functions.keySet()), Map.copyOf(functions));
    }

    /// @param data maps with text keys, lists, text, numbers, truth values and `null`
    /// @throws TemplateException naming the place
    public String render(@Nullable Object data, Missing missing) {
        return new Renderer(source, functions, data, missing).render(nodes);
    }

    /// Renders each value as a template over the other values as they were given, in one pass: what a value
    /// brings in
    /// is not rendered again. A value that cannot be rendered stays as it is.
    ///
    /// @param hidden names that no template may read
    public static Map<String, String> renderEach(Map<String, String> values, Set<String> hidden) {
        Map<String, String> visible = new LinkedHashMap<>(values);
        visible.keySet().removeAll(hidden);
        Map<String, String> rendered = new LinkedHashMap<>();
        values.forEach((name, value) -> rendered.put(name, renderOrKeep(value, visible)));
        return rendered;
    }

    private static String renderOrKeep(String text, Map<String, String> data) {
        if (!text.contains("{{")) {
            return text;
        }
        try {
            return parse(text).render(data, Missing.REFUSE);
        } catch (TemplateException e) {
            return text;
        }
    }
}
