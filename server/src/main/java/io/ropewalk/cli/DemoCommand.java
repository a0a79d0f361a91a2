package io.ropewalk.cli;

import io.ropewalk.support.config.ServerSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `demo`: from nothing to a finished training run.
@Command(description = "Start a server, train the example project `digits` on it, and keep serving.")
final class DemoCommand implements Callable<Integer> {
    private static final String PROJECT = "digits";
    private static final String TASK = "train";

    @Mixin
    UpCommand.ServerOptions options = new UpCommand.ServerOptions();

    @Option(names = "--once", description = "End with the run, with its exit code, instead of serving on.")
    boolean once;

    private final Terminal terminal;

    DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Terminal terminal = options.json ? this.terminal.quiet() : this.terminal;
        Path document = ApplyCommand.document(example());
        ServerSettings settings =
                ServerSettings.read(terminal.environment(), options.flags()).value();
        Optional<ServerAddress> running = running(settings);
        ServerAddress address = running.orElseGet(() -> UpCommand.start(terminal, settings));
        running.ifPresent(there -> terminal.say("Using the server at " + there.url() + "."));

        Session session = new Session(terminal);
        session.data = settings.data().toString();
        ApplyCommand.apply(session, document, ApplyCommand.read(document), "", "Demo", true);
        Tree run = session.client().post(session.projectPath(PROJECT) + "/runs", Map.of("task", TASK));
        terminal.say("Run " + terminal.bold(Follower.name(run)) + " trains on handwritten digits: "
                + terminal.bold(session.page(run)));
        terminal.say("");
        int code = new Follower(terminal, session.client()).follow(run, false);
        Tree ended = session.client().get("/api/v1/runs/" + run.at("id").text());
        if (options.json) {
            this.terminal.say(ended.pretty());
        }
        terminal.say("");
        accuracy(ended).ifPresent(accuracy -> terminal.say("Accuracy on unseen digits: " + terminal.bold(accuracy)));
        terminal.say("Look at it: " + terminal.bold(session.page(run)));
        if (once || running.isPresent()) {
            return code;
        }
        if (code != 0) {
            terminal.say("The run failed; its log says why: ropewalk logs " + Follower.name(run));
        }
        terminal.say("Still serving; sign in at " + UpCommand.signIn(address) + " (Ctrl-C ends the server).");
        return UpCommand.KEEPS_SERVING;
    }

    private static Optional<String> accuracy(Tree run) {
        return Stream.of("test_accuracy", "accuracy")
                .flatMap(name -> run.at("metrics", name).optional().stream())
                .map(Human::number)
                .findFirst();
    }

    /// A server that already serves this data directory.
    private Optional<ServerAddress> running(ServerSettings settings) {
        Optional<String> data = Optional.of(settings.data().toString());
        if (!Files.exists(settings.data().resolve("url"))) {
            return Optional.empty();
        }
        ServerAddress address = ServerAddress.find(terminal, data);
        return new Client(address).answers() ? Optional.of(address) : Optional.empty();
    }

    private Path example() {
        Path folder = Path.of(terminal.variable("ROPEWALK_HOME").orElse("."), "examples", PROJECT);
        if (!Files.isDirectory(folder)) {
            throw Failure.user("The example project is not at " + folder
                    + ". Call the launcher `ropewalk` of a checkout or of an unpacked release, or set ROPEWALK_HOME.");
        }
        return folder;
    }
}
