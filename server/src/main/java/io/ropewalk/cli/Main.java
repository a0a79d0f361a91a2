package io.ropewalk.cli;

import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.config.ConfigurationException;
import io.ropewalk.support.config.Spelling;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/// The entry of every verb.
public final class Main {
    /// In the order of the help page. A call makes only the one it needs.
    private static final List<Verb> VERBS = List.of(
            new Verb("up", UpCommand::new),
            new Verb("demo", DemoCommand::new),
            new Verb("apply", ApplyCommand::new),
            new Verb("run", RunCommand::new),
            new Verb("ls", ListCommand::new),
            new Verb("show", ShowCommand::new),
            new Verb("logs", LogsCommand::new),
            new Verb("grep", GrepCommand::new),
            new Verb("stop", StopCommand::new),
            new Verb("again", AgainCommand::new),
            new Verb("notices", NoticesCommand::new),
            new Verb("notify", NotifyCommand::new),
            new Verb("history", HistoryCommand::new),
            new Verb("diff", DiffCommand::new),
            new Verb("checkout", CheckoutCommand::new),
            new Verb("config", ConfigCommand::new),
            new Verb("doctor", DoctorCommand::new),
            new Verb("backup", BackupCommand::new),
            new Verb("restore", RestoreCommand::new),
            new Verb("verify", VerifyCommand::new),
            new Verb("sync", SyncCommand::new),
            new Verb("completion", CompletionCommand::new),
            new Verb("warm-up", WarmUpCommand::new));

    private record Verb(String name, Function<Terminal, Object> maker) {}

    @Command(
            name = "ropewalk",
            synopsisSubcommandLabel = "COMMAND",
            description = "Takes machine-learning work from data to a served model.%n",
            commandListHeading = "%nCommands:%n",
            footer = {
                "",
                "First steps:",
                "  ropewalk demo               start a server and watch a training run",
                "  ropewalk run -- CMD...      run a command with the files of this folder",
                "  ropewalk COMMAND --help     what a command can do",
                "",
                "ROPEWALK_URL and ROPEWALK_TOKEN point at a server; without them it is the one of ~/.ropewalk."
            })
    static final class Root implements Runnable {
        @CommandLine.Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help.")
        boolean help;

        @CommandLine.Option(
                names = {"-V", "--version"},
                versionHelp = true,
                description = "Show the version.")
        boolean version;

        @CommandLine.Spec
        CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

        @Override
        public void run() {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    private Main() {}

    public static void main(String[] arguments) {
        int code = run(Terminal.ofThisProcess(), arguments);
        System.out.flush();
        if (code == UpCommand.KEEPS_SERVING) {
            serveUntilEnded();
        }
        System.exit(code);
    }

    /// Ctrl-C and its like end the process, and with it this.
    private static void serveUntilEnded() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static int run(Terminal terminal, String... arguments) {
        CommandLine commands = commandLine(terminal, wanted(arguments));
        commands.setOut(writer(terminal.out()));
        commands.setErr(writer(terminal.err()));
        commands.setColorScheme(CommandLine.Help.defaultColorScheme(
                terminal.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
        commands.setParameterExceptionHandler((problem, _) -> misused(terminal, problem));
        commands.setExecutionExceptionHandler((problem, command, _) -> failed(terminal, problem, command));
        return commands.execute(arguments);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    /// The whole command line, or only the part that `verb` needs.
    static CommandLine commandLine(Terminal terminal, Optional<String> verb) {
        CommandLine root = new CommandLine(new Root());
        root.getCommandSpec().versionProvider(() -> new String[] {"ropewalk " + Version.text()});
        for (Verb known : VERBS) {
            if (verb.isEmpty() || verb.get().equals(known.name())) {
                root.addSubcommand(known.name(), known.maker().apply(terminal));
            }
        }
        return root;
    }

    /// The verb that is named first, when it is one.
    private static Optional<String> wanted(String[] arguments) {
        if (arguments.length == 0) {
            return Optional.empty();
        }
        return VERBS.stream().map(Verb::name).filter(arguments[0]::equals).findFirst();
    }

    private static int misused(Terminal terminal, ParameterException problem) {
        CommandLine at = problem.getCommandLine();
        terminal.note("ropewalk: " + problem.getMessage());
        if (problem instanceof CommandLine.UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String word = unmatched.getUnmatched().getFirst();
            boolean option = word.startsWith("-");
            List<String> known = option
                    ? List.copyOf(at.getCommandSpec().optionsMap().keySet())
                    : List.copyOf(at.getSubcommands().keySet());
            Spelling.nearest(word.split("=", 2)[0], known)
                    .ifPresent(near -> terminal.note("Did you mean `" + near + "`?"));
        }
        terminal.note("See `" + at.getCommandSpec().qualifiedName() + " --help`.");
        return Failure.USAGE;
    }

    private static int failed(Terminal terminal, Exception problem, CommandLine command) throws Exception {
        boolean json = command.getCommandSpec().findOption("--json") != null
                && command.getParseResult().hasMatchedOption("--json");
        return switch (problem) {
            case Failure failure -> {
                terminal.note("ropewalk: " + failure.getMessage());
                yield failure.exitCode();
            }
            case Client.Refusal refusal -> {
                if (json) {
                    terminal.say(Tree.write(refusal.asJson(), true));
                }
                terminal.note("ropewalk: " + refusal.getMessage());
                refusal.problems().stream()
                        .filter(_ -> !json)
                        .forEach(detail -> terminal.note("  " + Problems.oneLine(detail)));
                yield Failure.USER;
            }
            case ConfigurationException wrong -> {
                terminal.note("ropewalk: the configuration has "
                        + wrong.problems().size() + (wrong.problems().size() == 1 ? " problem:" : " problems:"));
                wrong.problems().forEach(one -> terminal.note("  " + one));
                yield Failure.USAGE;
            }
            case RopewalkException refused -> {
                terminal.note("ropewalk: " + refused.getMessage());
                yield Failure.USER;
            }
            default -> throw problem;
        };
    }
}
