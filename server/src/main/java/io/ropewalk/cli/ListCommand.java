package io.ropewalk.cli;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `ls`: tables of things.
@Command(
        description = "List runs, projects, sources or a run's files.",
        footer = {
            "",
            "  ropewalk ls                 runs, newest first",
            "  ropewalk ls projects",
            "  ropewalk ls sources [PROJECT]",
            "  ropewalk ls files RUN [PATH]"
        })
final class ListCommand implements Callable<Integer> {
    @Mixin
    Session session;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "WHAT",
            description = "runs (default), projects, sources or files.")
    String what = "runs";

    @Parameters(
            index = "1..*",
            arity = "0..2",
            paramLabel = "NAME",
            description = "The project, or the run and a path in it.")
    List<String> names = List.of();

    @Option(
            names = {"-p", "--project"},
            paramLabel = "NAME",
            description = "Only runs of this project.")
    String project = "";

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Only runs in this state, such as running or failed.")
    String state = "";

    @Option(names = "--task", paramLabel = "NAME", description = "Only runs of this task; needs a project.")
    String task = "";

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "At most so many (default: 20).")
    int limit = 20;

    ListCommand(Terminal terminal) {
        session = new Session(terminal);
    }

    @Override
    public Integer call() {
        switch (what) {
            case "runs", "run" -> runs();
            case "projects", "project" -> projects();
            case "sources", "source" -> sources();
            case "files", "file" -> files();
            default ->
                throw new Failure(Failure.USAGE, "`ls` knows runs, projects, sources and files, not `" + what + "`.");
        }
        return 0;
    }

    private void runs() {
        String inProject = project.isEmpty() && !names.isEmpty() ? names.getFirst() : project;
        String base = inProject.isEmpty() ? session.workspacePath() : session.projectPath(inProject);
        Tree page = session.client()
                .get(base + "/runs" + Client.query("state", state, "task", task, "limit", String.valueOf(limit)));
        if (session.printedAsJson(page)) {
            return;
        }
        Terminal terminal = session.terminal();
        Table table = new Table("RUN", "TASK", "STATE", ">TOOK", ">CREATED", "AUTHOR", "NUMBERS", "COMMENT");
        Instant now = Instant.now();
        for (Tree run : page.at("items").items()) {
            table.row(
                    Follower.name(run),
                    run.at("task").text(),
                    terminal.state(run.at("state").text()) + cause(run) + silent(run, now),
                    Human.between(run.at("startedAt").text(), run.at("endedAt").text(), now),
                    Human.ago(run.at("createdAt").text(), now),
                    run.at("author").text(),
                    numbers(run),
                    Human.shortened(run.at("comment").text(), 40));
        }
        printOr(table, page, "No runs yet. Start one with `ropewalk run -- COMMAND`, or see `ropewalk demo`.");
    }

    private static String cause(Tree run) {
        return run.at("cause").optional().map(cause -> " (" + cause + ")").orElse("");
    }

    private static String silent(Tree run, Instant now) {
        return run.at("silentSince")
                .optional()
                .map(since -> " (silent, last heard " + Human.ago(since, now) + ")")
                .orElse("");
    }

    static String numbers(Tree run) {
        return run.at("metrics").fields().entrySet().stream()
                .limit(3)
                .map(metric ->
                        metric.getKey() + " " + Human.number(metric.getValue().text()))
                .collect(Collectors.joining(", "));
    }

    private void projects() {
        Tree page = session.client()
                .get(session.workspacePath() + "/projects" + Client.query("limit", String.valueOf(limit)));
        if (session.printedAsJson(page)) {
            return;
        }
        Table table = new Table("PROJECT", "TITLE", ">RUNS", ">ACTIVE", ">FAILED", "LAST RUN", ">CHANGED");
        Instant now = Instant.now();
        for (Tree one : page.at("items").items()) {
            Tree last = one.at("lastRun");
            table.row(
                    one.at("name").text(),
                    Human.shortened(one.at("title").text(), 40),
                    one.at("runs", "total").text("0"),
                    one.at("runs", "active").text("0"),
                    one.at("runs", "failed").text("0"),
                    last.isAbsent()
                            ? ""
                            : last.at("name").text() + " "
                                    + session.terminal().state(last.at("state").text()),
                    Human.ago(one.at("updatedAt").text(), now));
        }
        printOr(table, page, "No projects yet. Make one with `ropewalk apply`, or see `ropewalk demo`.");
    }

    private void sources() {
        String of = names.isEmpty() ? project.isEmpty() ? session.folderProject() : project : names.getFirst();
        Tree sources = session.client().get(session.projectPath(of) + "/sources");
        if (session.printedAsJson(sources)) {
            return;
        }
        Table table = new Table("SOURCE", "KIND", "MOUNTED AT", "LATEST", ">FILES", ">BYTES");
        for (Tree source : sources.items()) {
            Tree latest = source.at("latest");
            table.row(
                    source.at("name").text(),
                    source.at("kind").text(),
                    source.at("mountPath").text(),
                    Human.ago(latest.at("createdAt").text(), Instant.now()),
                    latest.at("files").text(),
                    latest.isAbsent() ? "" : Human.bytes(latest.at("bytes").number(0)));
        }
        printOr(table, sources, "The project " + of + " has no sources.");
    }

    private void files() {
        if (names.isEmpty()) {
            throw new Failure(Failure.USAGE, "Say whose files: `ropewalk ls files RUN [PATH]`.");
        }
        Tree run = session.run(names.getFirst());
        String path = names.size() > 1 ? names.get(1) : "";
        Tree list = session.client().get("/api/v1/runs/" + run.at("id").text() + "/files" + Client.query("path", path));
        if (session.printedAsJson(list)) {
            return;
        }
        Table table = new Table("FILE", ">BYTES", ">CHANGED");
        for (Tree entry : list.at("entries").items()) {
            boolean directory = entry.at("directory").isTrue();
            table.row(
                    entry.at("name").text() + (directory ? "/" : ""),
                    directory ? "" : Human.bytes(entry.at("bytes").number(0)),
                    Human.ago(entry.at("modifiedAt").text(), Instant.now()));
        }
        printOr(table, list, Follower.name(run) + " wrote no files" + (path.isEmpty() ? "." : " below " + path + "."));
    }

    private void printOr(Table table, Tree page, String nothing) {
        if (table.isEmpty()) {
            session.terminal().note(nothing);
            return;
        }
        table.print(session.terminal());
        if (!page.at("next").isAbsent()) {
            session.terminal().note(session.terminal().dim("There are more; see --limit."));
        }
    }
}
