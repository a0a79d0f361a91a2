package io.ropewalk.support.config;

import io.ropewalk.support.config.ConfigurationException.Problem;
import io.ropewalk.support.config.Settings.Entry;
import io.ropewalk.support.yaml.Place;
import io.ropewalk.support.yaml.Yaml;
import io.ropewalk.support.yaml.YamlNode;
import io.ropewalk.support.yaml.YamlProblem;
import io.ropewalk.support.yaml.YamlReading;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Fills a record of [Configured] components: defaults, then the file, then the environment, then flags. Not for
/// use by two threads at once.
public final class SettingsReader<T extends Record> {
    private static final String PREFIX = "ROPEWALK_";

    private final Class<T> type;
    private final Map<String, Key> keys = new LinkedHashMap<>();
    private final Map<String, Raw> found = new TreeMap<>();
    private final List<Problem> problems = new ArrayList<>();

    /// A value that was set on the command line.
    ///
    /// @param name as the person wrote it: `--port`
    public record Flag(String name, String key, String value) {}

    /// One documented key.
    ///
    /// @param kind what may be written there, for people
    public record Key(String path, String kind, String standard, String about, Type type, boolean beforeFile) {
        public String variable() {
            return PREFIX
                    + path.replaceAll("([a-z])([A-Z])", "$1_$2")
                            .replace('.', '_')
                            .toUpperCase(Locale.ROOT);
        }
    }

    /// @param value text, a list of texts, or a map of texts
    private record Raw(Object value, Origin origin) {}

    public SettingsReader(Class<T> type) {
        this.type = type;
        collectKeys(type, "");
    }

    /// Every key, in the order of declaration.
    public List<Key> keys() {
        return List.copyOf(keys.values());
    }

    /// Takes what a YAML file says. A missing file says nothing.
    public SettingsReader<T> file(Path file) {
        if (!Files.exists(file)) {
            return this;
        }
        try {
            YamlReading yaml = Yaml.read(Files.readString(file));
            for (YamlProblem problem : yaml.problems()) {
                String remedy = problem.remedy().isEmpty() ? "" : " " + problem.remedy();
                problem(new Origin.InFile(file, problem.place().line()), "", problem.message() + remedy);
            }
            yaml.root().ifPresent(root -> {
                if (root instanceof YamlNode.Mapping mapping) {
                    takeMapping(file, "", mapping);
                } else if (!isEmpty(root)) {
                    problem(place(file, root.place()), "", "the file must be a list of `key: value` lines");
                }
            });
        } catch (IOException e) {
            problem(new Origin.InFile(file, 1), "", "the file cannot be read: " + e.getMessage());
        }
        return this;
    }

    /// Takes the variables that begin with `ROPEWALK_`; those in `others` belong to somebody else.
    public SettingsReader<T> environment(Map<String, String> environment, Set<String> others) {
        Map<String, String> byVariable = new TreeMap<>();
        keys.values().forEach(key -> byVariable.put(key.variable(), key.path()));
        new TreeMap<>(environment).forEach((name, value) -> {
            if (!name.startsWith(PREFIX) || others.contains(name) || name.startsWith("ROPEWALK_TEST_")) {
                return;
            }
            Origin origin = new Origin.Variable(name);
            String path = byVariable.get(name);
            if (path == null) {
                String hint = Spelling.nearest(name, byVariable.keySet())
                        .map(near -> "; did you mean " + near + "?")
                        .orElse("; `ropewalk config` lists the known ones");
                problem(origin, "", "no setting has this variable" + hint);
            } else if (isMap(key(path).type())) {
                problem(origin, path, "is a group; set its keys in the file or with --set " + path + ".NAME=VALUE");
            } else {
                take(path, value, origin);
            }
        });
        return this;
    }

    public SettingsReader<T> flags(List<Flag> flags) {
        for (Flag flag : flags) {
            Origin origin = new Origin.Flag(flag.name());
            Optional<Key> map = mapAround(flag.key());
            if (map.isPresent()) {
                String inner = flag.key().substring(map.get().path().length() + 1);
                Raw before = found.get(map.get().path());
                Map<String, String> all =
                        before != null && before.value() instanceof Map<?, ?> known ? textMap(known) : new TreeMap<>();
                all.put(inner, flag.value());
                found.put(map.get().path(), new Raw(all, origin));
            } else if (keys.containsKey(flag.key()) && !isMap(key(flag.key()).type())) {
                take(flag.key(), flag.value(), origin);
            } else {
                unknown(origin, flag.key());
            }
        }
        return this;
    }

    /// The last word on one key, when it is already known.
    public Optional<String> text(String key) {
        return Optional.ofNullable(found.get(key)).map(raw -> raw.value().toString());
    }

    /// The finished record.
    ///
    /// @throws ConfigurationException with everything that is wrong
    public Settings<T> read() {
        List<Entry> entries = new ArrayList<>();
        Optional<T> value = build(type, "", entries);
        if (!problems.isEmpty() || value.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return new Settings<>(value.get(), entries);
    }

    private void collectKeys(Class<?> record, String prefix) {
        for (RecordComponent component : record.getRecordComponents()) {
            Configured configured = component.getAnnotation(Configured.class);
            if (configured == null) {
                throw new IllegalStateException(
                        record.getSimpleName() + "." + component.getName() + " has no @Configured");
            }
            String path = prefix + component.getName();
            if (isGroup(component.getType())) {
                collectKeys(component.getType(), path + ".");
            } else {
                Type generic = component.getGenericType();
                keys.put(
                        path,
                        new Key(
                                path,
                                kindOf(generic),
                                configured.standard(),
                                configured.value(),
                                generic,
                                configured.beforeFile()));
            }
        }
    }

    private static boolean isGroup(Class<?> component) {
        return component.isRecord() && component != ByteSize.class;
    }

    private static String kindOf(Type type) {
        if (type == String.class) {
            return "text";
        }
        if (type == int.class) {
            return "whole number";
        }
        if (type == double.class) {
            return "number";
        }
        if (type == boolean.class) {
            return "true or false";
        }
        if (type == Path.class) {
            return "path";
        }
        if (type == ByteSize.class) {
            return "bytes";
        }
        if (isListOf(Path.class, type)) {
            return "list of paths";
        }
        if (isListOf(String.class, type)) {
            return "list of texts";
        }
        if (isMap(type)) {
            return "group of any keys";
        }
        throw new IllegalStateException("settings cannot hold a " + type);
    }

    private static boolean isListOf(Class<?> item, Type type) {
        return type instanceof ParameterizedType generic
                && generic.getRawType() == List.class
                && generic.getActualTypeArguments()[0] == item;
    }

    private static boolean isMap(Type type) {
        return type instanceof ParameterizedType generic && generic.getRawType() == Map.class;
    }

    private Optional<Key> mapAround(String path) {
        return keys.values().stream()
                .filter(key -> isMap(key.type()) && path.startsWith(key.path() + "."))
                .findFirst();
    }

    private void takeMapping(Path file, String prefix, YamlNode.Mapping mapping) {
        for (YamlNode.Entry entry : mapping.entries()) {
            Origin origin = place(file, entry.place());
            String path = prefix + entry.key();
            Key key = keys.get(path);
            boolean group = keys.keySet().stream().anyMatch(known -> known.startsWith(path + "."));
            if (key == null && group) {
                if (entry.value() instanceof YamlNode.Mapping inner) {
                    takeMapping(file, path + ".", inner);
                } else if (!isEmpty(entry.value())) {
                    problem(origin, path, "is a group of keys, each on a line of its own below it");
                }
            } else if (key == null) {
                unknown(origin, path);
            } else if (key.beforeFile()) {
                problem(
                        origin,
                        path,
                        "cannot be set here, because it says where this file is; use " + key.variable() + " or --"
                                + path);
            } else if (!isEmpty(entry.value())) {
                takeValue(file, key, entry.value(), origin);
            }
        }
    }

    private void takeValue(Path file, Key key, YamlNode node, Origin origin) {
        boolean map = isMap(key.type());
        boolean list = isListOf(Path.class, key.type()) || isListOf(String.class, key.type());
        switch (node) {
            case YamlNode.Scalar scalar when !map -> take(key.path(), scalar.text(), origin);
            case YamlNode.Sequence sequence
            when list -> {
                List<String> texts = new ArrayList<>();
                for (YamlNode item : sequence.items()) {
                    if (item instanceof YamlNode.Scalar scalar) {
                        texts.add(scalar.text());
                    } else {
                        problem(place(file, item.place()), key.path(), "must hold plain texts");
                    }
                }
                found.put(key.path(), new Raw(texts, origin));
            }
            case YamlNode.Mapping mapping
            when map -> {
                Map<String, String> flat = new TreeMap<>();
                mapping.entries().forEach(entry -> flatten(entry.key(), entry.value(), flat));
                found.put(key.path(), new Raw(flat, origin));
            }
            case YamlNode.Scalar _, YamlNode.Sequence _, YamlNode.Mapping _ ->
                problem(origin, key.path(), "must be a " + key.kind());
        }
    }

    private static void flatten(String name, YamlNode node, Map<String, String> into) {
        switch (node) {
            case YamlNode.Scalar scalar -> into.put(name, scalar.absent() ? "" : scalar.text());
            case YamlNode.Mapping inner ->
                inner.entries().forEach(entry -> flatten(name + "." + entry.key(), entry.value(), into));
            case YamlNode.Sequence list -> {
                for (int i = 0; i < list.items().size(); i++) {
                    flatten(name + "." + i, list.items().get(i), into);
                }
            }
        }
    }

    private static boolean isEmpty(YamlNode node) {
        return node instanceof YamlNode.Scalar scalar && scalar.absent();
    }

    private void take(String path, String value, Origin origin) {
        found.put(path, new Raw(value, origin));
    }

    private static Origin place(Path file, Place place) {
        return new Origin.InFile(file, place.line());
    }

    private void unknown(Origin origin, String path) {
        Set<String> known = new HashSet<>(keys.keySet());
        keys.keySet().forEach(key -> {
            if (key.contains(".")) {
                known.add(key.substring(0, key.indexOf('.')));
            }
        });
        String hint = Spelling.nearest(path, known)
                .map(near -> "; did you mean " + near + "?")
                .orElse("; `ropewalk config` lists the known ones");
        problem(origin, path, "is not a setting" + hint);
    }

    private void problem(Origin origin, String key, String message) {
        problems.add(new Problem(origin, key, message));
    }

    private <R> Optional<R> build(Class<R> record, String prefix, List<Entry> entries) {
        RecordComponent[] components = record.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        boolean complete = true;
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            String path = prefix + components[i].getName();
            Optional<?> value = isGroup(types[i]) ? build(types[i], path + ".", entries) : convert(key(path), entries);
            complete &= value.isPresent();
            values[i] = value.orElse(null);
        }
        if (!complete) {
            return Optional.empty();
        }
        try {
            return Optional.of(record.getDeclaredConstructor(types).newInstance(values));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused && refused.getMessage() != null) {
                refused.getMessage().lines().forEach(line -> refusedBy(prefix, line));
                return Optional.empty();
            }
            throw new IllegalStateException("cannot make a " + record.getSimpleName(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + record.getSimpleName(), e);
        }
    }

    /// A record's own complaint begins with the name of the component it is about.
    private void refusedBy(String prefix, String line) {
        int space = line.indexOf(' ');
        String path = prefix + (space < 0 ? line : line.substring(0, space));
        Raw raw = found.get(path);
        problem(raw == null ? new Origin.Standard() : raw.origin(), path, line.substring(space + 1));
    }

    private Key key(String path) {
        return Objects.requireNonNull(keys.get(path), path);
    }

    private Optional<?> convert(Key key, List<Entry> entries) {
        Raw raw = found.getOrDefault(key.path(), new Raw(key.standard(), new Origin.Standard()));
        try {
            Object value = convert(key.type(), raw.value());
            if (value instanceof Map<?, ?> map && !map.isEmpty()) {
                textMap(map)
                        .forEach((name, text) ->
                                entries.add(new Entry(key.path() + "." + name, text, raw.origin(), key.about())));
            } else {
                entries.add(new Entry(key.path(), render(value), raw.origin(), key.about()));
            }
            return Optional.of(value);
        } catch (IllegalArgumentException e) {
            String reason = e instanceof NumberFormatException ? "must be a " + key.kind() : e.getMessage();
            problem(raw.origin(), key.path(), reason + ", not `" + raw.value() + "`");
            return Optional.empty();
        }
    }

    private static Object convert(Type type, Object raw) {
        if (isMap(type)) {
            return raw instanceof Map<?, ?> map ? map : Map.of();
        }
        if (isListOf(Path.class, type)) {
            return texts(raw, File.pathSeparator).map(SettingsReader::path).toList();
        }
        if (isListOf(String.class, type)) {
            return texts(raw, ",").map(String::strip).toList();
        }
        String text = raw.toString().strip();
        if (type == int.class) {
            return Integer.valueOf(text);
        }
        if (type == double.class) {
            return Double.valueOf(text);
        }
        if (type == boolean.class) {
            return switch (text) {
                case "true", "yes", "on", "1" -> true;
                case "false", "no", "off", "0" -> false;
                default -> throw new IllegalArgumentException("must be true or false");
            };
        }
        if (type == Path.class) {
            return path(text);
        }
        if (type == ByteSize.class) {
            return ByteSize.parse(text);
        }
        return text;
    }

    private static Stream<String> texts(Object raw, String separator) {
        List<?> texts =
                raw instanceof List<?> list ? list : List.of(raw.toString().split(separator));
        return texts.stream().map(Object::toString).filter(text -> !text.isBlank());
    }

    /// A path as a person writes it: `~` is the home directory.
    static Path path(String text) {
        if (text.equals("~") || text.startsWith("~/")) {
            return Path.of(System.getProperty("user.home"), text.substring(1));
        }
        return Path.of(text);
    }

    private static String render(Object value) {
        return switch (value) {
            case List<?> list ->
                String.join(
                        list.stream().allMatch(Path.class::isInstance) ? ":" : ",",
                        list.stream().map(Object::toString).toList());
            case Map<?, ?> _ -> "";
            default -> value.toString();
        };
    }

    private static Map<String, String> textMap(Map<?, ?> map) {
        Map<String, String> texts = new TreeMap<>();
        map.forEach((name, value) -> texts.put(name.toString(), value.toString()));
        return texts;
    }
}
