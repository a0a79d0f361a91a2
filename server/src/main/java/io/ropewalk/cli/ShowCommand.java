package io.ropewalk.cli;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `show`: everything worth knowing of one run or project.
@Command(description = "Show a run or a project.")
final class ShowCommand implements Callable<Integer> {
    @Mixin
    Session session;

    @Parameters(
            arity = "0..1",
            paramLabel = "RUN|PROJECT",
            description = "7, train-7, digits/7, a run's id, or a project (default: this folder's).")
    String what = "";

    ShowCommand(Terminal terminal) {
        session = new Session(terminal);
    }

    @Override
    public Integer call() {
        String name = what.isEmpty() ? session.folderProject() : what;
        Optional<Tree> run = session.findRun(name);
        if (run.isPresent()) {
            showRun(run.get());
        } else {
            showProject(name);
        }
        return 0;
    }

    private void showRun(Tree run) {
        if (session.printedAsJson(run)) {
            return;
        }
        Terminal terminal = session.terminal();
        Instant now = Instant.now();
        terminal.say(terminal.bold(Follower.name(run)) + "  " + run.at("name").text() + "  "
                + terminal.state(run.at("state").text())
                + run.at("cause").optional().map(cause -> " (" + cause + ")").orElse(""));
        run.at("reason").optional().ifPresent(terminal::say);
        Reason.of(session.client(), run).ifPresent(reason -> reason.print(terminal, terminal::say));
        run.at("silentSince")
                .optional()
                .ifPresent(since -> terminal.say("silent since " + since + " (" + Human.ago(since, now)
                        + "): its program has written nothing since; it may live or not"));
        terminal.say("");
        Table facts = new Table("", "");
        fact(facts, "Page", session.page(run));
        fact(facts, "Id", run.at("id").text());
        fact(facts, "Experiment", run.at("experiment").text());
        fact(facts, "Author", run.at("author").text());
        fact(facts, "Comment", run.at("comment").text());
        fact(facts, "Created", Human.ago(run.at("createdAt").text(), now));
        fact(
                facts,
                "Took",
                Human.between(run.at("startedAt").text(), run.at("endedAt").text(), now));
        fact(facts, "Revision", run.at("revision").text());
        fact(facts, "Parameters", pairs(run.at("parameters")));
        for (Tree pin : run.at("pins").items()) {
            fact(
                    facts,
                    "Source " + pin.at("source").text(),
                    pin.at("description").text(pin.at("revision").text()));
        }
        fact(facts, "Numbers", numbers(run.at("metrics")));
        long files = run.at("outputs", "files").number(0);
        if (files > 0) {
            fact(
                    facts,
                    "Files",
                    files + ", " + Human.bytes(run.at("outputs", "bytes").number(0)));
        }
        facts.print(terminal);
        printReplicas(run, now);
        printTimeline(run, now);
    }

    private void printReplicas(Tree run, Instant now) {
        Table replicas = new Table("REPLICA", "STATE", ">ATTEMPT", "HOST", "ADDRESS", ">EXIT", ">TOOK");
        for (Tree replica : run.at("replicas").items()) {
            replicas.row(
                    replica.at("name").text(),
                    session.terminal().state(replica.at("state").text())
                            + replica.at("cause")
                                    .optional()
                                    .map(cause -> " (" + cause + ")")
                                    .orElse(""),
                    replica.at("attempt").text() + "/" + replica.at("attempts").text(),
                    replica.at("host").text(),
                    replica.at("address").text(),
                    replica.at("exitCode").text(),
                    Human.between(
                            replica.at("startedAt").text(),
                            replica.at("endedAt").text(),
                            now));
        }
        if (!replicas.isEmpty()) {
            session.terminal().say("");
            replicas.print(session.terminal());
        }
    }

    private void printTimeline(Tree run, Instant now) {
        String timeline = run.at("timeline").items().stream()
                .map(phase -> phase.at("phase").text() + " "
                        + Human.between(
                                phase.at("startedAt").text(),
                                phase.at("endedAt").text(),
                                now))
                .collect(Collectors.joining(" → "));
        if (!timeline.isEmpty()) {
            session.terminal().say("");
            session.terminal().say(session.terminal().dim(timeline));
        }
    }

    private void showProject(String name) {
        Tree project;
        try {
            project = session.client().get(session.projectPath(name));
        } catch (Client.Refusal e) {
            if (e.status() == 404) {
                throw Failure.user("There is no run and no project `" + name
                        + "`. `ropewalk ls projects` and `ropewalk ls runs` list them.");
            }
            throw e;
        }
        if (session.printedAsJson(project)) {
            return;
        }
        Terminal terminal = session.terminal();
        String title = project.at("title").text();
        terminal.say(terminal.bold(name) + (title.isEmpty() ? "" : "  " + title));
        terminal.say("");
        String summary = project.at("summary").text().strip();
        if (!summary.isEmpty()) {
            summary.lines().forEach(line -> terminal.say(line.isEmpty() ? "" : "  " + line));
            terminal.say("");
        }
        Table facts = new Table("", "");
        fact(facts, "Page", session.projectPage(name));
        fact(
                facts,
                "Created",
                Human.ago(project.at("createdAt").text(), Instant.now()) + " by "
                        + project.at("createdBy").text());
        fact(
                facts,
                "Experiments",
                project.at("experiments").items().stream()
                        .map(experiment -> experiment.at("name").text())
                        .collect(Collectors.joining(", ")));
        facts.print(terminal);
        printTasks(name);
    }

    private void printTasks(String name) {
        Tree document = session.client().get(session.projectPath(name) + "/document");
        Table tasks = new Table("TASK", "ROLES", "PARAMETERS");
        for (Tree task : document.at("normal", "tasks").items()) {
            tasks.row(
                    task.at("name").text(),
                    task.at("roles").items().stream()
                            .map(role -> role.at("name").text() + " ×"
                                    + role.at("replicas").text("1"))
                            .collect(Collectors.joining(", ")),
                    pairs(task.at("parameters")));
        }
        if (!tasks.isEmpty()) {
            session.terminal().say("");
            tasks.print(session.terminal());
        }
    }

    private static void fact(Table facts, String name, String value) {
        if (!value.isEmpty()) {
            facts.row(name, value);
        }
    }

    private static String pairs(Tree map) {
        return map.fields().entrySet().stream()
                .map(pair -> pair.getKey() + "=" + pair.getValue().text())
                .collect(Collectors.joining(" "));
    }

    private static String numbers(Tree metrics) {
        return metrics.fields().entrySet().stream()
                .map((Map.Entry<String, Tree> metric) ->
                        metric.getKey() + " " + Human.number(metric.getValue().text()))
                .collect(Collectors.joining(", "));
    }
}
