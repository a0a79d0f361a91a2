package io.ropewalk.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.project.Projects;
import io.ropewalk.spi.executor.EnvironmentValue;
import io.ropewalk.spi.executor.Launch;
import io.ropewalk.spi.executor.ReplicaId;
import io.ropewalk.spi.source.SourceType.Pin;
import io.ropewalk.support.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Shows what a run was started with.
final class RunSpecifications {
    private static final Set<String> SECRET = Set.of("WORKSPACE_SECRET", "ROPEWALK_TOKEN");

    private final LaunchBuilder builder;
    private final RunDirectories directories;
    private final Projects projects;

    /// What a run was started with.
    ///
    /// @param document without what is secret in the settings of sources
    /// @param environment the variables of each role's first replica; values in angle brackets are filled in
    ///     at the start
    public record View(
            JsonNode task,
            JsonNode document,
            @Nullable String revision,
            Map<String, Object> parameters,
            Map<String, Pin> pins,
            List<RoleEnvironment> environment) {}

    public record RoleEnvironment(String role, String command, String workDir, Map<String, String> variables) {}

    RunSpecifications(LaunchBuilder builder, RunDirectories directories, Projects projects) {
        this.builder = builder;
        this.directories = directories;
        this.projects = projects;
    }

    View view(Run run) {
        return new View(
                Json.MAPPER.valueToTree(run.specification().task()),
                Json.MAPPER.valueToTree(projects.masked(run.specification().document())),
                run.origin().revision(),
                run.specification().parameters(),
                run.specification().pins(),
                run.kind() == Run.Kind.TRACKED ? List.of() : environments(run));
    }

    private List<RoleEnvironment> environments(Run run) {
        Launch launch =
                builder.describe(run, new LaunchBuilder.Ready(directories.of(run.id()), Map.of(), Map.of(), "…"));
        List<RoleEnvironment> roles = new ArrayList<>();
        for (Launch.Replica replica : launch.replicas()) {
            ReplicaId id = replica.id();
            if (id.index() == 0) {
                Map<String, String> variables = new LinkedHashMap<>();
                replica.environment()
                        .forEach(variable -> variables.put(
                                variable.name(), SECRET.contains(variable.name()) ? "…" : text(variable.value())));
                roles.add(new RoleEnvironment(id.role(), replica.command(), replica.workDir(), variables));
            }
        }
        return roles;
    }

    private static String text(EnvironmentValue value) {
        return switch (value) {
            case EnvironmentValue.Literal(String text) -> text;
            case EnvironmentValue.PeerList(String role, boolean ports) ->
                "<addresses of %s%s>".formatted(role, ports ? " with ports" : "");
            case EnvironmentValue.OwnAddress() -> "<own address>";
            case EnvironmentValue.OwnPort() -> "<own port>";
            case EnvironmentValue.AllocatedGpus() -> "<given GPUs>";
            case EnvironmentValue.MountPath(String mount) -> "<path of %s>".formatted(mount);
            case EnvironmentValue.Joined(List<EnvironmentValue> parts) ->
                parts.stream().map(RunSpecifications::text).collect(Collectors.joining());
        };
    }
}
