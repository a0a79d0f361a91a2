package io.ropewalk.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `completion`: a script for the shell.
@Command(
        description = "Print a completion script for bash or zsh.",
        footer = {
            "",
            "  source <(ropewalk completion bash)      in ~/.bashrc",
            "  source <(ropewalk completion zsh)       in ~/.zshrc, after compinit"
        })
final class CompletionCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "SHELL", description = "bash or zsh.")
    String shell = "bash";

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    private final Terminal terminal;

    CompletionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (!shell.equals("bash") && !shell.equals("zsh")) {
            throw new Failure(Failure.USAGE, "Completion exists for bash and zsh, not for `" + shell + "`.");
        }
        CommandLine all = Main.commandLine(terminal, Optional.empty());
        String script = AutoComplete.bash("ropewalk", all);
        if (shell.equals("zsh")) {
            terminal.say("autoload -U +X bashcompinit && bashcompinit");
        }
        terminal.say(script);
        return 0;
    }
}
