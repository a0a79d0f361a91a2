package io.ropewalk.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `apply`: a project document, and the folders that its `upload` sources stand for.
@Command(description = "Create or change a project from its document, and upload its folders.")
final class ApplyCommand implements Callable<Integer> {
    @Mixin
    Session session;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE|DIR",
            description = "The document, or the folder that holds it as ropewalk.yaml (default: this folder).")
    String place = ".";

    @Option(
            names = {"-m", "--comment"},
            paramLabel = "TEXT",
            description = "What changed, for the project's history.")
    String comment = "";

    @Option(names = "--experiment", paramLabel = "NAME", description = "The line of work (default: master).")
    String experiment = "";

    @Option(names = "--check", description = "Only say what is wrong with the document.")
    boolean checkOnly;

    @Option(names = "--no-upload", description = "Leave the files of `upload` sources as they are.")
    boolean noUpload;

    ApplyCommand(Terminal terminal) {
        session = new Session(terminal);
    }

    @Override
    public Integer call() {
        Path document = document(session.terminal().folder().resolve(place).normalize());
        String text = read(document);
        if (checkOnly) {
            return check(document, text);
        }
        Applied applied = apply(session, document, text, experiment, comment, !noUpload);
        if (session.json) {
            session.terminal().say(Tree.write(applied.asJson(), true));
        }
        return 0;
    }

    /// @param result the server's answer
    record Applied(String project, Tree result, Map<String, Object> snapshots) {
        Map<String, Object> asJson() {
            Map<String, Object> json = new LinkedHashMap<>();
            result.fields().forEach(json::put);
            json.put("snapshots", snapshots);
            return json;
        }
    }

    private int check(Path document, String text) {
        Tree answer = session.client().post(session.workspacePath() + "/projects/check", Map.of("document", text));
        List<Tree> problems = answer.at("problems").items();
        if (!session.printedAsJson(answer)) {
            Problems.show(session.terminal(), shown(session, document), text, problems);
            if (problems.isEmpty()) {
                session.terminal().say(shown(session, document) + " is in order.");
            }
        }
        return problems.stream()
                        .anyMatch(problem -> !problem.at("severity").text().equals("warning"))
                ? Failure.USER
                : 0;
    }

    static Path document(Path place) {
        if (!Files.isDirectory(place)) {
            if (!Files.exists(place)) {
                throw Failure.user("There is no file " + place + ".");
            }
            return place;
        }
        return Session.documentIn(place)
                .orElseThrow(() -> Failure.user("The folder " + place
                        + " has no project document ropewalk.yaml. Write one, or name the document itself."));
    }

    static Applied apply(
            Session session, Path document, String text, String experiment, String comment, boolean upload) {
        Terminal terminal = session.terminal();
        String project = Session.documentName(document)
                .orElseThrow(() -> Failure.user(document + " does not say the project's `name:`."));
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("document", text);
        if (!comment.isEmpty()) {
            request.put("comment", comment);
        }
        if (!experiment.isEmpty()) {
            request.put("experiment", experiment);
        }
        Tree result;
        try {
            result = session.client().put(session.projectPath(project) + "/document", request);
        } catch (Client.Refusal e) {
            if (e.problems().isEmpty() || session.json) {
                throw e;
            }
            Problems.show(terminal, shown(session, document), text, e.problems());
            throw Failure.user(shown(session, document) + " was not applied.");
        }
        Problems.show(
                terminal, shown(session, document), text, result.at("warnings").items());
        if (!session.json) {
            String what = result.at("created").isTrue()
                    ? "created"
                    : result.at("changed").isTrue() ? "changed" : "unchanged";
            terminal.say("Project " + terminal.bold(project) + " " + what + ".");
        }
        Map<String, Object> snapshots =
                upload ? uploadSources(session, project, document.resolveSibling("")) : Map.of();
        if (upload && result.at("created").isTrue()) {
            prepare(session, project);
        }
        return new Applied(project, result, snapshots);
    }

    /// A new project's `init` tasks are started once, when its files are there.
    private static void prepare(Session session, String project) {
        Tree document = session.client().get(session.projectPath(project) + "/document");
        for (Tree task : document.at("normal", "tasks").items()) {
            if (task.at("type").text().equalsIgnoreCase("init")) {
                Tree run = session.client()
                        .post(
                                session.projectPath(project) + "/runs",
                                Map.of("task", task.at("name").text()));
                if (!session.json) {
                    session.terminal()
                            .say("Run " + session.terminal().bold(Follower.name(run)) + " prepares the project: "
                                    + session.page(run));
                }
            }
        }
    }

    /// The folder of an `upload` source is its `path` setting, or the document's own.
    private static Map<String, Object> uploadSources(Session session, String project, Path base) {
        Map<String, Object> snapshots = new LinkedHashMap<>();
        for (Tree source :
                session.client().get(session.projectPath(project) + "/sources").items()) {
            if (!source.at("kind").text().equals("upload")) {
                continue;
            }
            String name = source.at("name").text();
            Path folder = base.resolve(source.at("settings", "path").text(".")).normalize();
            if (!Files.isDirectory(folder)) {
                throw Failure.user("The source " + name + " of project " + project + " stands for the folder " + folder
                        + ", which does not exist.");
            }
            snapshots.put(name, upload(session, project, name, folder).snapshot());
        }
        return snapshots;
    }

    static Upload.Result upload(Session session, String project, String source, Path folder) {
        Terminal terminal = session.terminal();
        Upload.Result result = new Upload(session.client(), session.workspace, new ProgressLine(terminal))
                .send(
                        new Folder(folder),
                        session.projectPath(project) + "/sources/" + Client.encode(source) + "/snapshots");
        if (!session.json) {
            terminal.note(terminal.dim("Files of " + source + ": " + result.files() + ", " + Human.bytes(result.bytes())
                    + "; sent " + Human.bytes(result.sent()) + "."));
        }
        return result;
    }

    private static String shown(Session session, Path document) {
        Path folder = session.terminal().folder();
        return document.startsWith(folder) ? folder.relativize(document).toString() : document.toString();
    }

    static String read(Path document) {
        try {
            return Files.readString(document);
        } catch (IOException e) {
            throw Failure.user("Cannot read " + document + " as text: " + e.getMessage());
        }
    }
}
