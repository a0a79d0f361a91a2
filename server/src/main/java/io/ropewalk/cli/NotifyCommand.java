package io.ropewalk.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `notify`: what one wants to be told, and by which ways.
@Command(
        description = "Say what you want to be told of your runs, and where else it goes beside the pages.",
        footer = {
            "",
            "  ropewalk notify                          what you are told of",
            "  ropewalk notify ended|failed             of all your runs, or with -p or --run",
            "  ropewalk notify silent MINUTES",
            "  ropewalk notify number 'loss > 10'       also 'accuracy < 0.1' and 'loss nan'",
            "  ropewalk notify over RULE [CHANNEL...]   choose the channels of a rule",
            "  ropewalk notify channels",
            "  ropewalk notify webhook URL              or: email ADDRESS",
            "  ropewalk notify test|deliveries CHANNEL",
            "  ropewalk notify remove RULE|CHANNEL"
        })
final class NotifyCommand implements Callable<Integer> {
    private static final Pattern CONDITION =
            Pattern.compile("(?<metric>.+?)\\s*(?:(?<sign>[<>])\\s*(?<value>[^\\s<>]+)|\\s(?i:nan))\\s*");

    @Mixin
    Session session;

    @Parameters(index = "0", arity = "0..1", paramLabel = "WHAT", description = "See below; without, it lists.")
    String what = "rules";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "ARGUMENT", description = "See below.")
    List<String> arguments = List.of();

    @Option(
            names = {"-p", "--project"},
            paramLabel = "NAME",
            description = "Of the runs of this project, whoever starts them.")
    String project = "";

    @Option(names = "--run", paramLabel = "RUN", description = "Of this run alone: 7, train-7, digits/7, or an id.")
    String run = "";

    @Option(
            names = "--via",
            paramLabel = "CHANNEL",
            description = "Also over this channel, by its name or id; more than once for several.")
    List<String> via = List.of();

    @Option(names = "--name", paramLabel = "NAME", description = "What a new channel is called.")
    String name = "";

    NotifyCommand(Terminal terminal) {
        session = new Session(terminal);
    }

    @Override
    public Integer call() {
        switch (what) {
            case "rules", "ls" -> rules();
            case "ended", "failed" -> add(Map.of("on", what));
            case "silent" -> add(Map.of("on", "silent", "minutes", minutes(argument("after how many minutes"))));
            case "number" -> add(condition(argument("which number, such as 'loss > 10'")));
            case "over" -> over();
            case "channels" -> channels();
            case "webhook", "email" -> open();
            case "test" -> test();
            case "deliveries" -> deliveries();
            case "remove", "rm" -> remove();
            default ->
                throw new Failure(Failure.USAGE, "`notify` knows no `" + what + "`; see `ropewalk notify --help`.");
        }
        return 0;
    }

    private String argument(String missing) {
        if (arguments.isEmpty()) {
            throw new Failure(Failure.USAGE, "Say " + missing + ": see `ropewalk notify --help`.");
        }
        return String.join(" ", arguments);
    }

    private static int minutes(String text) {
        try {
            return Integer.parseInt(text.replaceAll("\\s*m(in(utes?)?)?$", ""));
        } catch (NumberFormatException e) {
            throw new Failure(Failure.USAGE, "`" + text + "` is not a number of minutes.");
        }
    }

    static Map<String, Object> condition(String text) {
        Matcher condition = CONDITION.matcher(text);
        if (!condition.matches()) {
            throw new Failure(
                    Failure.USAGE, "`" + text + "` is not a condition such as 'loss > 10', 'acc < 0.1' or 'loss nan'.");
        }
        Map<String, Object> asked = new LinkedHashMap<>();
        asked.put("on", "number");
        asked.put("metric", condition.group("metric"));
        if (condition.group("sign") == null) {
            asked.put("is", "nan");
            return asked;
        }
        asked.put("is", condition.group("sign").equals(">") ? "above" : "below");
        try {
            asked.put("value", Double.valueOf(condition.group("value")));
        } catch (NumberFormatException e) {
            throw new Failure(Failure.USAGE, "`" + condition.group("value") + "` is not a number to compare with.");
        }
        return asked;
    }

    private void rules() {
        Tree rules = session.client().get("/api/v1/notice-rules");
        if (session.printedAsJson(rules)) {
            return;
        }
        Map<String, String> names = new LinkedHashMap<>();
        channelTrees()
                .forEach(one -> names.put(one.at("id").text(), one.at("name").text()));
        Table table = new Table("YOU ARE TOLD WHEN", "ALSO OVER", "ID");
        for (Tree rule : rules.items()) {
            table.row(sentence(rule), over(rule, names), rule.at("id").text());
        }
        if (table.isEmpty()) {
            session.terminal().note("You are told nothing. `ropewalk notify failed` tells you when your runs fail.");
            return;
        }
        table.print(session.terminal());
    }

    private static String sentence(Tree rule) {
        String who = switch (rule.at("about").text()) {
            case "project" -> "a run of " + rule.at("project").text();
            case "run" ->
                rule.at("runName").text() + " of " + rule.at("project").text();
            default -> "a run of yours";
        };
        return who + " " + rule.at("words").text();
    }

    private static String over(Tree rule, Map<String, String> names) {
        return rule.at("channels").items().stream()
                .map(id -> names.getOrDefault(id.text(), id.text()))
                .collect(Collectors.joining(", "));
    }

    private void add(Map<String, Object> occasion) {
        Map<String, Object> rule = new LinkedHashMap<>(occasion);
        if (!run.isEmpty()) {
            rule.put("run", session.run(run).at("id").text());
        }
        if (!project.isEmpty()) {
            rule.put("workspace", session.workspace);
            rule.put("project", project);
        }
        rule.put("channels", channelIds(via));
        Tree added = session.client().post("/api/v1/notice-rules", rule);
        if (!session.printedAsJson(added)) {
            session.terminal().say("You are told when " + sentence(added) + ".");
        }
    }

    private void over() {
        if (arguments.isEmpty()) {
            throw new Failure(Failure.USAGE, "Say which rule, by its id: `ropewalk notify over RULE [CHANNEL...]`.");
        }
        Tree changed = session.client()
                .put(
                        "/api/v1/notice-rules/" + Client.encode(arguments.getFirst()),
                        Map.of("channels", channelIds(arguments.subList(1, arguments.size()))));
        if (!session.printedAsJson(changed)) {
            session.terminal().say("You are told when " + sentence(changed) + ".");
        }
    }

    private List<Tree> channelTrees() {
        return session.client().get("/api/v1/notice-channels").at("channels").items();
    }

    private List<String> channelIds(List<String> references) {
        List<String> ids = new ArrayList<>();
        if (!references.isEmpty()) {
            List<Tree> known = channelTrees();
            references.forEach(reference -> ids.add(channelId(reference, known)));
        }
        return ids;
    }

    private static String channelId(String reference, List<Tree> known) {
        return known.stream()
                .filter(one -> one.at("name").text().equals(reference)
                        || one.at("id").text().equals(reference))
                .map(one -> one.at("id").text())
                .findFirst()
                .orElseThrow(() -> Failure.user("You have no channel `" + reference
                        + "`. `ropewalk notify channels` lists yours; `ropewalk notify webhook URL` adds one."));
    }

    private void channels() {
        Tree all = session.client().get("/api/v1/notice-channels");
        if (session.printedAsJson(all)) {
            return;
        }
        Table table = new Table("CHANNEL", "KIND", "GOES TO", "LAST", "ID");
        for (Tree channel : all.at("channels").items()) {
            table.row(
                    channel.at("name").text(),
                    channel.at("kind").text(),
                    channel.at("target").text(),
                    channel.at("latest", "state").text(),
                    channel.at("id").text());
        }
        if (table.isEmpty()) {
            session.terminal().note("You have no channels. `ropewalk notify webhook URL` adds one.");
        } else {
            table.print(session.terminal());
        }
        all.at("mailRemedy").optional().ifPresent(session.terminal()::note);
    }

    private void open() {
        Map<String, Object> asked = new LinkedHashMap<>();
        asked.put("kind", what);
        asked.put("target", argument(what.equals("email") ? "which address" : "which URL"));
        if (!name.isEmpty()) {
            asked.put("name", name);
        }
        Tree opened = session.client().post("/api/v1/notice-channels", asked);
        if (session.printedAsJson(opened)) {
            return;
        }
        Terminal terminal = session.terminal();
        terminal.say("Added channel " + opened.at("name").text() + ".");
        opened.at("secret").optional().ifPresent(secret -> {
            terminal.say("Its receiver checks signatures with this secret, which is not shown again:");
            terminal.say(secret);
        });
        terminal.note("Try it with `ropewalk notify test '" + opened.at("name").text() + "'`.");
    }

    private void test() {
        String id = channelId(argument("which channel"), channelTrees());
        Tree sent = session.client().post("/api/v1/notice-channels/" + Client.encode(id) + "/test", Map.of());
        if (!session.printedAsJson(sent)) {
            session.terminal()
                    .say("On its way; `ropewalk notify deliveries '" + argument("") + "'` says whether it arrived.");
        }
    }

    private void deliveries() {
        String id = channelId(argument("which channel"), channelTrees());
        Tree all = session.client().get("/api/v1/notice-channels/" + Client.encode(id) + "/deliveries");
        if (session.printedAsJson(all)) {
            return;
        }
        Instant now = Instant.now();
        Table table = new Table(">WHEN", "WHAT", "STATE", ">TRIES", "LAST PROBLEM");
        for (Tree delivery : all.items()) {
            List<Tree> attempts = delivery.at("attempts").items();
            table.row(
                    Human.ago(delivery.at("createdAt").text(), now),
                    delivery.at("title").text(),
                    delivery.at("state").text(),
                    String.valueOf(attempts.size()),
                    attempts.isEmpty() ? "" : attempts.getLast().at("problem").text());
        }
        if (table.isEmpty()) {
            session.terminal().note("Nothing went over it yet.");
            return;
        }
        table.print(session.terminal());
    }

    private void remove() {
        String reference = argument("which rule or channel");
        boolean rule = session.client().get("/api/v1/notice-rules").items().stream()
                .anyMatch(one -> one.at("id").text().equals(reference));
        if (rule) {
            session.client().delete("/api/v1/notice-rules/" + Client.encode(reference));
        } else {
            session.client().delete("/api/v1/notice-channels/" + Client.encode(channelId(reference, channelTrees())));
        }
        if (!session.json) {
            session.terminal().say("Removed.");
        }
    }
}
