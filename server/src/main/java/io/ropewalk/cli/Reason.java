package io.ropewalk.cli;

import java.util.Optional;
import java.util.function.Consumer;

/// Why a run failed, in a few lines.
record Reason(String run, Tree found) {
    private static final int LINES = 6;

    /// Empty for a run that has not failed, and where the server does not say.
    static Optional<Reason> of(Client client, Tree run) {
        if (!run.at("state").text().equals("failed")) {
            return Optional.empty();
        }
        try {
            Tree found = client.get("/api/v1/runs/" + run.at("id").text() + "/diagnosis");
            return found.at("headline").optional().map(_ -> new Reason(Follower.name(run), found));
        } catch (Client.Refusal e) {
            if (e.status() == 404) {
                // An older server, or a run that has been deleted meanwhile.
                return Optional.empty();
            }
            throw e;
        }
    }

    void print(Terminal terminal, Consumer<String> out) {
        out.accept("");
        out.accept(terminal.paint("1;31", found.at("headline").text()));
        out.accept(found.at("meaning").text());
        out.accept(terminal.bold("→ ") + found.at("remedy").text());
        var lines = found.at("lines").items();
        for (Tree line : lines.subList(Math.max(0, lines.size() - LINES), lines.size())) {
            out.accept(terminal.dim("  │ ") + terminal.shown(line.at("text").text()));
        }
        String log = found.at("log").text();
        if (!log.isEmpty()) {
            out.accept(terminal.dim("  all of it: ropewalk logs " + run + " " + log));
        }
    }
}
