package io.ropewalk.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `sync`: sends the files that the Python library wrote while it had no server. Each line has a key of its own, so
/// what was sent once counts once, however often it is sent.
@Command(description = "Send what programs logged while no server was there.")
final class SyncCommand implements Callable<Integer> {
    private static final String NAME = "ropewalk-spool-*.jsonl";
    /// What a line may hold.
    private static final List<String> PARTS = List.of("points", "info", "finish");

    @Mixin
    Session session;

    @Parameters(
            arity = "1..*",
            paramLabel = "FOLDER",
            description = "Folders with ropewalk-spool-….jsonl, or such files.")
    List<String> places = List.of();

    private int files;
    private long points;
    private int refused;
    private int skipped;

    SyncCommand(Terminal terminal) {
        session = new Session(terminal);
    }

    @Override
    public Integer call() throws IOException {
        for (String place : places) {
            for (Path file : files(session.terminal().folder().resolve(place))) {
                if (isWritten(file)) {
                    skipped++;
                    session.terminal().note(file + " is still being written by a program; left for later");
                } else {
                    send(file);
                }
            }
        }
        if (session.json) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("files", files);
            result.put("points", points);
            result.put("refused", refused);
            result.put("skipped", skipped);
            session.terminal().say(Tree.write(result, true));
        } else {
            session.terminal().say("Sent " + points + " numbers of " + files + (files == 1 ? " file." : " files."));
        }
        return refused == 0 ? 0 : Failure.USER;
    }

    private static List<Path> files(Path place) throws IOException {
        if (Files.isRegularFile(place)) {
            return List.of(place);
        }
        if (!Files.isDirectory(place)) {
            throw Failure.user("There is no folder `" + place + "`.");
        }
        List<Path> found = new ArrayList<>();
        try (var matching = Files.newDirectoryStream(place, NAME)) {
            matching.forEach(found::add);
        }
        found.sort(null);
        return found;
    }

    /// The library keeps a lock on its file as long as its program lives.
    private static boolean isWritten(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null;
        }
    }

    private void send(Path file) throws IOException {
        Map<String, Tree> header = new LinkedHashMap<>();
        try (Stream<String> lines = Files.lines(file)) {
            lines.map(SyncCommand::parsed)
                    .filter(entry -> part(entry).isEmpty())
                    .forEach(entry -> header.putAll(entry.fields()));
        }
        String run = Optional.ofNullable(header.get("run"))
                .flatMap(Tree::optional)
                .orElseGet(() -> track(header.getOrDefault("request", Tree.ABSENT)));
        List<String> kept = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Tree entry = parsed(line);
                String part = part(entry);
                if (!part.isEmpty() && !sent(run, part, entry)) {
                    kept.add(line);
                }
            }
        }
        if (!kept.isEmpty()) {
            kept.addFirst(Tree.write(Map.of("run", run), false));
            Files.write(file.resolveSibling(file.getFileName() + ".refused"), kept);
            refused++;
        }
        Files.delete(file);
        files++;
    }

    private String track(Tree request) {
        String project = request.at("project").text("default");
        Tree body = request.at("body");
        return session.client()
                .post(
                        session.projectPath(project) + "/runs/tracked",
                        body.isAbsent() ? Map.of() : body,
                        request.at("key").optional())
                .at("id")
                .text();
    }

    /// @return false when the server will never take it
    private boolean sent(String run, String part, Tree entry) {
        Tree content = entry.at(part);
        Optional<String> key = entry.at("key").optional();
        Client client = session.client();
        try {
            switch (part) {
                case "points" -> {
                    client.post("/api/v1/runs/" + run + "/metrics", Map.of("points", content), key);
                    points += content.items().size();
                }
                case "info" -> client.post("/api/v1/runs/" + run + "/info", Map.of("info", content), key);
                default -> client.post("/api/v1/runs/" + run + "/finish", content, key);
            }
            return true;
        } catch (Client.Refusal e) {
            if (e.status() == 401 || e.status() == 403 || e.status() >= 500) {
                throw e;
            }
            boolean ended = part.equals("finish") && e.status() == 409;
            if (!ended) {
                session.terminal().note("run " + run + ": " + e.getMessage());
            }
            return ended;
        }
    }

    private static String part(Tree entry) {
        return PARTS.stream()
                .filter(part -> !entry.at(part).isAbsent())
                .findFirst()
                .orElse("");
    }

    /// A line that a crash cut short is nothing.
    private static Tree parsed(String line) {
        try {
            return line.isBlank() ? Tree.ABSENT : Tree.parse(line);
        } catch (UncheckedIOException e) {
            return Tree.ABSENT;
        }
    }
}
