package io.ropewalk.cli;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `stop`.
@Command(description = "Stop runs: they are asked to end, and ended when the grace is over.")
final class StopCommand implements Callable<Integer> {
    @Mixin
    Session session;

    @Parameters(arity = "1..*", paramLabel = "RUN", description = "7, train-7, digits/7, or a run's id.")
    List<String> references = List.of();

    @Option(
            names = "--grace",
            paramLabel = "SECONDS",
            description = "How long they may take to end, 3600 at most (default: the server's).")
    int grace = -1;

    StopCommand(Terminal terminal) {
        session = new Session(terminal);
    }

    @Override
    public Integer call() {
        for (String reference : references) {
            Tree run = session.run(reference);
            Tree stopped = session.client()
                    .post(
                            "/api/v1/runs/" + run.at("id").text() + "/stop",
                            grace < 0 ? Map.of() : Map.of("grace", grace));
            if (!session.printedAsJson(stopped)) {
                session.terminal()
                        .say(Follower.name(stopped) + " "
                                + session.terminal().state(stopped.at("state").text()));
            }
        }
        return 0;
    }
}
