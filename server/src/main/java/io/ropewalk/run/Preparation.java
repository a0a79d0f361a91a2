package io.ropewalk.run;

import io.ropewalk.access.Tokens;
import io.ropewalk.environment.EnvironmentSpec;
import io.ropewalk.environment.Environments;
import io.ropewalk.project.ProjectDocument.EffectiveMount;
import io.ropewalk.project.ProjectDocument.Packages;
import io.ropewalk.project.ProjectDocument.Source;
import io.ropewalk.project.Role;
import io.ropewalk.project.Task;
import io.ropewalk.source.Prepared;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.executor.Launch;
import io.ropewalk.spi.executor.Mount.Access;
import io.ropewalk.spi.executor.ReplicaId;
import io.ropewalk.spi.source.SourceType.Pin;
import io.ropewalk.support.failpoint.Failpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Makes ready what a run needs before it can be started: its directory, its sources' files, its environment.
/// Doing it again finds what is there and gives the same launch.
final class Preparation {
    private final RunDirectories directories;
    private final RunSources sources;
    private final Environments environments;
    private final Tokens tokens;
    private final LaunchBuilder builder;

    /// A run cannot be started, and a person must do something about it.
    static final class Failed extends Exception {
        private final FailureCause failure;
        private final String reason;
        private final String component;

        Failed(FailureCause failure, String reason, String component, RopewalkException why) {
            super(why.getMessage(), why);
            this.failure = failure;
            this.reason = reason;
            this.component = component;
        }

        FailureCause failure() {
            return failure;
        }

        String reason() {
            return reason;
        }

        String component() {
            return component;
        }
    }

    Preparation(
            RunDirectories directories,
            RunSources sources,
            Environments environments,
            Tokens tokens,
            LaunchBuilder builder) {
        this.directories = directories;
        this.sources = sources;
        this.environments = environments;
        this.tokens = tokens;
        this.builder = builder;
    }

    /// Where a run's files are.
    Path directory(Run run) {
        return directories.of(run.id());
    }

    Launch launch(Run run, Map<ReplicaId, Integer> attempts, Consumer<String> progress) throws Failed {
        Path directory = directories.make(run.id(), !inUse(run.specification()).isEmpty());
        Failpoints.START_DIRECTORY.reached();
        Map<String, Prepared> files = sources(run, progress);
        Map<String, String> variables = environment(run, files, progress);
        Failpoints.START_PREPARED.reached();
        LaunchBuilder.Ready ready = new LaunchBuilder.Ready(directory, files, variables, tokens.ofRun(run.id()));
        try {
            return builder.build(run, ready, attempts);
        } catch (RopewalkException e) {
            throw new Failed(FailureCause.SOURCE_MISSING, "FailedMount", "run", e);
        }
    }

    private Map<String, Prepared> sources(Run run, Consumer<String> progress) throws Failed {
        Map<String, Prepared> files = new LinkedHashMap<>();
        for (Source source : inUse(run.specification())) {
            Pin pin = run.specification().pins().getOrDefault(source.name(), Pin.NOTHING);
            try {
                files.put(source.name(), sources.prepare(run.home(), source, pin, progress));
            } catch (RopewalkException e) {
                throw new Failed(FailureCause.SOURCE_MISSING, "FailedMount", "source " + source.name(), e);
            }
        }
        return files;
    }

    static List<Source> inUse(RunSpecification specification) {
        return specification.task().roles().stream()
                .flatMap(role -> specification.document().mountsOf(role).stream())
                .map(EffectiveMount::source)
                .distinct()
                .toList();
    }

    private Map<String, String> environment(Run run, Map<String, Prepared> files, Consumer<String> progress)
            throws Failed {
        Task task = run.specification().task();
        List<Packages> packages = run.specification().document().packages();
        Task.Environment wanted = task.environment();
        if (wanted == null && packages.isEmpty()) {
            return Map.of();
        }
        try {
            String python = wanted == null ? "" : wanted.python();
            String requirements = wanted == null || wanted.requirements() == null
                    ? ""
                    : requirements(run, files, wanted.requirements());
            List<EnvironmentSpec.Packages> all = new ArrayList<>();
            packages.forEach(each -> all.add(new EnvironmentSpec.Packages(each.manager(), each.names())));
            if (wanted != null) {
                all.add(new EnvironmentSpec.Packages("pip", wanted.packages()));
            }
            return environments
                    .prepare(new EnvironmentSpec(python, requirements, all), progress)
                    .variables();
        } catch (RopewalkException e) {
            throw new Failed(FailureCause.ENVIRONMENT_FAILED, "EnvironmentFailed", "environment", e);
        }
    }

    /// A requirements file is named by a path in a source, with or without the source's name before it.
    private static String requirements(Run run, Map<String, Prepared> files, String path) {
        int slash = path.indexOf('/');
        Prepared named = slash < 0 ? null : files.get(path.substring(0, slash));
        if (named != null) {
            Optional<String> text = read(named, path.substring(slash + 1));
            if (text.isPresent()) {
                return text.get();
            }
        }
        for (Role role : run.specification().task().roles()) {
            for (EffectiveMount use : run.specification().document().mountsOf(role)) {
                Prepared source = files.get(use.source().name());
                Optional<String> text = source == null
                        ? Optional.empty()
                        : read(source.beneath(use.source().name(), use.subPath()), path);
                if (text.isPresent()) {
                    return text.get();
                }
            }
        }
        throw new RopewalkException(
                ErrorCode.SOURCE_UNAVAILABLE,
                "No source of task '%s' has a file '%s'. Correct 'environment: {requirements: …}', or upload the file."
                        .formatted(run.task(), path));
    }

    /// The text of a file that really lies inside a source, through no link that leads out of it.
    private static Optional<String> read(Prepared source, String path) {
        if (!(source instanceof Prepared.Directory(Path directory, Access _))) {
            return Optional.empty();
        }
        try {
            Path file = directory.resolve(path.replaceFirst("^/+", ""));
            boolean inside = Files.isRegularFile(file) && file.toRealPath().startsWith(directory.toRealPath());
            return inside ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (CharacterCodingException | InvalidPathException e) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "The requirements file '%s' is no text file in UTF-8. Correct 'environment: {requirements: …}'."
                            .formatted(path),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
