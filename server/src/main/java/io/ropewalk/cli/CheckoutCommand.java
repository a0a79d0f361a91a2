package io.ropewalk.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `checkout`: an earlier document becomes the newest of an experiment.
@Command(description = "Make the document of an earlier revision the newest of an experiment.")
final class CheckoutCommand implements Callable<Integer> {
    @Mixin
    Session session;

    @Parameters(paramLabel = "REVISION", description = "A revision's id, as `history` lists them.")
    String revision = "";

    @Option(
            names = {"-p", "--project"},
            paramLabel = "NAME",
            description = "The project (default: this folder's).")
    String project = "";

    @Option(
            names = "--experiment",
            paramLabel = "NAME",
            description = "The line of work; a new name makes a new one (default: master).")
    String experiment = "master";

    @Option(
            names = {"-m", "--comment"},
            paramLabel = "TEXT",
            description = "Why, for the project's history.")
    String comment = "";

    CheckoutCommand(Terminal terminal) {
        session = new Session(terminal);
    }

    @Override
    public Integer call() {
        String of = project.isEmpty() ? session.folderProject() : project;
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("revision", revision);
        request.put("experiment", experiment);
        if (!comment.isEmpty()) {
            request.put("comment", comment);
        }
        Tree applied = session.client().post(session.projectPath(of) + "/checkout", request);
        if (!session.printedAsJson(applied)) {
            session.terminal()
                    .say("Experiment " + session.terminal().bold(experiment) + " of " + of + " now has the document of "
                            + revision + ", as revision "
                            + applied.at("revision", "id").text() + ".");
        }
        return 0;
    }
}
