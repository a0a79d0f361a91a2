package io.ropewalk.run;

import io.ropewalk.project.Names;
import io.ropewalk.project.ProjectDocument.EffectiveMount;
import io.ropewalk.project.Role;
import io.ropewalk.source.Prepared;
import io.ropewalk.spi.executor.EnvironmentValue;
import io.ropewalk.spi.executor.EnvironmentValue.AllocatedGpus;
import io.ropewalk.spi.executor.EnvironmentValue.Joined;
import io.ropewalk.spi.executor.EnvironmentValue.Literal;
import io.ropewalk.spi.executor.EnvironmentValue.MountPath;
import io.ropewalk.spi.executor.EnvironmentValue.OwnAddress;
import io.ropewalk.spi.executor.EnvironmentValue.OwnPort;
import io.ropewalk.spi.executor.EnvironmentValue.PeerList;
import io.ropewalk.spi.executor.Launch;
import io.ropewalk.spi.executor.Mount;
import io.ropewalk.spi.executor.ReplicaId;
import io.ropewalk.support.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Turns a run into what an executor is asked to start. A pure function: the same run gives the same launch.
final class LaunchBuilder {
    /// The mount that is the directory of all others, when there are any.
    private static final String ROOT = "ropewalk-root";

    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final Path pythonLibrary;
    private volatile String url = "";

    /// What has been made ready for a run.
    ///
    /// @param directory the run's own directory
    /// @param sources where each source's files are
    /// @param variables what its environment needs, such as `PATH`
    /// @param token what its programs call the server with
    record Ready(Path directory, Map<String, Prepared> sources, Map<String, String> variables, String token) {}

    /// @param pythonLibrary what belongs on `PYTHONPATH` for `import ropewalk`
    LaunchBuilder(Path pythonLibrary) {
        this.pythonLibrary = pythonLibrary;
    }

    /// Says where programs reach the server, which is known when it listens.
    void reachServerAt(String address) {
        url = address;
    }

    Launch build(Run run, Ready ready, Map<ReplicaId, Integer> attempts) {
        return build(run, ready, attempts, true);
    }

    /// The launch as far as it can be told without anything having been made ready: without mounts.
    Launch describe(Run run, Ready ready) {
        return build(run, ready, Map.of(), false);
    }

    private Launch build(Run run, Ready ready, Map<ReplicaId, Integer> attempts, boolean mounted) {
        List<Launch.Replica> replicas = new ArrayList<>();
        for (Role role : run.specification().task().roles()) {
            for (int i = 0; i < role.replicas(); i++) {
                ReplicaId id = new ReplicaId(role.name(), i);
                replicas.add(replica(run, ready, role, id, attempts.getOrDefault(id, 1), mounted));
            }
        }
        String name = run.home().project() + "-" + run.name();
        return new Launch(run.launch(), name, ready.directory(), replicas);
    }

    private Launch.Replica replica(Run run, Ready ready, Role role, ReplicaId id, int attempt, boolean mounted) {
        List<EffectiveMount> uses = run.specification().document().mountsOf(role);
        List<Mount> mounts = mounted ? mounts(run, ready, uses) : List.of();
        Map<String, EnvironmentValue> environment = environment(run, ready, role, id, uses);
        return new Launch.Replica(
                id,
                attempt,
                command(run, role, environment.containsKey("CONDA_ENV")),
                role.workDir().isBlank() ? "$ROPEWALK_ROOT" : role.workDir(),
                environment.entrySet().stream()
                        .map(entry -> new Launch.Variable(entry.getKey(), entry.getValue()))
                        .toList(),
                mounts,
                role.port() == null ? 0 : role.port(),
                role.limits());
    }

    private static List<Mount> mounts(Run run, Ready ready, List<EffectiveMount> uses) {
        List<Mount> mounts = new ArrayList<>();
        if (!uses.isEmpty()) {
            String root = run.specification().document().defaultMountPath();
            mounts.add(new Mount(ROOT, RunDirectories.empty(ready.directory()), root, Mount.Access.PRIVATE));
        }
        for (EffectiveMount use : uses) {
            Prepared source = ready.sources().get(use.source().name());
            if (source == null) {
                throw new IllegalStateException("source '" + use.source().name() + "' was not made ready");
            }
            mounts.add(mount(use, source.beneath(use.source().name(), use.subPath()), ready));
        }
        return mounts;
    }

    private static Mount mount(EffectiveMount use, Prepared source, Ready ready) {
        String name = use.source().name();
        return switch (source) {
            case Prepared.Directory(Path path, Mount.Access most) ->
                new Mount(name, path, use.path(), use.readOnly() ? Mount.Access.READ_ONLY : most);
            case Prepared.Scratch() ->
                new Mount(name, RunDirectories.empty(ready.directory()), use.path(), Mount.Access.PRIVATE);
        };
    }

    /// The variables of a replica, in the order in which a later one wins.
    private Map<String, EnvironmentValue> environment(
            Run run, Ready ready, Role role, ReplicaId id, List<EffectiveMount> uses) {
        Map<String, EnvironmentValue> values = new LinkedHashMap<>();
        parameters(run, values);
        Map<String, String> users = new LinkedHashMap<>();
        role.env().forEach(variable -> users.put(variable.name(), variable.value()));
        users.remove("REPLICA_INDEX");
        String pythonPath = users.getOrDefault("PYTHONPATH", "");
        users.remove("PYTHONPATH");
        ready.variables().forEach((name, value) -> values.put(name, new Literal(value)));
        Map<String, EnvironmentValue> ours = platform(run, ready, role, id, uses);
        UserVariables.render(users, values, ours).forEach(values::put);
        ours.forEach(values::put);
        values.put("PYTHONPATH", pythonPath(pythonPath, uses));
        return values;
    }

    private static void parameters(Run run, Map<String, EnvironmentValue> values) {
        run.specification().parameters().forEach((name, value) -> {
            Literal text = new Literal(Parameters.text(value));
            if (VARIABLE.matcher(name).matches() && !name.equals("PATH")) {
                values.put(name, text);
            }
            values.put("PARAM_" + Names.environmentName(name), text);
        });
    }

    private Map<String, EnvironmentValue> platform(
            Run run, Ready ready, Role role, ReplicaId id, List<EffectiveMount> uses) {
        Map<String, EnvironmentValue> values = new LinkedHashMap<>();
        values.put("GPU_COUNT", new Literal(Integer.toString(role.resources().gpus())));
        if (role.resources().gpus() > 0) {
            values.put("CUDA_VISIBLE_DEVICES", new AllocatedGpus());
        }
        values.put("ROPEWALK_ROOT", uses.isEmpty() ? literal(ready.directory().resolve("root")) : new MountPath(ROOT));
        uses.forEach(use -> values.put(
                Names.environmentName(use.source().name()) + "_DIR",
                new MountPath(use.source().name())));
        Run.Home home = run.home();
        values.put("CLOUD_DEALER_URL", new Literal(url + "/api/v0.2"));
        values.put("PROJECT_NAME", new Literal(home.project()));
        values.put("PROJECT_ID", new Literal(home.projectId().value()));
        values.put("WORKSPACE_NAME", new Literal(home.workspace()));
        values.put("WORKSPACE_ID", new Literal(home.workspaceId().value()));
        values.put("WORKSPACE_SECRET", new Literal(ready.token()));
        for (Role peer : run.specification().task().roles()) {
            values.put(Names.environmentName(peer.name()) + "_NODES", new PeerList(peer.name(), true));
            values.put(Names.environmentName(peer.name()) + "_HOSTS", new PeerList(peer.name(), false));
        }
        values.put("BUILD_ID", new Literal(Long.toString(run.number())));
        values.put("TASK_NAME", new Literal(run.task()));
        values.put("REPLICA_INDEX", new Literal(Integer.toString(id.index())));
        values.put(
                "POD_NAME",
                new Literal(Names.encode(
                        "%s-%s-%d-%s-%d".formatted(home.project(), run.task(), run.number(), id.role(), id.index()),
                        253)));
        values.put("HOST_ADDRESS", new OwnAddress());
        if (role.port() != null) {
            values.put("PORT", new OwnPort());
        }
        values.put("ROPEWALK_URL", new Literal(url));
        values.put("ROPEWALK_TOKEN", new Literal(ready.token()));
        values.put("ROPEWALK_RUN_ID", new Literal(run.id().value()));
        if (run.origin().parent() != null) {
            String parent = run.origin().parent().value();
            values.put("ROPEWALK_PARENT_RUN_ID", new Literal(parent));
            values.put(
                    "ROPEWALK_PARENT_OUTPUT_DIR",
                    literal(ready.directory().resolveSibling(parent).resolve("output")));
        }
        values.put("ROPEWALK_RUN_URL", new Literal(RunLinks.page(url, run)));
        values.put("ROPEWALK_PROJECT", new Literal(home.project()));
        values.put("ROPEWALK_WORKSPACE", new Literal(home.workspace()));
        values.put("ROPEWALK_ROLE", new Literal(id.role()));
        values.put("ROPEWALK_OUTPUT_DIR", literal(ready.directory().resolve("output")));
        values.put("OUTPUT_DIR", literal(ready.directory().resolve("output")));
        values.put("ROPEWALK_SPOOL_DIR", literal(RunDirectories.spool(ready.directory())));
        Run.Earlier earlier = run.origin().earlier();
        values.put(
                "ROPEWALK_CHECKPOINT_DIR",
                literal(RunDirectories.checkpoints(
                        earlier == null
                                ? ready.directory()
                                : ready.directory()
                                        .resolveSibling(earlier.first().value()))));
        values.put("ROPEWALK_RETRY", new Literal(Integer.toString(earlier == null ? 0 : earlier.retry())));
        values.put(
                "ROPEWALK_PARAMETERS",
                new Literal(Json.write(run.specification().parameters())));
        return values;
    }

    private static Literal literal(Path path) {
        return new Literal(path.toString());
    }

    private EnvironmentValue pythonPath(String users, List<EffectiveMount> uses) {
        List<EnvironmentValue> parts = new ArrayList<>();
        if (!users.isEmpty()) {
            parts.add(new Literal(users + ":"));
        }
        uses.stream().filter(use -> use.source().library()).forEach(use -> {
            parts.add(new MountPath(use.source().name()));
            parts.add(new Literal(":"));
        });
        parts.add(literal(pythonLibrary));
        return new Joined(parts);
    }

    private static String command(Run run, Role role, boolean conda) {
        String text = role.args().isBlank() ? role.command() : role.command() + " " + role.args();
        String rendered = Parameters.render(text, run.specification().parameters());
        return conda ? "source activate \"$CONDA_ENV\"; " + rendered : rendered;
    }
}
