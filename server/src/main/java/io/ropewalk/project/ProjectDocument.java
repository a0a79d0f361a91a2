package io.ropewalk.project;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The normal form of a project's document, whatever it was written as: every default filled in, every
/// amount in one
/// unit.
///
/// @param summary Markdown
/// @param defaultMountPath the absolute path below which relative mount paths are
/// @param readOnly whether sources are mounted read-only unless they say otherwise
/// @param forms as they were written
public record ProjectDocument(
        Kind kind,
        String name,
        String title,
        String summary,
        Map<String, String> labels,
        String defaultMountPath,
        boolean readOnly,
        List<Source> sources,
        List<Packages> packages,
        List<Task> tasks,
        @Nullable Object forms) {
    static final String DEFAULT_MOUNT_PATH = "/project";

    public ProjectDocument {
        labels = ordered(labels);
        sources = List.copyOf(sources);
        packages = List.copyOf(packages);
        tasks = List.copyOf(tasks);
    }

    public enum Kind {
        @JsonProperty("Project")
        PROJECT
    }

    ProjectDocument withSources(List<Source> others) {
        return new ProjectDocument(
                kind, name, title, summary, labels, defaultMountPath, readOnly, others, packages, tasks, forms);
    }

    /// The same with this task only.
    public ProjectDocument with(Task only) {
        return new ProjectDocument(
                kind,
                name,
                title,
                summary,
                labels,
                defaultMountPath,
                readOnly,
                sources,
                packages,
                List.of(only),
                forms);
    }

    public Optional<Source> source(String source) {
        return sources.stream().filter(known -> known.name().equals(source)).findFirst();
    }

    public Optional<Task> task(String task) {
        return tasks.stream().filter(known -> known.name().equals(task)).findFirst();
    }

    /// What a role mounts, with every default filled in.
    public List<EffectiveMount> mountsOf(Role role) {
        List<EffectiveMount> mounts = new ArrayList<>();
        if (role.mountAll()) {
            for (Source source : sources) {
                mounts.add(effective(source, new Mount(source.name(), null, null, null, null)));
            }
        } else {
            for (Mount mount : role.mounts()) {
                source(mount.source()).ifPresent(source -> mounts.add(effective(source, mount)));
            }
        }
        return mounts;
    }

    private EffectiveMount effective(Source source, Mount mount) {
        String path = source.name();
        if (source.mountPath() != null) {
            path = source.mountPath();
        }
        if (mount.path() != null) {
            path = mount.path();
        }
        boolean protectedMount = readOnly || source.readOnly() || Boolean.TRUE.equals(mount.readOnly());
        return new EffectiveMount(
                source,
                path.startsWith("/") ? path : joined(defaultMountPath, path),
                joined(
                        source.subPath() == null ? "" : source.subPath(),
                        mount.subPath() == null ? "" : mount.subPath()),
                protectedMount,
                mount.revision() == null ? "" : mount.revision());
    }

    private static String joined(String first, String second) {
        if (first.isEmpty() || second.isEmpty()) {
            return first + second;
        }
        return first.endsWith("/") ? first + second : first + "/" + second;
    }

    /// A source as a role finds it.
    ///
    /// @param path absolute
    /// @param subPath what of the source is shown there; empty for all
    /// @param revision what the mount asks for; empty when it leaves that to the task and the source
    public record EffectiveMount(Source source, String path, String subPath, boolean readOnly, String revision) {}

    /// Where files come from or go to.
    ///
    /// @param kind the type of source, such as `git`
    /// @param settings as written, with the keys of the type's settings
    /// @param library whether programs find modules in it without asking
    public record Source(
            String name,
            String kind,
            Map<String, Object> settings,
            @Nullable String mountPath,
            @Nullable String subPath,
            boolean readOnly,
            boolean library) {
        public Source {
            settings = ordered(settings);
        }

        Source withSettings(Map<String, Object> others) {
            return new Source(name, kind, others, mountPath, subPath, readOnly, library);
        }
    }

    /// Software that the project wants installed.
    public record Packages(String manager, List<String> names) {
        public Packages {
            names = List.copyOf(names);
        }
    }

    static <V> Map<String, V> ordered(Map<String, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
