package io.ropewalk.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `logs`: what a run printed.
@Command(description = "Print a run's log, or follow it.")
final class LogsCommand implements Callable<Integer> {
    private static final String PAGE = "5000";

    @Mixin
    Session session;

    @Parameters(index = "0", paramLabel = "RUN", description = "7, train-7, digits/7, or a run's id.")
    String reference = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "REPLICA",
            description = "One replica, such as worker-0, or master for the server's own lines.")
    String replica = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Go on until the run ends, and end with its exit code.")
    boolean follow;

    @Option(names = "--grep", paramLabel = "TEXT", description = "Only lines with this text.")
    String grep = "";

    @Option(names = "--regex", description = "Take --grep as a regular expression.")
    boolean regex;

    @Option(names = "--attempt", paramLabel = "N", description = "An earlier attempt of the replica.")
    String attempt = "";

    LogsCommand(Terminal terminal) {
        session = new Session(terminal);
    }

    @Override
    public Integer call() {
        Tree run = session.run(reference);
        if (follow && replica.isEmpty() && grep.isEmpty() && !session.json) {
            return new Follower(session.terminal(), session.client()).follow(run, true);
        }
        if (follow) {
            throw new Failure(
                    Failure.USAGE,
                    "-f follows the whole run; leave out the replica, --grep and --json, or pipe it through grep.");
        }
        print(run);
        return 0;
    }

    private void print(Tree run) {
        String name = replica.isEmpty() ? "all" : replica;
        boolean many = replica.isEmpty() && run.at("replicas").items().size() > 1;
        String offset = "";
        while (true) {
            Tree page = session.client()
                    .get("/api/v1/runs/" + run.at("id").text() + "/logs/" + Client.encode(name)
                            + Client.query(
                                    "offset", offset,
                                    "limit", PAGE,
                                    "grep", grep,
                                    "regex", regex ? "true" : "",
                                    "attempt", attempt));
            for (Tree line : page.at("lines").items()) {
                if (session.json) {
                    session.terminal().say(Tree.write(line, false));
                } else {
                    String log = line.at("log").text();
                    String prefix = many && !log.isEmpty() ? session.terminal().dim(log + " |") + " " : "";
                    session.terminal()
                            .say(prefix
                                    + session.terminal().shown(line.at("text").text()));
                }
            }
            String next = page.at("next").text();
            // A page without lines may be a long stretch without a match.
            if (next.isEmpty() || next.equals(offset)) {
                return;
            }
            offset = next;
        }
    }
}
