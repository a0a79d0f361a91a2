package io.ropewalk.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `backup`.
@Command(
        description =
                "Make a backup of the server while it works; what earlier backups in DIR have is not copied again.")
final class BackupCommand implements Callable<Integer> {
    private static final long LOOK_EVERY_MILLIS = 200;

    @Mixin
    Session session;

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description =
                    "A directory of the server's machine that is new, empty or holds backups (default: backup.directory of the configuration).")
    String directory = "";

    BackupCommand(Terminal terminal) {
        session = new Session(terminal);
    }

    @Override
    public Integer call() {
        Map<String, Object> request = new LinkedHashMap<>();
        if (!directory.isEmpty()) {
            request.put(
                    "directory",
                    session.terminal().folder().resolve(directory).normalize().toString());
        }
        session.client().post("/api/v1/server/backup", request);
        Tree ended = followed(session, "/api/v1/server/backup");
        if (session.printedAsJson(ended)) {
            return ended.at("problems").items().isEmpty() ? 0 : Failure.USER;
        }
        Tree made = ended.at("made");
        session.terminal()
                .say("Backup " + session.terminal().bold(made.at("name").text()) + ": "
                        + made.at("files").text() + " files, "
                        + Human.bytes(made.at("bytes").number(0)) + ", of which "
                        + Human.bytes(made.at("copied").number(0)) + " are new.");
        return told(session, ended);
    }

    /// Shows how far a job has come until it has ended.
    static Tree followed(Session session, String path) {
        ProgressLine line = new ProgressLine(session.terminal());
        line.start();
        while (true) {
            Tree job = session.client().get(path);
            switch (job.at("state").text()) {
                case "going" ->
                    show(
                            line,
                            job.at("doing").text(),
                            job.at("bytes").number(0),
                            job.at("total").number(0));
                case "done" -> {
                    line.clear();
                    return job;
                }
                case "failed" -> {
                    line.clear();
                    throw Failure.user(job.at("message").text("it failed; the server's log says why"));
                }
                default -> {
                    line.clear();
                    throw Failure.user(
                            "The server was started anew meanwhile, and what it was doing is lost. Try again.");
                }
            }
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Failure.user("Interrupted; the server goes on with it.");
            }
        }
    }

    static void show(ProgressLine line, String doing, long bytes, long total) {
        if (total > 0) {
            line.showRate(doing, bytes, total);
        } else {
            line.show(bytes > 0 ? doing + ", " + Human.bytes(bytes) : doing);
        }
    }

    /// Says what was found wrong.
    static int told(Session session, Tree ended) {
        var problems = ended.at("problems").items();
        problems.forEach(problem -> session.terminal().say(session.terminal().state("fail") + "  " + problem.text()));
        return problems.isEmpty() ? 0 : Failure.USER;
    }
}
