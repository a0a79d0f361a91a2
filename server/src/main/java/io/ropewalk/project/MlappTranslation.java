package io.ropewalk.project;

import io.ropewalk.support.yaml.Place;
import io.ropewalk.support.yaml.YamlNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Turns the tree of an `MLApp` document into the tree of the native form; every node keeps its place.
final class MlappTranslation {
    static final String KIND = "MLApp";

    /// Kinds of source, by their key in small letters.
    static final Map<String, String> KINDS = kinds();

    /// Kinds whose content never changes, so that they are read-only whatever the document says.
    static final Set<String> IMMUTABLE_KINDS = Set.of("dataset", "model");

    private static final String STORAGE = "storage";

    /// Settings that have quite another name here.
    private static final Map<String, String> SETTING_NAMES = Map.of("access_token", "token", "accesstoken", "token");

    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,7}");
    private static final Map<String, String> YES_OR_NO =
            Map.of("yes", "true", "on", "true", "y", "true", "no", "false", "off", "false", "n", "false");

    private final SourceSettings settings;
    private final Problems problems;

    MlappTranslation(SourceSettings settings, Problems problems) {
        this.settings = settings;
        this.problems = problems;
    }

    private static Map<String, String> kinds() {
        Map<String, String> kinds = new LinkedHashMap<>();
        kinds.put("gitrepo", "git");
        kinds.put("clusterstorage", "storage");
        kinds.put("hostpath", "hostPath");
        kinds.put("emptydir", "emptyDir");
        kinds.put("nfs", "nfs");
        kinds.put("s3bucket", "s3");
        kinds.put("dataset", "dataset");
        kinds.put("datasetfs", "dataset");
        kinds.put("model", "model");
        kinds.put("persistentstorage", "persistentStorage");
        kinds.put("persistentvolumeclaim", "persistentVolumeClaim");
        kinds.put("flexvolume", "flexVolume");
        return kinds;
    }

    /// Whether a task is written in this form: its roles stand under `resources`.
    static boolean isTask(YamlNode.Mapping task) {
        return task.entries().stream()
                .anyMatch(entry ->
                        entry.key().equalsIgnoreCase("resources") && entry.value() instanceof YamlNode.Sequence);
    }

    YamlNode.Mapping project(YamlNode.Mapping root) {
        Loose document = new Loose(root, "an MLApp document");
        document.take("kind");
        List.of("workspace", "workspace_id", "project_id", "revision").forEach(document::take);
        Native project = new Native(root.place());
        document.structure("metadata", "metadata").ifPresent(metadata -> {
            metadata.move("name", "name", project);
            metadata.move("labels", "labels", project);
            metadata.finish();
        });
        document.structure("spec", "an MLApp spec").ifPresent(spec -> spec(spec, project));
        document.finish();
        return project.mapping();
    }

    private void spec(Loose spec, Native project) {
        spec.move("default_mount_path", "defaultMountPath", project);
        spec.flag("default_read_only", "readOnly", project);
        spec.list("volumes", "sources", project, this::source);
        spec.list("tasks", "tasks", project, node -> node instanceof YamlNode.Mapping task ? task(task) : node);
        Optional<YamlNode.Entry> manager = spec.take("package_manager");
        spec.list("packages", "packages", project, node -> packages(node, manager));
        spec.unused("default_installer_image", "Tasks run in their own environment or image.");
        spec.unused("docker_account_ids", "Images are fetched with the accounts of the machine.");
        idle(spec, "uix");
        idle(spec, "serving");
        spec.finish();
    }

    /// A section that is checked and kept in the text, but from which nothing is started.
    private void idle(Loose spec, String section) {
        Optional<YamlNode.Entry> entry = spec.take(section);
        if (entry.isEmpty() || (entry.get().value() instanceof YamlNode.Scalar scalar && scalar.absent())) {
            return;
        }
        if (entry.get().value() instanceof YamlNode.Sequence sequence) {
            for (YamlNode item : sequence.items()) {
                if (item instanceof YamlNode.Mapping mapping) {
                    checkName(mapping, section);
                }
            }
            if (sequence.items().isEmpty()) {
                return;
            }
        }
        problems.warning(
                entry.get().place(),
                "The section '%s' is kept, but nothing is started from it.".formatted(section),
                "");
    }

    private void checkName(YamlNode.Mapping mapping, String section) {
        mapping.entries().stream()
                .filter(entry -> entry.key().equalsIgnoreCase("name"))
                .filter(entry -> entry.value() instanceof YamlNode.Scalar name && !Names.namesPart(name.text()))
                .forEach(entry -> problems.error(
                        entry.value().place(),
                        "Invalid %s name: %s".formatted(section, entry.value().noun()),
                        Names.PART_RULE));
    }

    private YamlNode packages(YamlNode node, Optional<YamlNode.Entry> fallback) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            return node;
        }
        Loose packages = new Loose(mapping, "a package list");
        Native out = new Native(mapping.place());
        packages.move("manager", "manager", out);
        packages.move("names", "names", out);
        packages.finish();
        if (!out.has("manager")) {
            fallback.ifPresent(manager -> out.put("manager", manager.place(), manager.value()));
        }
        return out.mapping();
    }

    private YamlNode source(YamlNode node) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            return node;
        }
        Loose volume = new Loose(mapping, "a volume");
        Native source = new Native(mapping.place());
        volume.move("name", "name", source);
        volume.move("mountPath", "mountPath", source);
        volume.flag("readOnly", "readOnly", source);
        volume.flag("isLibDir", "library", source);
        volume.take("isTrainLogDir");
        Optional<YamlNode.Entry> local = volume.take("isWorkspaceLocal");
        Optional<YamlNode.Entry> subPath = volume.take("subPath");
        for (Map.Entry<String, String> kind : KINDS.entrySet()) {
            volume.take(kind.getKey()).ifPresent(entry -> kind(entry, kind.getValue(), source, local, subPath));
        }
        subPath.filter(_ -> !source.usedSubPath)
                .ifPresent(entry -> source.put("subPath", entry.place(), entry.value()));
        volume.finish();
        return source.mapping();
    }

    private void kind(
            YamlNode.Entry entry,
            String kind,
            Native source,
            Optional<YamlNode.Entry> local,
            Optional<YamlNode.Entry> subPath) {
        YamlNode value = entry.value();
        if (!settings.kinds().contains(kind)) {
            problems.warning(
                    entry.place(),
                    "This server has no sources of kind '%s'; the source is kept but cannot be mounted."
                            .formatted(entry.key()),
                    "");
        } else if (kind.equals(STORAGE)) {
            value = storage(entry, local, subPath);
            source.usedSubPath = true;
        } else if (value instanceof YamlNode.Mapping mapping) {
            value = settings(mapping, kind);
        }
        source.put(kind, entry.place(), value);
    }

    /// The setting that a key of a volume's kind means.
    static Optional<String> component(SourceSettings settings, String kind, String key) {
        return settings.component(kind, key)
                .or(() -> Optional.ofNullable(SETTING_NAMES.get(key.toLowerCase(Locale.ROOT)))
                        .flatMap(name -> settings.component(kind, name)));
    }

    /// There is one storage here, so which one is meant does not matter; the path in it stands beside the
    /// kind.
    private static YamlNode storage(
            YamlNode.Entry entry, Optional<YamlNode.Entry> local, Optional<YamlNode.Entry> subPath) {
        Native out = new Native(entry.value().place());
        subPath.ifPresent(path -> out.put("path", path.place(), path.value()));
        local.filter(flag -> Boolean.TRUE.equals(plainFlag(flag.value()).value()))
                .ifPresent(flag -> out.put("shared", flag.place(), new YamlNode.Scalar("false", true, flag.place())));
        return out.mapping();
    }

    private YamlNode settings(YamlNode.Mapping mapping, String kind) {
        Native out = new Native(mapping.place());
        for (YamlNode.Entry entry : mapping.entries()) {
            Optional<String> component = component(settings, kind, entry.key());
            if (component.isEmpty()) {
                unknown(entry, "'%s'".formatted(kind), "");
            } else {
                out.put(component.get(), entry.place(), plainFlag(entry.value()));
            }
        }
        return out.mapping();
    }

    YamlNode.Mapping task(YamlNode.Mapping mapping) {
        Loose given = new Loose(mapping, "an MLApp task");
        Native task = new Native(mapping.place());
        given.move("name", "name", task);
        given.move("type", "type", task);
        List.of("labels", "version", "revision").forEach(given::take);
        given.take("timeoutMinutes").ifPresent(entry -> task.put("scheduleTimeout", entry.place(), minutes(entry)));
        given.move("scheduleTimeoutSeconds", "scheduleTimeout", task);
        given.list("resources", "roles", task, this::role);
        Native pins = new Native(mapping.place());
        for (String list : List.of("gitRevisions", "datasetRevisions", "modelRevisions")) {
            given.take(list).ifPresent(entry -> pins(entry, pins));
        }
        if (!pins.entries.isEmpty()) {
            task.put("pins", mapping.place(), pins.mapping());
        }
        given.finish();
        return task.mapping();
    }

    private static YamlNode minutes(YamlNode.Entry entry) {
        boolean whole = entry.value() instanceof YamlNode.Scalar scalar
                && WHOLE.matcher(scalar.text()).matches();
        if (!whole) {
            return entry.value();
        }
        YamlNode.Scalar scalar = (YamlNode.Scalar) entry.value();
        boolean none = scalar.text().matches("0+");
        return new YamlNode.Scalar(none ? "" : scalar.text() + "m", true, scalar.place());
    }

    private void pins(YamlNode.Entry list, Native pins) {
        if (!(list.value() instanceof YamlNode.Sequence sequence)) {
            return;
        }
        for (YamlNode item : sequence.items()) {
            if (item instanceof YamlNode.Mapping mapping) {
                Loose revision = new Loose(mapping, "a revision");
                Optional<YamlNode.Entry> volume = revision.take("volumeName");
                Optional<YamlNode.Entry> value = revision.take("revision");
                revision.finish();
                if (volume.isPresent() && value.isPresent() && volume.get().value() instanceof YamlNode.Scalar name) {
                    pins.put(name.text(), name.place(), value.get().value());
                }
            }
        }
    }

    private YamlNode role(YamlNode node) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            return node;
        }
        Loose resource = new Loose(mapping, "a task resource");
        Native role = new Native(mapping.place());
        for (String key : List.of("name", "replicas", "command", "args", "workDir", "port", "restartPolicy", "nodes")) {
            resource.move(key, key, role);
        }
        resource.move("maxRestartCount", "restarts", role);
        resource.flag("is_permanent", "permanent", role);
        resource.structure("images", "images").ifPresent(images -> {
            Native out = new Native(images.mapping.place());
            images.move("cpu", "cpu", out);
            images.move("gpu", "gpu", out);
            images.finish();
            role.put("images", images.mapping.place(), out.mapping());
        });
        resource.structure("resources", "resources").ifPresent(amounts -> amounts(amounts, role));
        resource.list("env", "env", role, this::variable);
        resource.flag("default_volume_mapping", "mountAll", role);
        if (!role.has("mountAll")) {
            role.put("mountAll", mapping.place(), new YamlNode.Scalar("false", true, mapping.place()));
        }
        resource.list("volumes", "mounts", role, this::mount);
        resource.take("labels");
        resource.unused("default_mount_path", "Give the mounts absolute paths.");
        resource.unused("autoscale", "The number of replicas stays as it is.");
        resource.unused("allowFail", "It was replaced by 'is_permanent'.");
        resource.finish();
        return role.mapping();
    }

    private void amounts(Loose given, Native role) {
        Native asked = new Native(given.mapping.place());
        given.structure("requests", "requests").ifPresent(requests -> {
            requests.move("cpu", "cpu", asked);
            requests.move("memory", "memory", asked);
            requests.finish();
        });
        given.structure("accelerators", "accelerators").ifPresent(accelerators -> {
            accelerators.move("gpu", "gpu", asked);
            accelerators.finish();
        });
        given.structure("limits", "limits").ifPresent(limits -> {
            Native out = new Native(limits.mapping.place());
            limits.move("cpu", "cpu", out);
            limits.move("memory", "memory", out);
            limits.finish();
            role.put("limits", limits.mapping.place(), out.mapping());
        });
        given.finish();
        role.put("resources", given.mapping.place(), asked.mapping());
    }

    private YamlNode variable(YamlNode node) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            return node;
        }
        Loose variable = new Loose(mapping, "an environment variable");
        Native out = new Native(mapping.place());
        variable.move("name", "name", out);
        variable.move("value", "value", out);
        variable.unused("valueFromSecret", "Give the value.");
        variable.unused("secretKey", "Give the value.");
        variable.finish();
        return out.mapping();
    }

    private YamlNode mount(YamlNode node) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            return node;
        }
        Loose volume = new Loose(mapping, "a mounted volume");
        Native mount = new Native(mapping.place());
        volume.move("name", "source", mount);
        volume.move("mountPath", "path", mount);
        volume.flag("readOnly", "readOnly", mount);
        volume.move("subPath", "subPath", mount);
        volume.move("gitRevision", "revision", mount);
        volume.finish();
        return mount.mapping();
    }

    private void unknown(YamlNode.Entry entry, String noun, String remedy) {
        problems.warning(
                entry.place(),
                "The key '%s' of %s is not known and is ignored.".formatted(Fields.shortened(entry.key()), noun),
                remedy);
    }

    private static YamlNode plainFlag(YamlNode node) {
        if (node instanceof YamlNode.Scalar scalar && scalar.plain()) {
            String word = YES_OR_NO.get(scalar.text().toLowerCase(Locale.ROOT));
            return word == null ? scalar : new YamlNode.Scalar(word, true, scalar.place());
        }
        return node;
    }

    /// What is being built.
    private static final class Native {
        private final Place place;
        private final List<YamlNode.Entry> entries = new ArrayList<>();
        private boolean usedSubPath;

        Native(Place place) {
            this.place = place;
        }

        void put(String key, Place at, YamlNode value) {
            if (!has(key)) {
                entries.add(new YamlNode.Entry(key, at, value));
            }
        }

        boolean has(String key) {
            return entries.stream().anyMatch(entry -> entry.key().equals(key));
        }

        YamlNode.Mapping mapping() {
            return new YamlNode.Mapping(entries, place);
        }
    }

    private interface Each {
        YamlNode translate(YamlNode node);
    }

    /// A mapping whose keys are found in any case.
    private final class Loose {
        private final YamlNode.Mapping mapping;
        private final String noun;
        private final Map<String, YamlNode.Entry> left = new HashMap<>();

        Loose(YamlNode.Mapping mapping, String noun) {
            this.mapping = mapping;
            this.noun = noun;
            for (YamlNode.Entry entry : mapping.entries()) {
                YamlNode.@Nullable Entry first = left.putIfAbsent(entry.key().toLowerCase(Locale.ROOT), entry);
                if (first != null) {
                    problems.error(
                            entry.place(),
                            "The key '%s' is given twice; the first, '%s', is on line %d."
                                    .formatted(
                                            Fields.shortened(entry.key()),
                                            Fields.shortened(first.key()),
                                            first.place().line()),
                            "Remove one of them.");
                }
            }
        }

        Optional<YamlNode.Entry> take(String key) {
            return Optional.ofNullable(left.remove(key.toLowerCase(Locale.ROOT)));
        }

        void move(String from, String to, Native target) {
            take(from).ifPresent(entry -> target.put(to, entry.place(), entry.value()));
        }

        void flag(String from, String to, Native target) {
            take(from).ifPresent(entry -> target.put(to, entry.place(), plainFlag(entry.value())));
        }

        void list(String from, String to, Native target, Each each) {
            take(from).ifPresent(entry -> {
                YamlNode value = entry.value();
                if (value instanceof YamlNode.Sequence sequence) {
                    value = new YamlNode.Sequence(
                            sequence.items().stream().map(each::translate).toList(), sequence.place());
                }
                target.put(to, entry.place(), value);
            });
        }

        Optional<Loose> structure(String key, String innerNoun) {
            Optional<YamlNode.Entry> entry = take(key);
            if (entry.isEmpty() || (entry.get().value() instanceof YamlNode.Scalar scalar && scalar.absent())) {
                return Optional.empty();
            }
            if (entry.get().value() instanceof YamlNode.Mapping inner) {
                return Optional.of(new Loose(inner, innerNoun));
            }
            problems.error(
                    entry.get().value().place(),
                    "'%s' must be a mapping, but is %s."
                            .formatted(key, entry.get().value().noun()),
                    "");
            return Optional.empty();
        }

        /// A key that is known but has no effect here.
        void unused(String key, String remedy) {
            take(key)
                    .ifPresent(entry -> problems.warning(
                            entry.place(), "The key '%s' of %s has no effect.".formatted(entry.key(), noun), remedy));
        }

        void finish() {
            left.values().forEach(entry -> unknown(entry, noun, ""));
        }
    }
}
