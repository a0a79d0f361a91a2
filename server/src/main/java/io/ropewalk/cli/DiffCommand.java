package io.ropewalk.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `diff`: two revisions, experiments or runs.
@Command(description = "Compare two revisions, experiments or runs of a project.")
final class DiffCommand implements Callable<Integer> {
    @Mixin
    Session session;

    @Parameters(index = "0", paramLabel = "FROM", description = "A run, a revision's id, or an experiment.")
    String from = "";

    @Parameters(index = "1", paramLabel = "TO", description = "The same.")
    String to = "";

    @Option(
            names = {"-p", "--project"},
            paramLabel = "NAME",
            description = "The project of revisions and experiments (default: this folder's).")
    String project = "";

    DiffCommand(Terminal terminal) {
        session = new Session(terminal);
    }

    @Override
    public Integer call() {
        String inProject = project.isEmpty() ? session.folderProject() : project;
        Optional<Tree> one = namesRun(from) ? session.findRun(qualified(from)) : Optional.empty();
        Optional<Tree> other = namesRun(to) ? session.findRun(qualified(to)) : Optional.empty();
        if (one.isPresent() && other.isPresent()) {
            compareRuns(one.get(), other.get());
        } else {
            Tree diff = session.client()
                    .get(session.projectPath(inProject) + "/diff"
                            + Client.query("from", revision(from, one), "to", revision(to, other)));
            if (!session.printedAsJson(diff)) {
                printLines(diff);
            }
        }
        return 0;
    }

    private String qualified(String text) {
        boolean bare = !text.contains("/") && !RunReference.ID.matcher(text).matches();
        return bare && !project.isEmpty() ? project + "/" + text : text;
    }

    private static boolean namesRun(String text) {
        return RunReference.parse(text, "-").isPresent();
    }

    private static String revision(String written, Optional<Tree> run) {
        return run.flatMap(found -> found.at("revision").optional()).orElse(written);
    }

    private void compareRuns(Tree one, Tree other) {
        Map<String, Object> json = new LinkedHashMap<>();
        Map<String, Object> parameters = differences(
                one.at("parameters").fields(), other.at("parameters").fields());
        Map<String, Object> pins = differences(pins(one), pins(other));
        Map<String, Object> numbers =
                differences(one.at("metrics").fields(), other.at("metrics").fields());
        json.put("from", one.at("id"));
        json.put("to", other.at("id"));
        json.put("parameters", parameters);
        json.put("sources", pins);
        json.put("metrics", numbers);
        Tree diff = documentDiff(one, other);
        json.put("document", diff);
        if (session.json) {
            session.terminal().say(Tree.write(json, true));
            return;
        }
        boolean any = print("Parameters", parameters, text -> text);
        any |= print("Sources", pins, text -> text);
        any |= print("Numbers", numbers, Human::number);
        any |= printLines(diff);
        if (!any) {
            session.terminal()
                    .say(Follower.name(one) + " and " + Follower.name(other)
                            + " have the same document, sources, parameters and numbers.");
        }
    }

    private Tree documentDiff(Tree one, Tree other) {
        String before = one.at("revision").text();
        String after = other.at("revision").text();
        boolean comparable = one.at("project").text().equals(other.at("project").text())
                && !before.isEmpty()
                && !after.isEmpty()
                && !before.equals(after);
        return comparable
                ? session.client()
                        .get(session.projectPath(one.at("project").text()) + "/diff"
                                + Client.query("from", before, "to", after))
                : Tree.ABSENT;
    }

    private static Map<String, Tree> pins(Tree run) {
        Map<String, Tree> pins = new LinkedHashMap<>();
        run.at("pins").items().forEach(pin -> pins.put(pin.at("source").text(), pin.at("revision")));
        return pins;
    }

    private static Map<String, Object> differences(Map<String, Tree> one, Map<String, Tree> other) {
        Map<String, Object> differences = new LinkedHashMap<>();
        TreeSet<String> names = new TreeSet<>(one.keySet());
        names.addAll(other.keySet());
        for (String name : names) {
            String before = one.getOrDefault(name, Tree.ABSENT).text();
            String after = other.getOrDefault(name, Tree.ABSENT).text();
            if (!before.equals(after)) {
                differences.put(name, Map.of("from", before, "to", after));
            }
        }
        return differences;
    }

    private boolean print(String title, Map<String, Object> differences, UnaryOperator<String> shown) {
        if (differences.isEmpty()) {
            return false;
        }
        Table table = new Table(title.toUpperCase(java.util.Locale.ROOT), from, to);
        differences.forEach((name, value) -> {
            Tree pair = new Tree(value);
            table.row(
                    name,
                    shown.apply(pair.at("from").text("–")),
                    shown.apply(pair.at("to").text("–")));
        });
        table.print(session.terminal());
        session.terminal().say("");
        return true;
    }

    private boolean printLines(Tree diff) {
        Terminal terminal = session.terminal();
        for (Tree line : diff.at("lines").items()) {
            String kind = line.at("kind").text(" ");
            String text = kind + " " + line.at("text").text();
            terminal.say(
                    switch (kind) {
                        case "+" -> terminal.paint("32", text);
                        case "-" -> terminal.paint("31", text);
                        default -> terminal.dim(text);
                    });
        }
        return !diff.at("lines").items().isEmpty();
    }
}
