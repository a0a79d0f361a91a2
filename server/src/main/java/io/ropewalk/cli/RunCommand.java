package io.ropewalk.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `run`: a task of a project, or any command with the files of this folder.
@Command(
        description = "Run a task of a project, or any command with the files of this folder, and follow it.",
        customSynopsis = {
            "ropewalk run [OPTIONS] PROJECT/TASK [--set NAME=VALUE]...",
            "       ropewalk run [OPTIONS] -- COMMAND [ARGUMENT]..."
        },
        footer = {"", "The exit code is the run's own. Ctrl-C lets go of the run; a second one within 2 s stops it."})
final class RunCommand implements Callable<Integer> {
    private static final Pattern PLAIN_WORD = Pattern.compile("[-A-Za-z0-9_./=:,@%+]+");

    @Mixin
    Session session;

    @Parameters(
            paramLabel = "WORD",
            description = "PROJECT/TASK, TASK of this folder's project, or the command after `--`.")
    List<String> words = new ArrayList<>();

    @Option(names = "--set", paramLabel = "NAME=VALUE", description = "A parameter of the run; may be repeated.")
    List<String> sets = new ArrayList<>();

    @Option(
            names = {"-d", "--detach"},
            description = "Start the run and return at once.")
    boolean detach;

    @Option(
            names = {"-p", "--project"},
            paramLabel = "NAME",
            description = "The project of a command's run (default: this folder's).")
    String project = "";

    @Option(
            names = "--name",
            paramLabel = "TASK",
            description = "The task name of a command's run (default: its program).")
    String name = "";

    @Option(
            names = "--python",
            paramLabel = "VERSION",
            description = "Run the command in a Python environment of its own.")
    String python = "";

    @Option(
            names = {"-r", "--requirements"},
            paramLabel = "FILE",
            description = "Packages for that environment, a file of this folder.")
    String requirements = "";

    @Option(names = "--cpus", paramLabel = "N", description = "Cores to ask for, such as 2 or 500m.")
    String cpus = "";

    @Option(names = "--memory", paramLabel = "SIZE", description = "Memory to ask for, such as 4Gi.")
    String memory = "";

    @Option(names = "--gpus", paramLabel = "N", description = "GPUs to ask for.")
    int gpus;

    @Option(names = "--experiment", paramLabel = "NAME", description = "The line of work (default: master).")
    String experiment = "";

    @Option(
            names = {"-m", "--comment"},
            paramLabel = "TEXT",
            description = "Why this run was made.")
    String comment = "";

    @Spec
    CommandSpec spec = CommandSpec.create();

    RunCommand(Terminal terminal) {
        session = new Session(terminal);
    }

    @Override
    public Integer call() {
        if (words.isEmpty()) {
            throw new Failure(
                    Failure.USAGE, "Say what to run: `ropewalk run PROJECT/TASK`, or `ropewalk run -- COMMAND`.");
        }
        boolean command = spec.commandLine().getParseResult().originalArgs().contains("--");
        Tree run = command ? startCommand() : startTask();
        return afterStart(session, run, detach);
    }

    static int afterStart(Session session, Tree run, boolean detach) {
        Terminal terminal = session.terminal();
        if (detach) {
            if (!session.printedAsJson(run)) {
                terminal.say(Follower.name(run));
                terminal.note("Follow it with `ropewalk logs -f " + Follower.name(run) + "`; its page is "
                        + session.page(run));
            }
            return 0;
        }
        if (session.json) {
            int code = new Follower(terminal.quiet(), session.client()).follow(run, true);
            session.printedAsJson(
                    session.client().get("/api/v1/runs/" + run.at("id").text()));
            return code;
        }
        terminal.note("Run " + terminal.bold(Follower.name(run)) + "  " + terminal.dim(session.page(run)));
        return new Follower(terminal, session.client()).follow(run, true);
    }

    private Tree startTask() {
        if (words.size() > 1) {
            throw new Failure(
                    Failure.USAGE,
                    "`run` takes one PROJECT/TASK. To run a command, put `--` before it: ropewalk run -- "
                            + shellText(words));
        }
        String word = words.getFirst();
        int slash = word.indexOf('/');
        String inProject = slash > 0 ? word.substring(0, slash) : project.isEmpty() ? session.folderProject() : project;
        Map<String, Object> request = request();
        request.put("task", word.substring(slash + 1));
        return session.client().post(session.projectPath(inProject) + "/runs", request);
    }

    private Tree startCommand() {
        String inProject = project.isEmpty() ? session.folderProject() : project;
        Path folder = session.folderDocument()
                .map(Path::getParent)
                .orElse(session.terminal().folder());
        String source = uploadSource(inProject);
        String snapshot = ApplyCommand.upload(session, inProject, source, folder)
                .snapshot()
                .at("id")
                .text();
        Map<String, Object> request = request();
        request.put("definition", Tree.write(definition(source, folder), true));
        if (!snapshot.isEmpty()) {
            request.put("pins", Map.of(source, snapshot));
        }
        return session.client().post(session.projectPath(inProject) + "/runs", request);
    }

    private Map<String, Object> request() {
        Map<String, Object> request = new LinkedHashMap<>();
        if (!sets.isEmpty()) {
            request.put("parameters", Session.parameters(sets));
        }
        if (!experiment.isEmpty()) {
            request.put("experiment", experiment);
        }
        if (!comment.isEmpty()) {
            request.put("comment", comment);
        }
        return request;
    }

    /// The project's source for uploaded files; a project that does not exist yet is made with one.
    private String uploadSource(String inProject) {
        Optional<List<Tree>> sources;
        try {
            sources = Optional.of(session.client()
                    .get(session.projectPath(inProject) + "/sources")
                    .items());
        } catch (Client.Refusal e) {
            if (e.status() != 404) {
                throw e;
            }
            sources = Optional.empty();
        }
        if (sources.isEmpty()) {
            session.client()
                    .put(
                            session.projectPath(inProject) + "/document",
                            Map.of(
                                    "document",
                                    "kind: Project\nname: " + inProject + "\nsources:\n- name: code\n  upload: {}\n",
                                    "comment",
                                    "Made by `ropewalk run`"));
            return "code";
        }
        return sources.get().stream()
                .filter(source -> source.at("kind").text().equals("upload"))
                .map(source -> source.at("name").text())
                .findFirst()
                .orElseThrow(() -> Failure.user("The project " + inProject
                        + " has no source of the kind `upload` for the files of this folder. Add `code: upload` to the sources"
                        + " of its document, or name another project with --project."));
    }

    /// One role with one replica, in the shape of a project document's task; JSON is YAML.
    private Map<String, Object> definition(String source, Path folder) {
        Map<String, Object> role = new LinkedHashMap<>();
        role.put("name", "main");
        role.put("command", shellText(words));
        Path inside = folder.relativize(session.terminal().folder());
        String variable = "$" + source.toUpperCase(java.util.Locale.ROOT).replaceAll("[^A-Z0-9_]", "_") + "_DIR";
        role.put("workDir", inside.toString().isEmpty() ? variable : variable + "/" + quoted(inside.toString()));
        role.put("mounts", List.of(source));
        Map<String, Object> resources = new LinkedHashMap<>();
        putIfGiven(resources, "cpu", cpus);
        putIfGiven(resources, "memory", memory);
        if (gpus > 0) {
            resources.put("gpu", gpus);
        }
        if (!resources.isEmpty()) {
            role.put("resources", resources);
        }
        Map<String, Object> task = new LinkedHashMap<>();
        task.put("name", taskName());
        if (!python.isEmpty() || !requirements.isEmpty()) {
            Map<String, Object> environment = new LinkedHashMap<>();
            environment.put("python", python.isEmpty() ? "3" : python);
            putIfGiven(environment, "requirements", requirements);
            task.put("environment", environment);
        }
        task.put("roles", List.of(role));
        return task;
    }

    private static void putIfGiven(Map<String, Object> map, String key, String value) {
        if (!value.isEmpty()) {
            map.put(key, value);
        }
    }

    private String taskName() {
        String raw = name.isEmpty() ? Path.of(words.getFirst()).getFileName().toString() : name;
        return Session.projectNameOf(Path.of(raw.replaceAll("\\.(py|sh|bash|R|jl)$", "")));
    }

    /// The words as one shell command that gives the same words again.
    static String shellText(List<String> words) {
        return words.stream().map(RunCommand::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return PLAIN_WORD.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
