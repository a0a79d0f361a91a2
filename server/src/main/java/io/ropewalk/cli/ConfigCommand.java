package io.ropewalk.cli;

import io.ropewalk.support.config.ServerSettings;
import io.ropewalk.support.config.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `config`: what a server started here would be told, and by whom.
@Command(description = "Show every setting of a server started here, and where its value comes from.")
final class ConfigCommand implements Callable<Integer> {
    @Mixin
    UpCommand.ServerOptions options = new UpCommand.ServerOptions();

    private final Terminal terminal;

    ConfigCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        List<Settings.Entry> entries =
                ServerSettings.read(terminal.environment(), options.flags()).entries();
        if (options.json) {
            terminal.say(Tree.write(entries.stream().map(ConfigCommand::asJson).toList(), true));
            return 0;
        }
        Table table = new Table("SETTING", "VALUE", "FROM");
        for (Settings.Entry entry : entries) {
            table.row(entry.key(), entry.shown(), terminal.dim(entry.origin().toString()));
        }
        table.print(terminal);
        return 0;
    }

    private static Map<String, Object> asJson(Settings.Entry entry) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("key", entry.key());
        json.put("value", entry.shown());
        json.put("origin", entry.origin().toString());
        json.put("about", entry.about());
        return json;
    }
}
