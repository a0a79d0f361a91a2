package io.ropewalk.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `sync`: sends the files in which the Python library keeps what it could not send. What travels together has a key
/// that follows from the file, the same as the library's own, so it counts once however often it is sent.
@Command(
        description = "Send what programs logged while no server was there, or could not send before they were killed.")
final class SyncCommand implements Callable<Integer> {
    private static final String NAME = "ropewalk-spool-*.jsonl";
    /// What a line may hold.
    private static final List<String> PARTS = List.of("points", "info", "finish");
    /// So many numbers travel together at most.
    private static final int BATCH = 1000;
    /// What the server answers when something in the request is wrong, and the rest may be right.
    private static final Set<Integer> SPLITS = Set.of(400, 413, 422);

    @Mixin
    Session session;

    @Parameters(
            arity = "0..*",
            paramLabel = "FOLDER",
            description =
                    "Folders with ropewalk-spool-….jsonl, or such files (default: those of the runs in the server's data directory).")
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
        for (Path place : places()) {
            for (Path file : files(place)) {
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

    private List<Path> places() throws IOException {
        if (!places.isEmpty()) {
            return places.stream().map(session.terminal().folder()::resolve).toList();
        }
        Path runs = session.dataDirectory().resolve("runs");
        if (!Files.isDirectory(runs)) {
            throw Failure.user("There is no `" + runs + "`. Name the folder with ropewalk-spool-….jsonl.");
        }
        try (Stream<Path> all = Files.list(runs)) {
            return all.map(run -> run.resolve("spool"))
                    .filter(Files::isDirectory)
                    .sorted()
                    .toList();
        }
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

    /// How far a file has come.
    ///
    /// @param header whose it is
    /// @param sent how many of its entries have arrived
    /// @param sending how many of those behind them travelled together, and may have arrived
    private record State(Map<String, Tree> header, int sent, int sending) {
        static State of(Path file) throws IOException {
            Map<String, Tree> header = new LinkedHashMap<>();
            int sent = 0;
            int sending = 0;
            try (BufferedReader lines = reader(file)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    Tree entry = parsed(line);
                    if (!entry.at("sent").isAbsent()) {
                        sent += (int) entry.at("sent").number(0);
                        sending = 0;
                    } else if (!entry.at("sending").isAbsent()) {
                        sending = (int) entry.at("sending").number(0);
                    } else if (part(entry).isEmpty()) {
                        header.putAll(entry.fields());
                    }
                }
            }
            return new State(header, sent, sending);
        }
    }

    /// Entries that travel together, with what they are and their lines.
    private static final class Batch {
        private final List<Tree> entries = new ArrayList<>();
        private int numbers;

        /// @param first how many entries the batch had when it was sent before; 0 when it was not
        boolean takes(Tree entry, int first) {
            if (entries.isEmpty()) {
                return true;
            }
            boolean numbersAlone =
                    part(entry).equals("points") && part(entries.getLast()).equals("points");
            return numbersAlone
                    && (first > 0
                            ? entries.size() < first
                            : numbers + entry.at("points").items().size() <= BATCH);
        }

        void add(Tree entry) {
            entries.add(entry);
            numbers += entry.at("points").items().size();
        }
    }

    private void send(Path file) throws IOException {
        State state = State.of(file);
        String run = Optional.ofNullable(state.header().get("run"))
                .flatMap(Tree::optional)
                .orElseGet(() -> track(state.header().getOrDefault("request", Tree.ABSENT)));
        List<Tree> unwanted = new ArrayList<>();
        try (BufferedReader lines = reader(file);
                Writer marks = Files.newBufferedWriter(file, StandardOpenOption.APPEND)) {
            // Behind a line that a crash cut short.
            marks.write("\n");
            int number = 0;
            int first = state.sending();
            Batch batch = new Batch();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Tree entry = parsed(line);
                if (part(entry).isEmpty() || number++ < state.sent()) {
                    continue;
                }
                if (!batch.takes(entry, first)) {
                    deliver(run, batch, unwanted, marks);
                    first = 0;
                    batch = new Batch();
                }
                batch.add(entry);
            }
            deliver(run, batch, unwanted, marks);
        }
        if (!unwanted.isEmpty()) {
            List<String> kept = new ArrayList<>(List.of(Tree.write(Map.of("run", run), false)));
            unwanted.forEach(entry -> kept.add(Tree.write(entry, false)));
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

    private void deliver(String run, Batch batch, List<Tree> unwanted, Writer marks) throws IOException {
        if (batch.entries.isEmpty()) {
            return;
        }
        deliver(run, batch.entries, unwanted);
        if (unwanted.isEmpty()) {
            marks.write(Tree.write(Map.of("sent", batch.entries.size()), false) + "\n");
            marks.flush();
        }
    }

    /// One that the server does not want spoils no others.
    ///
    /// @param unwanted is given what it will never take
    private void deliver(String run, List<Tree> entries, List<Tree> unwanted) {
        try {
            post(run, entries);
            entries.forEach(entry -> points += entry.at("points").items().size());
        } catch (Client.Refusal e) {
            if (e.status() == 401 || e.status() == 403 || e.status() == 408 || e.status() == 429 || e.status() >= 500) {
                throw e;
            }
            if (entries.size() > 1 && SPLITS.contains(e.status())) {
                int half = entries.size() / 2;
                deliver(run, entries.subList(0, half), unwanted);
                deliver(run, entries.subList(half, entries.size()), unwanted);
            } else if (!part(entries.getFirst()).equals("finish") || e.status() != 409) {
                session.terminal().note("run " + run + ": " + e.getMessage());
                unwanted.addAll(entries);
            }
        }
    }

    private void post(String run, List<Tree> entries) {
        Tree first = entries.getFirst();
        Optional<String> key =
                first.at("key").optional().map(own -> entries.size() == 1 ? own : own + "-" + entries.size());
        Client client = session.client();
        switch (part(first)) {
            case "points" -> {
                List<Tree> together = new ArrayList<>();
                entries.forEach(entry -> together.addAll(entry.at("points").items()));
                client.post("/api/v1/runs/" + run + "/metrics", Map.of("points", together), key);
            }
            case "info" -> client.post("/api/v1/runs/" + run + "/info", Map.of("info", first.at("info")), key);
            default -> client.post("/api/v1/runs/" + run + "/finish", first.at("finish"), key);
        }
    }

    private static BufferedReader reader(Path file) throws IOException {
        // Whatever a broken disk made of it.
        return new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8));
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
