package io.ropewalk.cli;

import io.ropewalk.admin.BackupCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `verify`: a directory of backups in this process, the server's own data by the server.
@Command(
        description =
                "Read every byte of the backups in DIR, or of what the running server has stored, and name what is damaged.")
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
        return directory.isEmpty()
                ? server()
                : backups(session.terminal().folder().resolve(directory).normalize());
    }

    private int server() {
        session.client().post("/api/v1/server/verification", Map.of());
        Tree ended = BackupCommand.followed(session, "/api/v1/server/verification");
        List<Tree> problems = ended.at("problems").items();
        if (session.printedAsJson(ended)) {
            return problems.isEmpty() ? 0 : Failure.USER;
        }
        session.terminal()
                .say("Read " + Human.bytes(ended.at("bytes").number(0)) + " of contents and the database: "
                        + found(problems.size()));
        return BackupCommand.told(session, ended);
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
            checked.problems()
                    .forEach(
                            problem -> session.terminal().say(session.terminal().state("fail") + "  " + problem));
        }
        return checked.problems().isEmpty() ? 0 : Failure.USER;
    }

    private static String found(int problems) {
        return problems == 0 ? "all is as it was written." : problems + (problems == 1 ? " problem." : " problems.");
    }
}
