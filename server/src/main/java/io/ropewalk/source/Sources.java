package io.ropewalk.source;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.executor.Mount;
import io.ropewalk.spi.source.Snapshots;
import io.ropewalk.spi.source.SourceContext;
import io.ropewalk.spi.source.SourceType;
import io.ropewalk.spi.source.SourceType.Delivery;
import io.ropewalk.spi.source.SourceType.Pin;
import io.ropewalk.spi.source.SourceType.Progress;
import io.ropewalk.support.archive.EntryPath;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What can be done with a source, whatever its kind.
public final class Sources {
    private static final String REVISION = "revision";

    private final Map<String, Known<?>> kinds = new LinkedHashMap<>();
    private final MaterialisedTrees trees;
    private final Snapshots snapshots;
    private final Directories directories;

    /// Where sources find and keep files on this machine.
    ///
    /// @param storageRoot of the workspace storage
    /// @param allowedHostPaths what the operator lets projects use
    /// @param cache for what can be fetched again
    public record Directories(Path storageRoot, List<Path> allowedHostPaths, Path cache) {
        public Directories {
            allowedHostPaths = List.copyOf(allowedHostPaths);
        }
    }

    /// A kind of source, for forms and documentation.
    public record Kind(String kind, String description, JsonNode schema) {}

    private record Known<S extends Record>(SourceType<S> type, SourceSettings<S> settings) {
        static <S extends Record> Known<S> of(SourceType<S> type) {
            return new Known<>(type, new SourceSettings<>(type.kind(), type.settings()));
        }
    }

    public Sources(List<SourceType<?>> types, MaterialisedTrees trees, Snapshots snapshots, Directories directories) {
        for (SourceType<?> type : types) {
            if (kinds.putIfAbsent(type.kind(), Known.of(type)) != null) {
                throw new IllegalStateException("two extensions bring the source kind '" + type.kind() + "'");
            }
        }
        this.trees = trees;
        this.snapshots = snapshots;
        this.directories = directories;
    }

    public List<Kind> kinds() {
        return kinds.values().stream()
                .map(known -> new Kind(
                        known.type().kind(),
                        known.type().description(),
                        known.settings().schema()))
                .toList();
    }

    /// Refuses a definition whose kind or settings are wrong, without looking at the world outside.
    public void check(SourceDefinition definition) {
        Known<?> known = known(definition);
        definition.naming(() -> known.settings().convert(definition.settings()));
    }

    /// Finds out what the source stands for now; asks the outside where it must.
    public Pin pin(ProjectSource source) {
        return pin(known(source.definition()), source);
    }

    /// The same for a revision that somebody asks for, instead of what the settings say.
    public Pin pin(ProjectSource source, String revision) {
        if (revision.isEmpty()) {
            return pin(source);
        }
        SourceDefinition definition = source.definition();
        if (!known(definition).settings().has(REVISION)) {
            throw definition.named(new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "A source of this kind has no revisions, so '%s' cannot be asked for. Leave it out."
                            .formatted(EntryPath.shown(revision))));
        }
        Map<String, Object> settings = new LinkedHashMap<>(definition.settings());
        settings.put(REVISION, revision);
        return pin(new ProjectSource(source.place(), definition.with(settings)));
    }

    /// Brings about that the files of a pinned source are on this machine. May be called again and again,
    /// and gives the same files as long as they are not changed by who can write to them.
    public Prepared prepare(ProjectSource source, Pin pin, Progress progress) {
        return prepare(known(source.definition()), source, pin, progress);
    }

    /// The settings as they may be shown: secrets are masked, and everything is where the kind is not known.
    Map<String, Object> shown(SourceDefinition definition) {
        Known<?> known = kinds.get(definition.kind());
        return known == null
                ? SourceSettings.allHidden(definition.settings())
                : known.settings().shown(definition.settings());
    }

    String description(SourceDefinition definition) {
        Known<?> known = kinds.get(definition.kind());
        return known == null ? "" : known.type().description();
    }

    private <S extends Record> Pin pin(Known<S> known, ProjectSource source) {
        return source.definition()
                .naming(() -> known.type()
                        .pin(known.settings().convert(source.definition().settings()), context(source)));
    }

    private <S extends Record> Prepared prepare(Known<S> known, ProjectSource source, Pin pin, Progress progress) {
        Prepared prepared = source.definition().naming(() -> {
            S settings = known.settings().convert(source.definition().settings());
            return switch (known.type().deliver(settings, pin, context(source))) {
                case Delivery.Bind bind ->
                    new Prepared.Directory(
                            bind.directory(), bind.readOnly() ? Mount.Access.READ_ONLY : Mount.Access.READ_WRITE);
                case Delivery.Fetch fetch ->
                    new Prepared.Directory(
                            trees.tree(source.place().projectId(), fetch.key(), fetch.writer(), progress),
                            Mount.Access.PRIVATE);
                case Delivery.Scratch _ -> new Prepared.Scratch();
            };
        });
        return source.definition().readOnly() ? prepared.readOnly() : prepared;
    }

    private SourceContext context(ProjectSource source) {
        ProjectPlace place = source.place();
        return new SourceContext(
                place.workspaceId(),
                place.workspace(),
                place.project(),
                place.projectId(),
                source.definition().name(),
                directories.storageRoot(),
                directories.allowedHostPaths(),
                directories.cache(),
                snapshots);
    }

    private Known<?> known(SourceDefinition definition) {
        Known<?> known = kinds.get(definition.kind());
        if (known == null) {
            throw new RopewalkException(
                    ErrorCode.INVALID_DOCUMENT,
                    "The source '%s' is of kind '%s', which this server does not know. Known are %s."
                            .formatted(
                                    EntryPath.shown(definition.name()),
                                    EntryPath.shown(definition.kind()),
                                    SourceSettings.listed(kinds)));
        }
        return known;
    }
}
