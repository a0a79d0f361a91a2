package io.ropewalk.cli;

import io.ropewalk.admin.Restore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `restore`: works without a server, since there may be none.
@Command(description = "Make a new data directory from a backup, checking everything on the way.")
final class RestoreCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The directory of backups.")
    String directory = "";

    @Option(
            names = "--data",
            required = true,
            paramLabel = "NEW",
            description = "The data directory to make; new or empty.")
    String data = "";

    @Option(names = "--backup", paramLabel = "NAME", description = "Which one (default: the newest).")
    String name = "";

    @Option(
            names = "--database",
            paramLabel = "URL",
            description = "An empty PostgreSQL database for the rows (default: SQLite in the new directory).")
    String database = "";

    @Option(names = "--json", description = "Print JSON for programs instead of text for people.")
    boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    RestoreCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Path target = terminal.folder().resolve(data).normalize();
        ProgressLine line = new ProgressLine(terminal);
        line.start();
        Restore.Restored restored = Restore.restore(
                terminal.folder().resolve(directory).normalize(),
                name,
                target,
                database,
                (doing, bytes, total) -> BackupCommand.show(line, doing, bytes, total));
        line.clear();
        if (json) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("backup", restored.name());
            result.put("data", target.toString());
            result.put("files", restored.files());
            result.put("bytes", restored.bytes());
            result.put("lost", restored.lost());
            terminal.say(Tree.write(result, true));
            return 0;
        }
        terminal.say("Restored " + terminal.bold(restored.name()) + " of " + restored.madeAt() + ": " + restored.files()
                + " files, " + Human.bytes(restored.bytes()) + ", every checksum right.");
        if (restored.lost() > 0) {
            terminal.say(restored.lost() + (restored.lost() == 1 ? " run was" : " runs were")
                    + " going on when the backup was made and now count as failed (cluster-lost).");
        }
        if (restored.configurationAside()) {
            terminal.say("The configuration names the first server's database, so it was put aside as "
                    + target.resolve(Restore.OLD_CONFIGURATION) + ".");
        }
        terminal.say("Start it with: ropewalk up --data " + target + (database.isEmpty() ? "" : " --set database=…"));
        return 0;
    }
}
