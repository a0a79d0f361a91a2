package io.ropewalk.run;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.ropewalk.project.ProjectDocument;
import io.ropewalk.project.Role;
import io.ropewalk.project.Task;
import io.ropewalk.spi.executor.ReplicaId;
import io.ropewalk.spi.executor.Resources;
import io.ropewalk.spi.source.SourceType.Pin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything that was asked for when a run was submitted, with all that may move nailed down.
///
/// @param document the project's document, reduced to the one task and what it uses
/// @param parameters the task's, with those of the request over them
/// @param pins what each source stood for
public record RunSpecification(ProjectDocument document, Map<String, Object> parameters, Map<String, Pin> pins) {
    public RunSpecification {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        pins = Collections.unmodifiableMap(new LinkedHashMap<>(pins));
    }

    /// Of work that this server does not run.
    static RunSpecification tracked(String project, String task, Map<String, Object> parameters) {
        Task only =
                new Task(task, Task.Type.GENERAL, null, null, Map.of(), null, null, null, null, List.of(), Map.of());
        ProjectDocument document = new ProjectDocument(
                ProjectDocument.Kind.PROJECT,
                project,
                "",
                "",
                Map.of(),
                "/",
                false,
                List.of(),
                List.of(),
                List.of(only),
                null);
        return new RunSpecification(document, parameters, Map.of());
    }

    /// So much more for each replica of every role that says how much it needs.
    RunSpecification withMoreMemory(long bytes) {
        Task more = task().with(task().roles().stream()
                .map(role -> role.withMoreMemory(bytes))
                .toList());
        return new RunSpecification(document.with(more), parameters, pins);
    }

    @JsonIgnore
    public Task task() {
        return document.tasks().getFirst();
    }

    Role role(String name) {
        return task().roles().stream()
                .filter(role -> role.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /// What all replicas ask for together.
    Resources requested() {
        return task().roles().stream()
                .map(role -> role.resources().times(role.replicas()))
                .reduce(Resources.NONE, Resources::plus);
    }

    List<ReplicaId> replicaIds() {
        List<ReplicaId> ids = new ArrayList<>();
        for (Role role : task().roles()) {
            for (int i = 0; i < role.replicas(); i++) {
                ids.add(new ReplicaId(role.name(), i));
            }
        }
        return ids;
    }

    /// Whether a replica decides how the run ends. When all roles are permanent, all do.
    boolean decides(ReplicaId replica) {
        return !role(replica.role()).permanent() || task().roles().stream().allMatch(Role::permanent);
    }

    int restarts(ReplicaId replica) {
        return role(replica.role()).restarts();
    }

    Optional<Duration> scheduleTimeout() {
        return Optional.ofNullable(task().scheduleTimeout()).map(Duration::ofSeconds);
    }

    Optional<Duration> timeout() {
        return Optional.ofNullable(task().timeout()).map(Duration::ofSeconds);
    }
}
