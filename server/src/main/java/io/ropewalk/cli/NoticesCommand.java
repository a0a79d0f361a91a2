package io.ropewalk.cli;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `notices`: what one has been told.
@Command(
        description = "Show what you have been told of your runs, newest first.",
        footer = {"", "`ropewalk notify` says what you are told of, and where else it goes."})
final class NoticesCommand implements Callable<Integer> {
    @Mixin
    Session session;

    @Option(names = "--unread", description = "Only what you have not read.")
    boolean unread;

    @Option(names = "--read", description = "Mark all as read.")
    boolean read;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "At most so many (default: 20).")
    int limit = 20;

    NoticesCommand(Terminal terminal) {
        session = new Session(terminal);
    }

    @Override
    public Integer call() {
        Tree page = session.client()
                .get("/api/v1/notices" + Client.query("unread", unread ? "true" : "", "limit", String.valueOf(limit)));
        if (read) {
            session.client().post("/api/v1/notices/read", Map.of());
        }
        if (!session.printedAsJson(page)) {
            print(page);
        }
        return 0;
    }

    private void print(Tree page) {
        Terminal terminal = session.terminal();
        Instant now = Instant.now();
        Table table = new Table("", ">WHEN", "NOTICE", "");
        for (Tree notice : page.at("items").items()) {
            table.row(
                    notice.at("read").isTrue() ? "" : "*",
                    Human.ago(notice.at("createdAt").text(), now),
                    notice.at("title").text(),
                    terminal.dim(Human.shortened(notice.at("text").text(), 80)));
        }
        if (table.isEmpty()) {
            terminal.note(
                    unread
                            ? "You have read everything."
                            : "You have been told nothing yet. `ropewalk notify` shows what you are told of.");
            return;
        }
        table.print(terminal);
    }
}
