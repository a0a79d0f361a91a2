package io.ropewalk.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `again`: the same definition, the same files, other parameters if wanted.
@Command(description = "Start a run again: the same task and the same files, with other parameters if wanted.")
final class AgainCommand implements Callable<Integer> {
    @Mixin
    Session session;

    @Parameters(paramLabel = "RUN", description = "7, train-7, digits/7, or a run's id.")
    String reference = "";

    @Option(names = "--set", paramLabel = "NAME=VALUE", description = "Another value for a parameter; may be repeated.")
    List<String> sets = List.of();

    @Option(names = "--resume", description = "Go on with the checkpoints that the run has left.")
    boolean resume;

    @Option(
            names = {"-d", "--detach"},
            description = "Start the run and return at once.")
    boolean detach;

    AgainCommand(Terminal terminal) {
        session = new Session(terminal);
    }

    @Override
    public Integer call() {
        Tree before = session.run(reference);
        Map<String, Object> request = new LinkedHashMap<>();
        if (!sets.isEmpty()) {
            request.put("parameters", Session.parameters(sets));
        }
        if (resume) {
            request.put("resume", true);
        }
        Tree run = session.client().post("/api/v1/runs/" + before.at("id").text() + "/again", request);
        return RunCommand.afterStart(session, run, detach);
    }
}
