package io.ropewalk.project;

import io.ropewalk.project.ProjectDocument.Packages;
import io.ropewalk.project.ProjectDocument.Source;
import io.ropewalk.spi.source.SourceType;
import io.ropewalk.support.yaml.Place;
import io.ropewalk.support.yaml.Yaml;
import io.ropewalk.support.yaml.YamlNode;
import io.ropewalk.support.yaml.YamlReading;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads project documents. Thread-safe.
///
/// The native form (`kind: Project`, or no kind) is read strictly: an unknown key is an error. The `MLApp`
/// form is
/// read as its own tools read it: keys in any case, unknown keys are warnings; it is first translated to
/// the native
/// form, so that both follow the same rules from there.
public final class DocumentReader {
    private final SourceSettings settings;
    private final ProjectSchema schema;

    public DocumentReader(List<? extends SourceType<?>> types) {
        this.settings = new SourceSettings(types);
        this.schema = new ProjectSchema(types);
    }

    /// The JSON schema of the native form, for editors.
    ProjectSchema schema() {
        return schema;
    }

    /// The settings of a source without what is secret.
    Map<String, Object> masked(Source source) {
        return settings.masked(source);
    }

    /// A saved text without what is secret.
    String masked(String text) {
        return new SecretsOfText(settings).masked(text);
    }

    public Reading<ProjectDocument> read(String text) {
        Problems problems = new Problems();
        Optional<YamlNode.Mapping> root = mapping(text, "project document", problems);
        Optional<ProjectDocument> document = root.flatMap(mapping -> project(mapping, problems));
        return new Reading<>(problems.anyError() ? Optional.empty() : document, problems.sorted());
    }

    /// Reads one task that is not in the project's document but uses its sources.
    public Reading<Task> readTask(String text, ProjectDocument project) {
        Problems problems = new Problems();
        Optional<YamlNode.Mapping> root = mapping(text, "task", problems);
        Optional<Task> task = root.map(mapping -> MlappTranslation.isTask(mapping)
                        ? new MlappTranslation(settings, problems).task(mapping)
                        : mapping)
                .flatMap(mapping -> Fields.of(mapping, Keys.TASK, problems))
                .flatMap(
                        fields -> new TaskReader(problems, project.defaultMountPath(), project.sources()).read(fields));
        return new Reading<>(problems.anyError() ? Optional.empty() : task, problems.sorted());
    }

    private static Optional<YamlNode.Mapping> mapping(String text, String noun, Problems problems) {
        YamlReading yaml = Yaml.read(text);
        yaml.problems().forEach(problem -> problems.error(problem.place(), problem.message(), problem.remedy()));
        if (yaml.root().isPresent() && yaml.root().get() instanceof YamlNode.Mapping root) {
            return Optional.of(root);
        }
        boolean empty =
                yaml.root().isEmpty() || (yaml.root().get() instanceof YamlNode.Scalar scalar && scalar.absent());
        Place place = yaml.root().map(YamlNode::place).orElse(new Place(1, 1, null, ""));
        if (!empty) {
            problems.error(
                    place,
                    "A %s is a mapping, but this is %s."
                            .formatted(noun, yaml.root().get().noun()),
                    "Start with 'name: …'.");
        } else if (yaml.problems().isEmpty()) {
            problems.error(place, "The %s is empty.".formatted(noun), "Start with 'name: …'.");
        }
        return Optional.empty();
    }

    private Optional<ProjectDocument> project(YamlNode.Mapping root, Problems problems) {
        Optional<YamlNode.Entry> kind = root.entries().stream()
                .filter(entry -> entry.key().equalsIgnoreCase("kind"))
                .findFirst();
        String word = kind.map(YamlNode.Entry::value)
                .filter(YamlNode.Scalar.class::isInstance)
                .map(value -> ((YamlNode.Scalar) value).text())
                .orElse("");
        boolean mlapp = word.equalsIgnoreCase(MlappTranslation.KIND);
        if (!mlapp && kind.isPresent() && !word.isEmpty() && !word.equals("Project")) {
            problems.error(
                    kind.get().value().place(),
                    "There is no kind of document '%s'.".formatted(Fields.shortened(word)),
                    "Write 'kind: Project', or 'kind: MLApp'.");
            return Optional.empty();
        }
        if (kind.isEmpty()
                && root.entry("spec").isPresent()
                && root.entry("metadata").isPresent()) {
            problems.error(root.place(), "The document has 'metadata' and 'spec' but no 'kind'.", "Add 'kind: MLApp'.");
            return Optional.empty();
        }
        YamlNode.Mapping form = mlapp ? new MlappTranslation(settings, problems).project(root) : root;
        return Fields.of(form, Keys.PROJECT, problems).flatMap(fields -> project(fields, mlapp, problems));
    }

    private Optional<ProjectDocument> project(Fields fields, boolean mlapp, Problems problems) {
        fields.text("kind");
        Optional<String> name = fields.name("name");
        name.filter(given -> !Names.namesProject(given))
                .ifPresent(given -> problems.error(
                        fields.valueOf("name"),
                        "Invalid project name: '%s'.".formatted(Fields.shortened(given)),
                        Names.PROJECT_RULE));
        String title = fields.text("title").filter(text -> !text.isBlank()).orElse(name.orElse(""));
        String summary = fields.text("summary").orElse("");
        Map<String, String> labels = fields.textMap("labels");
        boolean readOnly = fields.flag("readOnly", false);
        String mountPath = mountPath(fields, problems);
        List<Source> sources = sources(fields, mlapp, problems);
        List<Packages> packages = packages(fields, problems);
        List<Task> tasks = new ArrayList<>();
        Set<String> known = new HashSet<>();
        TaskReader reader = new TaskReader(problems, mountPath, sources);
        for (YamlNode item : fields.items("tasks")) {
            Fields.of(item, Keys.TASK, problems)
                    .flatMap(task ->
                            reader.read(task).filter(read -> unique("task", read.name(), task, known, problems)))
                    .ifPresent(tasks::add);
        }
        Object forms = fields.node("forms").map(YamlNode::value).orElse(null);
        fields.finish();
        return name.map(given -> new ProjectDocument(
                ProjectDocument.Kind.PROJECT,
                given,
                title,
                summary,
                labels,
                mountPath,
                readOnly,
                sources,
                packages,
                tasks,
                forms));
    }

    /// Whether this is the first thing of that name.
    static boolean unique(String noun, String name, Fields fields, Set<String> known, Problems problems) {
        if (known.add(name)) {
            return true;
        }
        problems.error(
                fields.valueOf("name"),
                "There is already a %s '%s'.".formatted(noun, name),
                "Give every %s a name of its own.".formatted(noun));
        return false;
    }

    /// A name of a source, task or role; empty, with a problem, when it is not one.
    static Optional<String> partName(String noun, Fields fields, Problems problems) {
        Optional<String> name = fields.name("name");
        if (name.isPresent() && !Names.namesPart(name.get())) {
            problems.error(
                    fields.valueOf("name"),
                    "Invalid %s name: '%s'".formatted(noun, Fields.shortened(name.get())),
                    Names.PART_RULE);
        }
        return name;
    }

    /// Reports a path that leads out of where it starts.
    static void refuseClimbing(String key, @Nullable String path, Fields fields, Problems problems) {
        if (path != null && List.of(path.split("/", -1)).contains("..")) {
            problems.error(
                    fields.valueOf(key),
                    "'%s' must not contain '..', but is '%s'.".formatted(key, Fields.shortened(path)),
                    "Name a place below the source or the mount path.");
        }
    }

    private static String mountPath(Fields fields, Problems problems) {
        String path = fields.text("defaultMountPath")
                .filter(text -> !text.isEmpty())
                .orElse(ProjectDocument.DEFAULT_MOUNT_PATH);
        refuseClimbing("defaultMountPath", path, fields, problems);
        if (!path.startsWith("/")) {
            problems.error(
                    fields.valueOf("defaultMountPath"),
                    "'defaultMountPath' must be an absolute path, but is '%s'.".formatted(Fields.shortened(path)),
                    "Start it with '/'.");
        }
        return path;
    }

    private List<Source> sources(Fields fields, boolean mlapp, Problems problems) {
        List<Source> sources = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (YamlNode item : fields.items("sources")) {
            Fields.of(item, Keys.SOURCE, problems)
                    .flatMap(source -> source(source, mlapp, problems)
                            .filter(read -> unique("source", read.name(), source, known, problems)))
                    .ifPresent(sources::add);
        }
        return sources;
    }

    private Optional<Source> source(Fields fields, boolean mlapp, Problems problems) {
        Optional<String> name = partName("source", fields, problems);
        String mountPath = fields.text("mountPath").orElse(null);
        String subPath = fields.text("subPath").orElse(null);
        refuseClimbing("mountPath", mountPath, fields, problems);
        refuseClimbing("subPath", subPath, fields, problems);
        boolean readOnly = fields.flag("readOnly", false);
        boolean library = fields.flag("library", false);
        Set<String> kinds = new HashSet<>(settings.kinds());
        if (mlapp) {
            kinds.addAll(MlappTranslation.KINDS.values());
        }
        fields.finish(kinds);
        List<YamlNode.Entry> given = fields.entries().stream()
                .filter(entry -> kinds.contains(entry.key()))
                .toList();
        if (given.size() != 1) {
            refuseKinds(given, name.orElse("?"), fields, problems);
            return Optional.empty();
        }
        YamlNode.Entry kind = given.getFirst();
        Map<String, Object> values = settings.read(kind, problems);
        boolean immutable = MlappTranslation.IMMUTABLE_KINDS.contains(kind.key());
        return name.map(
                given1 -> new Source(given1, kind.key(), values, mountPath, subPath, readOnly || immutable, library));
    }

    private void refuseKinds(List<YamlNode.Entry> given, String name, Fields fields, Problems problems) {
        String known = "The kinds are: %s.".formatted(String.join(", ", settings.kinds()));
        if (given.isEmpty()) {
            boolean wrongKey = fields.entries().stream()
                    .anyMatch(entry -> entry.value() instanceof YamlNode.Mapping
                            && Keys.SOURCE.key(entry.key()).isEmpty());
            problems.error(
                    fields.place(),
                    "The source '%s' has no kind that this server knows.".formatted(name),
                    wrongKey ? known : "Add one with its settings, such as 'emptyDir: {}'. " + known);
            return;
        }
        problems.error(
                given.get(1).place(),
                "The source '%s' has two kinds, '%s' and '%s'."
                        .formatted(name, given.get(0).key(), given.get(1).key()),
                "Make it two sources.");
    }

    private static List<Packages> packages(Fields fields, Problems problems) {
        Map<String, List<String>> byManager = new LinkedHashMap<>();
        for (YamlNode item : fields.items("packages")) {
            if (item instanceof YamlNode.Scalar scalar) {
                byManager.computeIfAbsent("pip", _ -> new ArrayList<>()).add(scalar.text());
                continue;
            }
            Fields.of(item, Keys.PACKAGES, problems).ifPresent(inner -> {
                String manager = inner.word("manager").orElse("pip");
                byManager.computeIfAbsent(manager, _ -> new ArrayList<>()).addAll(inner.texts("names"));
                inner.finish();
            });
        }
        List<Packages> packages = new ArrayList<>();
        byManager.forEach((manager, names) -> packages.add(new Packages(manager, names)));
        return packages;
    }
}
