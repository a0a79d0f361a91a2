package io.ropewalk.cli;

import io.ropewalk.Ropewalk;
import io.ropewalk.admin.BackupCheck;
import io.ropewalk.support.config.ServerSettings;
import io.ropewalk.support.config.SettingsReader.Flag;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `verify`: a directory of backups and the data of a stopped server in this process, a running server's data by it.
@Command(
        description =
                "Read every byte of the backups in DIR, or of what the server has stored, and name what is damaged. With --data it may be stopped.")
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    Session session;

    @Parameters(arity = "0..1", paramLabel = "DIR", description = "A directory of backups; needs no server.")
    String directory = "";

    VerifyCommand(Terminal terminal) {
        session = new Session(terminal);
    }

    @Override
    public Integer call() throws IOException {
        if (!directory.isEmpty()) {
            return backups(session.terminal().folder().resolve(directory).normalize());
        }
        return session.namedData().flatMap(this::stopped).orElseGet(this::server);
    }

    /// @return empty when a server has that directory
    private Optional<Integer> stopped(String data) {
        Path folder = session.terminal().folder().resolve(data).normalize();
        ServerSettings settings = ServerSettings.read(
                        session.terminal().environment(), List.of(new Flag("--data", "data", folder.toString())))
                .value();
        ProgressLine line = new ProgressLine(session.terminal());
        line.start();
        long[] read = new long[1];
        Optional<List<String>> problems = Ropewalk.checkStopped(settings, (doing, bytes, total) -> {
            read[0] = bytes;
            BackupCommand.show(line, doing, bytes, total);
        });
        line.clear();
        return problems.map(found -> told(read[0], found));
    }

    private int told(long bytes, List<String> problems) {
        if (session.json) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("bytes", bytes);
            json.put("problems", problems);
            session.terminal().say(Tree.write(json, true));
        } else {
            session.terminal()
                    .say("Read " + Human.bytes(bytes) + " of contents and the database: " + found(problems.size()));
            problems.forEach(this::sayProblem);
        }
        return problems.isEmpty() ? 0 : Failure.USER;
    }

    private int server() {
        session.client().post("/api/v1/server/verification", Map.of());
        Tree ended = BackupCommand.followed(session, "/api/v1/server/verification");
        if (session.printedAsJson(ended)) {
            return ended.at("problems").items().isEmpty() ? 0 : Failure.USER;
        }
        return told(
                ended.at("bytes").number(0),
                ended.at("problems").items().stream().map(Tree::text).toList());
    }

    private int backups(Path path) throws IOException {
        ProgressLine line = new ProgressLine(session.terminal());
        line.start();
        BackupCheck.Checked checked =
                BackupCheck.check(path, (doing, bytes, total) -> BackupCommand.show(line, doing, bytes, total));
        line.clear();
        if (session.json) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("backups", checked.backups());
            json.put("contents", checked.contents());
            json.put("bytes", checked.bytes());
            json.put("problems", checked.problems());
            session.terminal().say(Tree.write(json, true));
        } else {
            session.terminal()
                    .say("Read " + checked.contents() + " contents, " + Human.bytes(checked.bytes()) + ", of "
                            + checked.backups() + " backups: "
                            + found(checked.problems().size()));
            checked.problems().forEach(this::sayProblem);
            if (!checked.problems().isEmpty()) {
                session.terminal()
                        .say("Remove the damaged files and make a backup: it copies anew what the server still has.");
            }
        }
        return checked.problems().isEmpty() ? 0 : Failure.USER;
    }

    private void sayProblem(String problem) {
        session.terminal().say(session.terminal().state("fail") + "  " + problem);
    }

    private static String found(int problems) {
        return problems == 0 ? "all is as it was written." : problems + (problems == 1 ? " problem." : " problems.");
    }
}
