package io.ropewalk.support.template;

import io.ropewalk.support.template.Values.Bounded;
import io.ropewalk.support.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What templates can call. `and` and `or` are part of the engine, since they stop early.
public final class TemplateFunctions {
    /// Functions to which a value that is not there is like nothing.
    static final Set<String> TAKE_ABSENT = Set.of("default", "not", "eq", "ne", "and", "or");

    public static final Map<String, TemplateFunction> STANDARD = Map.ofEntries(
            Map.entry("and", TemplateFunctions::lazy),
            Map.entry("or", TemplateFunctions::lazy),
            Map.entry("not", arguments -> !Values.truth(only(arguments))),
            Map.entry("eq", TemplateFunctions::eq),
            Map.entry("ne", arguments -> !Values.equal(first(arguments, 2), arguments.get(1))),
            Map.entry("lt", arguments -> Values.compare(first(arguments, 2), arguments.get(1)) < 0),
            Map.entry("le", arguments -> Values.compare(first(arguments, 2), arguments.get(1)) <= 0),
            Map.entry("gt", arguments -> Values.compare(first(arguments, 2), arguments.get(1)) > 0),
            Map.entry("ge", arguments -> Values.compare(first(arguments, 2), arguments.get(1)) >= 0),
            Map.entry("index", TemplateFunctions::index),
            Map.entry("len", TemplateFunctions::length),
            Map.entry("printf", Printf::format),
            Map.entry("print", arguments -> Values.text(only(arguments))),
            Map.entry("join", TemplateFunctions::join),
            Map.entry("default", TemplateFunctions::fallback),
            Map.entry("toYaml", arguments -> Yaml.write(only(arguments)).stripTrailing()),
            Map.entry("quote", arguments -> Printf.quoted(Values.text(only(arguments)))),
            Map.entry("shellQuote", arguments -> shellQuoted(Values.text(only(arguments)))),
            Map.entry("upper", arguments -> Values.text(only(arguments)).toUpperCase(Locale.ROOT)),
            Map.entry("lower", arguments -> Values.text(only(arguments)).toLowerCase(Locale.ROOT)),
            Map.entry("trim", arguments -> Values.text(only(arguments)).strip()),
            Map.entry("replace", TemplateFunctions::replace),
            Map.entry("indent", TemplateFunctions::indent),
            Map.entry("nindent", arguments -> "\n" + indent(arguments)));

    private TemplateFunctions() {}

    /// Text as one word for a POSIX shell.
    public static String shellQuoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static Object lazy(List<@Nullable Object> arguments) {
        throw new IllegalStateException("the engine itself does this");
    }

    private static @Nullable Object only(List<@Nullable Object> arguments) {
        return first(arguments, 1);
    }

    private static @Nullable Object first(List<@Nullable Object> arguments, int count) {
        if (arguments.size() != count) {
            throw new IllegalArgumentException(
                    "takes %d argument%s, not %d.".formatted(count, count == 1 ? "" : "s", arguments.size()));
        }
        return arguments.getFirst();
    }

    private static Object eq(List<@Nullable Object> arguments) {
        if (arguments.size() < 2) {
            throw new IllegalArgumentException("takes two or more arguments.");
        }
        Object left = arguments.getFirst();
        return arguments.stream().skip(1).anyMatch(right -> Values.equal(left, right));
    }

    private static @Nullable Object index(List<@Nullable Object> arguments) {
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException("takes a list, a map or text, and where to look.");
        }
        Object value = arguments.getFirst();
        for (Object key : arguments.subList(1, arguments.size())) {
            value = switch (value) {
                case Map<?, ?> map -> map.get(Values.text(key));
                case List<?> list -> list.get(position(key, list.size()));
                case String text -> {
                    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                    yield (long) (bytes[position(key, bytes.length)] & 0xff);
                }
                case null, default ->
                    throw new IllegalArgumentException("cannot look into %s.".formatted(Values.noun(value)));
            };
        }
        return value;
    }

    private static int position(@Nullable Object key, int size) {
        if (key == null || !Values.whole(key)) {
            throw new IllegalArgumentException("the place must be a whole number, not %s.".formatted(Values.noun(key)));
        }
        long position = ((Number) key).longValue();
        if (position < 0 || position >= size) {
            throw new IllegalArgumentException("%d is outside of 0 to %d.".formatted(position, size - 1));
        }
        return (int) position;
    }

    private static Object length(List<@Nullable Object> arguments) {
        Object value = only(arguments);
        return switch (value) {
            case String text -> (long) text.getBytes(StandardCharsets.UTF_8).length;
            case Collection<?> list -> (long) list.size();
            case Map<?, ?> map -> (long) map.size();
            case null, default -> throw new IllegalArgumentException("%s has no length.".formatted(Values.noun(value)));
        };
    }

    private static Object join(List<@Nullable Object> arguments) {
        String separator = Values.text(first(arguments, 2));
        if (!(arguments.get(1) instanceof Collection<?> list)) {
            return Values.text(arguments.get(1));
        }
        Bounded out = new Bounded();
        String before = "";
        for (Object item : list) {
            out.append(before).append(Values.text(item));
            before = separator;
        }
        return out.toString();
    }

    private static @Nullable Object fallback(List<@Nullable Object> arguments) {
        Object instead = first(arguments, 2);
        Object value = arguments.get(1);
        return Values.truth(value) ? value : instead;
    }

    private static Object replace(List<@Nullable Object> arguments) {
        String old = Values.text(first(arguments, 3));
        String with = Values.text(arguments.get(1));
        String text = Values.text(arguments.get(2));
        if (old.isEmpty()) {
            throw new IllegalArgumentException("the text to look for is empty.");
        }
        Bounded out = new Bounded();
        int from = 0;
        for (int at = text.indexOf(old); at >= 0; at = text.indexOf(old, from)) {
            out.append(text.substring(from, at)).append(with);
            from = at + old.length();
        }
        return out.append(text.substring(from)).toString();
    }

    private static String indent(List<@Nullable Object> arguments) {
        Object spaces = first(arguments, 2);
        if (!(spaces instanceof Number number) || number.longValue() < 0 || number.longValue() > 100) {
            throw new IllegalArgumentException("takes 0 to 100 spaces.");
        }
        String pad = " ".repeat(number.intValue());
        Bounded out = new Bounded();
        String before = "";
        for (String line : Values.text(arguments.get(1)).split("\n", -1)) {
            out.append(before).append(pad).append(line);
            before = "\n";
        }
        return out.toString();
    }
}
