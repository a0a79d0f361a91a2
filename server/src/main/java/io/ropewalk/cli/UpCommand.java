package io.ropewalk.cli;

import io.ropewalk.Ropewalk;
import io.ropewalk.support.config.ServerSettings;
import io.ropewalk.support.config.Settings;
import io.ropewalk.support.config.SettingsReader.Flag;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `up`: a server in this process, until Ctrl-C.
@Command(description = "Start the server and keep serving until Ctrl-C.")
final class UpCommand implements Callable<Integer> {
    /// The server's own threads keep the process; nobody may end it now.
    static final int KEEPS_SERVING = -1;

    @Mixin
    ServerOptions options = new ServerOptions();

    private final Terminal terminal;

    UpCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /// The flags that configure a server.
    static final class ServerOptions {
        @Option(names = "--data", paramLabel = "DIR", description = "The data directory (default: ~/.ropewalk).")
        String data = "";

        @Option(names = "--port", paramLabel = "N", description = "The port (default: 8080); 0 takes any free one.")
        String port = "";

        @Option(
                names = "--bind",
                paramLabel = "ADDRESS",
                description = "The address to listen on (default: 127.0.0.1).")
        String bind = "";

        @Option(names = "--no-browser", description = "Do not open a browser.")
        boolean noBrowser;

        @Option(names = "--json", description = "Print JSON for programs instead of text for people.")
        boolean json;

        @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Any setting that `ropewalk config` lists.")
        List<String> sets = new ArrayList<>();

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "Show this help.")
        boolean help;

        List<Flag> flags() {
            List<Flag> flags = new ArrayList<>();
            for (String set : sets) {
                int sign = set.indexOf('=');
                if (sign < 1) {
                    throw new Failure(
                            Failure.USAGE, "`--set " + set + "` must be KEY=VALUE, such as --set limits.body=32MiB");
                }
                flags.add(new Flag("--set " + set.substring(0, sign), set.substring(0, sign), set.substring(sign + 1)));
            }
            addIfGiven(flags, "data", data);
            addIfGiven(flags, "port", port);
            addIfGiven(flags, "bind", bind);
            if (noBrowser) {
                flags.add(new Flag("--no-browser", "browser", "false"));
            }
            return flags;
        }

        private static void addIfGiven(List<Flag> flags, String key, String value) {
            if (!value.isEmpty()) {
                flags.add(new Flag("--" + key, key, value));
            }
        }
    }

    @Override
    public Integer call() {
        Settings<ServerSettings> settings = ServerSettings.read(terminal.environment(), options.flags());
        ServerAddress address = start(options.json ? terminal.quiet() : terminal, settings.value());
        if (options.json) {
            terminal.say(Tree.write(
                    Map.of(
                            "url", address.url(),
                            "signIn", signIn(address),
                            "data", settings.value().data().toString(),
                            "version", Version.text()),
                    false));
        }
        return KEEPS_SERVING;
    }

    /// Starts a server that ends when this process does, and says where it is.
    ///
    /// @return how to reach it as its owner
    static ServerAddress start(Terminal terminal, ServerSettings settings) {
        long begun = ProcessHandle.current()
                .info()
                .startInstant()
                .map(java.time.Instant::toEpochMilli)
                .orElse(System.currentTimeMillis());
        Ropewalk server = Ropewalk.start(settings);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "shutdown"));
        ServerAddress address = ServerAddress.find(
                terminal, java.util.Optional.of(settings.data().toString()));
        String signIn = signIn(address);
        terminal.say("Ropewalk " + Version.text() + " is ready after "
                + Human.duration(Duration.ofMillis(System.currentTimeMillis() - begun)) + ".");
        terminal.say("");
        terminal.say("  Open   " + terminal.bold(signIn));
        terminal.say("  Data   " + settings.data());
        terminal.say("  Stop   Ctrl-C; runs go on and are found again");
        terminal.say("");
        if (settings.browser()) {
            openBrowser(terminal, server);
        }
        return address;
    }

    static String signIn(ServerAddress address) {
        return address.token()
                .map(token -> address.url() + "/sign-in?token=" + token)
                .orElse(address.url());
    }

    /// What everybody on the machine can see while it runs: it leads to the sign-in, but is none.
    static List<String> browserCommand(Ropewalk server) {
        return List.of("xdg-open", server.signInPage().toString());
    }

    private static void openBrowser(Terminal terminal, Ropewalk server) {
        boolean desktop = terminal.variable("DISPLAY").isPresent()
                || terminal.variable("WAYLAND_DISPLAY").isPresent();
        if (!desktop || !Terminal.isOnScreen()) {
            return;
        }
        try {
            new ProcessBuilder(browserCommand(server))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            // No browser to be had; the address is on the screen.
        }
    }
}
