package io.ropewalk.support.template;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One rendering of a template.
final class Renderer {
    private static final long MOST_WORK = 2_000_000;
    private static final long CHARACTERS_PER_STEP = 16;

    private final Source source;
    private final Map<String, TemplateFunction> functions;
    private final Missing missing;
    private final StringBuilder out = new StringBuilder();
    private Frame frame;
    private @Nullable Object dot;
    private long work;

    Renderer(Source source, Map<String, TemplateFunction> functions, @Nullable Object data, Missing missing) {
        this.source = source;
        this.functions = functions;
        this.missing = missing;
        this.dot = data;
        this.frame = new Frame(null);
        frame.variables.put("", data);
    }

    private enum Flow {
        ON,
        BREAK,
        CONTINUE
    }

    /// The variables of a block.
    private record Frame(@Nullable Frame outer, Map<String, @Nullable Object> variables) {
        Frame(@Nullable Frame outer) {
            this(outer, new HashMap<>());
        }
    }

    /// What a name stands for that the data does not have.
    private record Absent(String name, int at) {}

    /// A value that is not there is needed.
    private static final class AbsentValue extends RuntimeException {
        private final transient Absent absent;

        AbsentValue(Absent absent) {
            super(absent.name(), null, false, false);
            this.absent = absent;
        }
    }

    String render(List<Node> nodes) {
        try {
            block(nodes);
        } catch (AbsentValue e) {
            throw refusal(e.absent);
        }
        return out.toString();
    }

    private Flow block(List<Node> nodes) {
        Frame outer = frame;
        frame = new Frame(outer);
        try {
            for (Node node : nodes) {
                Flow flow = node(node);
                if (flow != Flow.ON) {
                    return flow;
                }
            }
            return Flow.ON;
        } finally {
            frame = outer;
        }
    }

    private Flow node(Node node) {
        work(1);
        return switch (node) {
            case Node.Text(String text) -> {
                append(text);
                yield Flow.ON;
            }
            case Node.Print print -> {
                print(print);
                yield Flow.ON;
            }
            case Node.Assign assign -> {
                assign(assign);
                yield Flow.ON;
            }
            case Node.If(Expression condition, List<Node> then, List<Node> otherwise) ->
                block(Values.truth(present(evaluate(condition))) ? then : otherwise);
            case Node.With with -> with(with);
            case Node.Range range -> range(range);
            case Node.Break _ -> Flow.BREAK;
            case Node.Continue _ -> Flow.CONTINUE;
        };
    }

    private void print(Node.Print print) {
        try {
            Object value = evaluate(print.value());
            if (value instanceof Absent absent) {
                throw new AbsentValue(absent);
            }
            if (value == null) {
                throw new AbsentValue(new Absent("nothing", place(print.value())));
            }
            append(Values.text(value));
        } catch (AbsentValue e) {
            switch (missing) {
                case REFUSE -> throw refusal(e.absent);
                case KEEP -> append(print.source());
                case EMPTY -> {}
            }
        } catch (IllegalArgumentException e) {
            throw source.error(place(print.value()), String.valueOf(e.getMessage()));
        }
    }

    private TemplateException refusal(Absent absent) {
        return source.error(absent.at(), "There is no value '%s'.".formatted(absent.name()));
    }

    private void assign(Node.Assign assign) {
        Object value = evaluate(assign.value());
        if (assign.declares()) {
            frame.variables.put(assign.variable(), value);
            return;
        }
        for (Frame f = frame; f != null; f = f.outer) {
            if (f.variables.containsKey(assign.variable())) {
                f.variables.put(assign.variable(), value);
                return;
            }
        }
        throw source.error(assign.at(), "There is no variable '$%s'; ':=' makes one.".formatted(assign.variable()));
    }

    private Flow with(Node.With with) {
        Object value = present(evaluate(with.value()));
        if (!Values.truth(value)) {
            return block(with.otherwise());
        }
        Frame outerFrame = frame;
        Object outerDot = dot;
        frame = new Frame(outerFrame);
        try {
            dot = value;
            if (with.variable() != null) {
                frame.variables.put(with.variable(), value);
            }
            return block(with.then());
        } finally {
            dot = outerDot;
            frame = outerFrame;
        }
    }

    private Flow range(Node.Range range) {
        Object over = present(evaluate(range.over()));
        return switch (over) {
            case null -> block(range.otherwise());
            case Collection<?> list -> {
                List<@Nullable Object> keys = new ArrayList<>();
                for (int i = 0; i < list.size(); i++) {
                    keys.add((long) i);
                }
                yield range(range, keys, new ArrayList<>(list));
            }
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> sorted = new TreeMap<>();
                map.forEach((key, value) -> sorted.put(String.valueOf(key), value));
                yield range(range, new ArrayList<>(sorted.keySet()), new ArrayList<>(sorted.values()));
            }
            default ->
                throw source.error(
                        place(range.over()), "range goes over a list or a map, not %s.".formatted(Values.noun(over)));
        };
    }

    private Flow range(Node.Range range, List<? extends @Nullable Object> keys, List<@Nullable Object> values) {
        if (values.isEmpty()) {
            return block(range.otherwise());
        }
        work(values.size());
        Frame outerFrame = frame;
        Object outerDot = dot;
        try {
            for (int i = 0; i < values.size(); i++) {
                frame = new Frame(outerFrame);
                dot = values.get(i);
                if (range.key() != null) {
                    frame.variables.put(range.key(), keys.get(i));
                }
                if (range.value() != null) {
                    frame.variables.put(range.value(), values.get(i));
                }
                if (block(range.body()) == Flow.BREAK) {
                    break;
                }
            }
            return Flow.ON;
        } finally {
            dot = outerDot;
            frame = outerFrame;
        }
    }

    private @Nullable Object evaluate(Expression expression) {
        work(1);
        return switch (expression) {
            case Expression.Constant(Object value) -> value;
            case Expression.Dot() -> dot;
            case Expression.Variable(String name, int at) -> variable(name, at);
            case Expression.Field field -> field(field);
            case Expression.Call call -> call(call);
        };
    }

    private @Nullable Object variable(String name, int at) {
        for (Frame f = frame; f != null; f = f.outer) {
            if (f.variables.containsKey(name)) {
                return f.variables.get(name);
            }
        }
        throw source.error(at, "There is no variable '$%s'.".formatted(name));
    }

    private @Nullable Object field(Expression.Field field) {
        Object of = evaluate(field.of());
        return switch (of) {
            case null -> new Absent("." + field.name(), field.at());
            case Absent absent -> absent;
            case Map<?, ?> map -> {
                Object value = map.get(field.name());
                yield value == null ? new Absent(name(field), field.at()) : value;
            }
            default ->
                throw source.error(field.at(), "There is no '.%s' in %s.".formatted(field.name(), Values.noun(of)));
        };
    }

    private static String name(Expression expression) {
        return switch (expression) {
            case Expression.Field field -> name(field.of()) + "." + field.name();
            case Expression.Variable variable -> "$" + variable.name();
            case Expression.Dot _, Expression.Constant _ -> "";
            case Expression.Call call -> "(" + call.function() + ")";
        };
    }

    private static int place(Expression expression) {
        return switch (expression) {
            case Expression.Field field -> field.at();
            case Expression.Variable variable -> variable.at();
            case Expression.Call call -> call.at();
            case Expression.Dot _, Expression.Constant _ -> 0;
        };
    }

    private @Nullable Object call(Expression.Call call) {
        List<Expression> arguments = call.arguments();
        switch (call.function()) {
            case "and", "or" -> {
                boolean stopsAt = call.function().equals("or");
                Object value = null;
                for (Expression argument : arguments) {
                    value = evaluate(argument);
                    if (Values.truth(present(value)) == stopsAt) {
                        return value;
                    }
                }
                return value;
            }
            default -> {}
        }
        List<@Nullable Object> values = new ArrayList<>();
        boolean takesAbsent = TemplateFunctions.TAKE_ABSENT.contains(call.function());
        for (Expression argument : arguments) {
            Object value = evaluate(argument);
            if (value instanceof Absent absent && !takesAbsent && missing != Missing.EMPTY) {
                throw new AbsentValue(absent);
            }
            values.add(present(value));
        }
        TemplateFunction function = functions.get(call.function());
        if (function == null) {
            throw source.error(call.at(), "There is no function '%s'.".formatted(call.function()));
        }
        try {
            Object result = function.call(values);
            if (result instanceof String text) {
                work(text.length() / CHARACTERS_PER_STEP);
            }
            return result;
        } catch (IllegalArgumentException e) {
            throw source.error(call.at(), "%s: %s".formatted(call.function(), e.getMessage()));
        }
    }

    private static @Nullable Object present(@Nullable Object value) {
        return value instanceof Absent ? null : value;
    }

    private void append(String text) {
        if (out.length() + text.length() > Template.LONGEST) {
            throw source.error(0, "The result is longer than %d characters.".formatted(Template.LONGEST));
        }
        out.append(text);
        work(text.length() / CHARACTERS_PER_STEP);
    }

    private void work(long units) {
        work += units;
        if (work > MOST_WORK) {
            throw source.error(0, "The template takes more than %d steps.".formatted(MOST_WORK));
        }
    }
}
