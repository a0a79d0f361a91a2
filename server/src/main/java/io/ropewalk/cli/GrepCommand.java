package io.ropewalk.cli;

import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `grep`: lines in the logs of all runs.
@Command(
        description = "Find lines in the logs of all runs, newest run first.",
        footer = {"", "The exit code is 0 when a line was found, 1 when none was."})
final class GrepCommand implements Callable<Integer> {
    @Mixin
    Session session;

    @Parameters(index = "0", paramLabel = "PATTERN", description = "What a line must contain.")
    String pattern = "";

    @Option(
            names = {"-E", "--regex"},
            description = "Take PATTERN as a regular expression.")
    boolean regex;

    @Option(
            names = {"-C", "--context"},
            paramLabel = "N",
            description = "Show so many lines around each match.")
    int context;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "At most so many matches (default: ${DEFAULT-VALUE}).")
    int limit = 1000;

    GrepCommand(Terminal terminal) {
        session = new Session(terminal);
    }

    @Override
    public Integer call() {
        if (limit < 1) {
            throw new Failure(Failure.USAGE, "--limit is a number from 1.");
        }
        int found = 0;
        String cursor = "";
        do {
            Tree page = session.client()
                    .get("/api/v1/search/logs"
                            + Client.query(
                                    "q",
                                    pattern,
                                    "regex",
                                    regex ? "true" : "",
                                    "context",
                                    context == 0 ? "" : String.valueOf(context),
                                    "limit",
                                    String.valueOf(Math.min(500, limit - found)),
                                    "cursor",
                                    cursor));
            for (Tree hits : page.at("items").items()) {
                found += print(hits);
            }
            cursor = page.at("next").text();
        } while (!cursor.isEmpty() && found < limit);
        if (!cursor.isEmpty()) {
            session.terminal().note(session.terminal().dim("There may be more; see --limit."));
        }
        return found > 0 ? 0 : 1;
    }

    private int print(Tree hits) {
        Terminal terminal = session.terminal();
        if (session.json) {
            terminal.say(Tree.write(hits, false));
        }
        String where = hits.at("project").text() + "/" + hits.at("number").text() + " "
                + hits.at("log").text();
        int matches = 0;
        for (Tree line : hits.at("lines").items()) {
            boolean match = line.at("match").isTrue();
            matches += match ? 1 : 0;
            if (session.json) {
                continue;
            }
            String text = line.at("text").text();
            String shown = match
                    ? ": " + marked(text)
                    : "- " + terminal.dim(terminal.withoutColour().shown(text));
            terminal.say(terminal.paint("36", where) + shown);
        }
        return matches;
    }

    /// The match stands out where there are colours; its own are left away for that.
    private String marked(String text) {
        Terminal terminal = session.terminal();
        String plain = terminal.withoutColour().shown(text);
        if (!terminal.colour() || regex) {
            return terminal.shown(text);
        }
        return Pattern.compile(Pattern.quote(pattern))
                .matcher(plain)
                .replaceAll(found -> Matcher.quoteReplacement(terminal.paint("1;31", found.group())));
    }
}
