package io.ropewalk.cli;

import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `history`: the revisions of a project's document.
@Command(description = "List the revisions of a project's document, newest first.")
final class HistoryCommand implements Callable<Integer> {
    @Mixin
    Session session;

    @Parameters(arity = "0..1", paramLabel = "PROJECT", description = "The project (default: this folder's).")
    String project = "";

    @Option(names = "--experiment", paramLabel = "NAME", description = "Only this line of work.")
    String experiment = "";

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "At most so many (default: 20).")
    int limit = 20;

    HistoryCommand(Terminal terminal) {
        session = new Session(terminal);
    }

    @Override
    public Integer call() {
        String of = project.isEmpty() ? session.folderProject() : project;
        Tree page = session.client()
                .get(session.projectPath(of) + "/revisions"
                        + Client.query("experiment", experiment, "limit", String.valueOf(limit)));
        if (session.printedAsJson(page)) {
            return 0;
        }
        Table table = new Table("REVISION", "HEAD OF", "EXPERIMENT", "AUTHOR", ">WHEN", "COMMENT");
        for (Tree revision : page.at("items").items()) {
            table.row(
                    revision.at("id").text(),
                    revision.at("heads").items().stream().map(Tree::text).collect(Collectors.joining(", ")),
                    revision.at("experiment").text(),
                    revision.at("author").text(),
                    Human.ago(revision.at("createdAt").text(), Instant.now()),
                    Human.shortened(revision.at("comment").text(), 60));
        }
        table.print(session.terminal());
        return 0;
    }
}
