package io.ropewalk.project;

import io.ropewalk.project.ProjectDocument.Source;
import io.ropewalk.project.Role.Images;
import io.ropewalk.project.Role.Variable;
import io.ropewalk.spi.executor.Resources;
import io.ropewalk.support.template.TemplateFunctions;
import io.ropewalk.support.yaml.Place;
import io.ropewalk.support.yaml.YamlNode;
import java.nio.file.FileSystems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads tasks and their roles.
final class TaskReader {
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern PARAMETER = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,99}");
    private static final String OWN_INDEX = "REPLICA_INDEX";

    // What is asked for where only a limit is given.
    private static final long SMALL_CPU = 50;
    private static final long SMALL_MEMORY = 128L << 20;

    private final Problems problems;
    private final String mountPath;
    private final List<Source> sources;

    TaskReader(Problems problems, String mountPath, List<Source> sources) {
        this.problems = problems;
        this.mountPath = mountPath;
        this.sources = sources;
    }

    Optional<Task> read(Fields fields) {
        Optional<String> name = DocumentReader.partName("task", fields, problems);
        Optional<String> type = fields.word("type");
        String title = fields.text("title").orElse(null);
        Task.Environment environment = fields.structure("environment", Keys.ENVIRONMENT)
                .map(this::environment)
                .orElse(null);
        Map<String, Object> parameters = parameters(fields);
        Long scheduleTimeout = fields.seconds("scheduleTimeout");
        Long timeout = fields.seconds("timeout");
        Task.Retry retry =
                fields.structure("retry", Keys.RETRY).map(this::retry).orElse(null);
        Task.Checkpoints checkpoints = fields.structure("checkpoints", Keys.CHECKPOINTS)
                .map(this::checkpoints)
                .orElse(null);
        List<Role> roles = roles(fields);
        Map<String, String> pins = pins(fields);
        fields.finish();
        return name.map(given -> new Task(
                given,
                type.map(word -> Task.Type.valueOf(word.toUpperCase(Locale.ROOT)))
                        .orElse(Task.Type.GENERAL),
                title,
                environment,
                parameters,
                scheduleTimeout,
                timeout,
                retry,
                checkpoints,
                roles,
                pins));
    }

    private Task.Environment environment(Fields fields) {
        Task.Environment environment = new Task.Environment(
                fields.text("python").orElse(""), fields.text("requirements").orElse(null), fields.texts("packages"));
        DocumentReader.refuseClimbing("requirements", environment.requirements(), fields, problems);
        fields.finish();
        return environment;
    }

    private Task.Retry retry(Fields fields) {
        List<String> causes = fields.words("on", Keys.RETRY_CAUSES);
        Task.Retry retry = new Task.Retry(
                fields.whole("times").orElse(1),
                causes.isEmpty() ? Keys.RETRY_CAUSES.subList(0, 3) : causes,
                fields.amount("addMemory", Quantity::bytes).orElse(0));
        fields.finish();
        return retry;
    }

    private Task.Checkpoints checkpoints(Fields fields) {
        String files = fields.text("files").orElse("*");
        if (!isPattern(files)) {
            problems.error(
                    fields.valueOf("files"),
                    "'files' is no pattern of names in the checkpoint directory: '%s'."
                            .formatted(Fields.shortened(files)),
                    "Write it without '/', such as 'epoch-*.pt'.");
        }
        Task.Checkpoints checkpoints = new Task.Checkpoints(
                fields.whole("keep").orElse(1),
                fields.text("best").filter(text -> !text.isBlank()).orElse(null),
                fields.word("goal")
                        .map(word -> Task.Goal.valueOf(word.toUpperCase(Locale.ROOT)))
                        .orElse(Task.Goal.MAX),
                files);
        fields.finish();
        return checkpoints;
    }

    private static boolean isPattern(String files) {
        try {
            FileSystems.getDefault().getPathMatcher("glob:" + files);
            return !files.isBlank() && !files.contains("/");
        } catch (PatternSyntaxException _) {
            return false;
        }
    }

    private Map<String, Object> parameters(Fields fields) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        for (YamlNode.Entry entry : fields.entries("parameters")) {
            if (!PARAMETER.matcher(entry.key()).matches()) {
                problems.error(
                        entry.place(),
                        "Invalid parameter name: '%s'.".formatted(Fields.shortened(entry.key())),
                        "Start with a letter; go on with letters, digits, '_', '-' and '.'.");
            }
            Object value = SourceSettings.finite(entry.value());
            parameters.put(entry.key(), value == null ? "" : value);
        }
        return parameters;
    }

    private Map<String, String> pins(Fields fields) {
        Map<String, String> pins = fields.textMap("pins");
        for (YamlNode.Entry entry : fields.entries("pins")) {
            if (sources.stream().noneMatch(source -> source.name().equals(entry.key()))) {
                unknownSource(entry.key(), entry.place());
            }
        }
        return pins;
    }

    private List<Role> roles(Fields fields) {
        List<YamlNode.Entry> own = fields.entries().stream()
                .filter(entry ->
                        Keys.ROLE.key(entry.key()).isPresent() && !entry.key().equals("name"))
                .toList();
        Optional<YamlNode.Entry> listed = fields.entry("roles");
        Role only = role(Task.ONLY_ROLE, fields);
        if (listed.isEmpty()) {
            if (own.isEmpty()) {
                problems.error(
                        fields.place(), "The task has nothing to run.", "Give it a 'command', or a list of 'roles'.");
            } else {
                checkRunnable(only, fields);
            }
            return List.of(only);
        }
        if (!own.isEmpty()) {
            problems.error(
                    own.getFirst().place(),
                    "'%s' stands in a task that lists roles."
                            .formatted(own.getFirst().key()),
                    "Move it into the role that it is meant for.");
        }
        List<Role> roles = new ArrayList<>();
        Set<String> known = new HashSet<>();
        List<YamlNode> items = fields.items("roles");
        for (YamlNode item : items) {
            Fields.of(item, Keys.ROLE, problems).ifPresent(inner -> {
                Optional<String> name = DocumentReader.partName("role", inner, problems);
                Role role = role(name.orElse("?"), inner);
                inner.finish();
                checkRunnable(role, inner);
                if (name.isPresent() && DocumentReader.unique("role", role.name(), inner, known, problems)) {
                    roles.add(role);
                }
            });
        }
        if (listed.get().value() instanceof YamlNode.Sequence && items.isEmpty()) {
            problems.error(listed.get().place(), "The task has nothing to run.", "Give it one role or more.");
        } else if (!roles.isEmpty() && roles.stream().allMatch(Role::permanent)) {
            problems.error(
                    listed.get().place(),
                    "Every role of the task is permanent, so nothing decides when it is done.",
                    "Remove 'permanent' from the role that does the work.");
        }
        return roles;
    }

    private void checkRunnable(Role role, Fields fields) {
        boolean given = Stream.of("command", "args", "images")
                .flatMap(key -> fields.node(key).stream())
                .anyMatch(node -> !(node instanceof YamlNode.Scalar scalar
                        && scalar.text().isBlank()));
        if (!given) {
            problems.error(
                    fields.place(),
                    "The role '%s' has no command.".formatted(Fields.shortened(role.name())),
                    "Give it a 'command', or images that have one.");
        }
    }

    private Role role(String name, Fields fields) {
        Resources limits =
                fields.structure("limits", Keys.LIMITS).map(this::limits).orElse(Resources.NONE);
        Resources resources = fields.structure("resources", Keys.AMOUNTS)
                .map(asked -> resources(asked, limits))
                .orElseGet(() -> atLeast(Resources.NONE, limits));
        OptionalInt port = fields.whole("port");
        Optional<YamlNode> mounts = fields.node("mounts");
        return new Role(
                name,
                fields.whole("replicas").orElse(1),
                command("command", fields),
                command("args", fields),
                fields.text("workDir").orElse(""),
                env(fields),
                port.isPresent() ? port.getAsInt() : null,
                fields.flag("permanent", false),
                fields.whole("restarts").orElse(0),
                fields.text("restartPolicy").orElse(null),
                resources,
                new Resources(limits.milliCpu(), limits.memoryBytes(), resources.gpus()),
                fields.structure("images", Keys.IMAGES).map(this::images).orElse(Images.NONE),
                fields.flag("mountAll", mounts.isEmpty()),
                mounts(fields),
                fields.text("nodes").orElse(null));
    }

    private static String command(String key, Fields fields) {
        if (fields.node(key).orElse(null) instanceof YamlNode.Sequence) {
            return String.join(
                    " ", fields.texts(key).stream().map(TaskReader::word).toList());
        }
        return fields.text(key).orElse("");
    }

    private static String word(String text) {
        return text.matches("[A-Za-z0-9_./:=@%+,-]+") ? text : TemplateFunctions.shellQuoted(text);
    }

    private Resources limits(Fields fields) {
        Resources limits = new Resources(
                fields.amount("cpu", Quantity::milliCpu).orElse(0),
                fields.amount("memory", Quantity::bytes).orElse(0),
                0);
        fields.finish();
        return limits;
    }

    private Resources resources(Fields fields, Resources limits) {
        OptionalLong cpu = fields.amount("cpu", Quantity::milliCpu);
        OptionalLong memory = fields.amount("memory", Quantity::bytes);
        int gpus = fields.whole("gpu").orElse(0);
        fields.finish();
        checkBelow("cpu", cpu, limits.milliCpu(), fields);
        checkBelow("memory", memory, limits.memoryBytes(), fields);
        return atLeast(new Resources(cpu.orElse(0), memory.orElse(0), gpus), limits);
    }

    private void checkBelow(String key, OptionalLong asked, long limit, Fields fields) {
        if (limit > 0 && asked.orElse(0) > limit) {
            problems.error(
                    fields.valueOf(key),
                    "The role asks for more %s than its limit.".formatted(key),
                    "Raise the limit or ask for less.");
        }
    }

    private static Resources atLeast(Resources asked, Resources limits) {
        long cpu = asked.milliCpu() > 0 ? asked.milliCpu() : Math.min(SMALL_CPU, limits.milliCpu());
        long memory = asked.memoryBytes() > 0 ? asked.memoryBytes() : Math.min(SMALL_MEMORY, limits.memoryBytes());
        return new Resources(cpu, memory, asked.gpus());
    }

    private Images images(Fields fields) {
        Images images = new Images(
                fields.text("cpu").filter(text -> !text.isEmpty()).orElse(null),
                fields.text("gpu").filter(text -> !text.isEmpty()).orElse(null));
        fields.finish();
        return images;
    }

    private List<Variable> env(Fields fields) {
        Map<String, Variable> variables = new LinkedHashMap<>();
        if (fields.node("env").orElse(null) instanceof YamlNode.Mapping mapping) {
            Map<String, String> values = fields.textMap("env");
            for (YamlNode.Entry entry : mapping.entries()) {
                checkVariable(entry.key(), entry.place());
                variables.put(entry.key(), new Variable(entry.key(), values.getOrDefault(entry.key(), "")));
            }
            return List.copyOf(variables.values());
        }
        for (YamlNode item : fields.items("env")) {
            Fields.of(item, Keys.VARIABLE, problems).ifPresent(inner -> {
                Optional<String> name = inner.name("name");
                String value = inner.text("value").orElse("");
                inner.finish();
                name.ifPresent(given -> {
                    checkVariable(given, inner.valueOf("name"));
                    if (variables.putIfAbsent(given, new Variable(given, value)) != null) {
                        problems.error(
                                inner.valueOf("name"),
                                "The variable '%s' is given twice.".formatted(Fields.shortened(given)),
                                "Remove one of them.");
                    }
                });
            });
        }
        return List.copyOf(variables.values());
    }

    private void checkVariable(String name, Place place) {
        if (!VARIABLE.matcher(name).matches()) {
            problems.error(
                    place,
                    "Invalid variable name: '%s'.".formatted(Fields.shortened(name)),
                    "Use letters, digits and '_', not starting with a digit.");
        } else if (name.equals(OWN_INDEX)) {
            problems.warning(place, "'REPLICA_INDEX' is set by the server; this value is not used.", "Remove it.");
        }
    }

    private List<Mount> mounts(Fields fields) {
        List<Mount> mounts = new ArrayList<>();
        Map<String, String> places = new HashMap<>();
        for (YamlNode item : fields.items("mounts")) {
            Optional<Mount> mount = item instanceof YamlNode.Scalar scalar
                    ? Optional.of(new Mount(scalar.text(), null, null, null, null))
                    : Fields.of(item, Keys.MOUNT, problems).flatMap(this::mount);
            mount.ifPresent(given -> {
                Optional<Source> source = sources.stream()
                        .filter(known -> known.name().equals(given.source()))
                        .findFirst();
                if (source.isEmpty()) {
                    unknownSource(given.source(), item.place());
                }
                String path = effectivePath(given, source);
                String other = places.putIfAbsent(path, given.source());
                if (other != null) {
                    problems.error(
                            item.place(),
                            "'%s' and '%s' are both mounted at '%s'.".formatted(other, given.source(), path),
                            "Give one of them another 'path'.");
                }
                mounts.add(given);
            });
        }
        return mounts;
    }

    private String effectivePath(Mount mount, Optional<Source> source) {
        @Nullable String path = mount.path();
        if (path == null) {
            path = source.map(Source::mountPath).orElse(mount.source());
        }
        return path.startsWith("/") ? path : mountPath + "/" + path;
    }

    private Optional<Mount> mount(Fields fields) {
        Optional<String> source = fields.name("source");
        String path = fields.text("path").filter(text -> !text.isEmpty()).orElse(null);
        String subPath = fields.text("subPath").filter(text -> !text.isEmpty()).orElse(null);
        DocumentReader.refuseClimbing("path", path, fields, problems);
        DocumentReader.refuseClimbing("subPath", subPath, fields, problems);
        Boolean readOnly = fields.flag("readOnly").orElse(null);
        String revision =
                fields.text("revision").filter(text -> !text.isEmpty()).orElse(null);
        fields.finish();
        return source.map(name -> new Mount(name, path, readOnly, subPath, revision));
    }

    private void unknownSource(String name, Place place) {
        List<String> known = sources.stream().map(Source::name).toList();
        String remedy = Suggestion.nearest(name, known)
                .map("Did you mean '%s'?"::formatted)
                .orElse(
                        known.isEmpty()
                                ? "The project has no sources; add one under 'sources'."
                                : "The sources are: %s.".formatted(String.join(", ", known)));
        problems.error(place, "There is no source '%s'.".formatted(Fields.shortened(name)), remedy);
    }
}
