package io.ropewalk.cli;

import io.ropewalk.Ropewalk;
import io.ropewalk.support.config.ServerSettings;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `warm-up`: does what this program usually does, so that the JVM which watches can write down what is needed for it.
/// The launcher calls it to make the archives that later starts are faster by.
@Command(hidden = true, description = "Exercise this program for the JVM's archive.")
final class WarmUpCommand implements Callable<Integer> {
    private static final String RUN =
            "{\"id\":\"01234567-89ab-cdef-0123-456789abcdef\",\"number\":7,\"name\":\"train-7\",\"project\":\"digits\",\"task\":\"train\","
                    + "\"state\":\"succeeded\",\"author\":\"owner\",\"createdAt\":\"2026-01-01T00:00:00.000Z\","
                    + "\"startedAt\":\"2026-01-01T00:00:00.000Z\",\"endedAt\":\"2026-01-01T00:00:09.500Z\",\"metrics\":{\"loss\":0.25},"
                    + "\"parameters\":{\"lr\":\"0.1\"},\"replicas\":[{\"name\":\"worker-0\",\"state\":\"succeeded\",\"exitCode\":0}]}";

    private static final int RUNS = 400;
    /// Nobody watches it: whatever has not ended by then is not waited for.
    private static final Duration ENOUGH = Duration.ofMinutes(2);

    @Parameters(paramLabel = "client|server", description = "What to exercise.")
    String what = "client";

    private final Terminal terminal;

    WarmUpCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        if (what.equals("server")) {
            server();
        } else {
            client();
        }
        return 0;
    }

    private void client() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread answering = new Thread(() -> answer(listener), "answers");
            answering.setDaemon(true);
            answering.start();
            Terminal nowhere = new Terminal(
                    Map.of(
                            "ROPEWALK_URL", "http://127.0.0.1:" + listener.getLocalPort(),
                            "ROPEWALK_TOKEN", "t",
                            "HOME", "/nonexistent"),
                    terminal.folder(),
                    new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                    new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8),
                    true);
            for (List<String> call : List.of(
                    List.of("ls"),
                    List.of("ls", "projects", "--json"),
                    List.of("show", "digits/7"),
                    List.of("stop", "digits/7"),
                    List.of("again", "digits/7", "--set", "lr=0.2", "-d"),
                    List.of("run", "digits/train", "--set", "lr=0.2"),
                    List.of("logs", "digits/7"),
                    List.of("logs", "-f", "digits/7"),
                    List.of("history", "digits"),
                    List.of("diff", "-p", "digits", "1", "2"),
                    List.of("config"),
                    List.of("run", "--help"),
                    List.of("nonsense"),
                    List.of("--help"))) {
                Main.run(nowhere, call.toArray(String[]::new));
            }
        }
    }

    /// Answers any request with a run that has ended, closing the connection after each.
    private static void answer(ServerSocket listener) {
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                String request = Optional.ofNullable(in.readLine()).orElse("");
                String line = request;
                while (line != null && !line.isEmpty()) {
                    line = in.readLine();
                }
                boolean live = request.contains("/tail");
                String list =
                        "{\"items\":[" + RUN + "],\"lines\":[{\"offset\":0,\"text\":\"a line\",\"log\":\"worker-0\"}]}";
                String body = live
                        ? "event: lines\ndata: " + list + "\n\nevent: end\ndata: {}\n\n"
                        : request.matches("[A-Z]+ \\S*(/runs/[^/?]+|/stop|/again) .*|POST .*") ? RUN : list;
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                String head = "HTTP/1.1 200 OK\r\nContent-Type: " + (live ? "text/event-stream" : "application/json")
                        + "\r\nContent-Length: " + bytes.length + "\r\nConnection: close\r\n\r\n";
                socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().write(bytes);
            } catch (IOException e) {
                // The next call has a connection of its own.
            }
        }
    }

    /// Starts runs until the server has done so often enough for the JVM to know what matters.
    private static void runs(Client client) throws IOException {
        String project = "/api/v1/workspaces/default/projects/warm-up";
        client.put(project + "/document", Map.of("document", """
                kind: Project
                name: warm-up
                tasks:
                - name: nothing
                  roles:
                  - name: main
                    command: echo '{"step":1,"loss":0.5}'
                """));
        String last = "";
        for (int number = 0; number < RUNS; number++) {
            Tree run =
                    client.post(project + "/runs", Map.of("task", "nothing", "parameters", Map.of("number", number)));
            last = "/api/v1/runs/" + run.at("id").text();
        }
        long deadline = System.nanoTime() + ENOUGH.toNanos();
        try {
            while (System.nanoTime() < deadline
                    && !client.get("/api/v1/workspaces/default/runs?state=active&limit=1")
                            .at("items")
                            .items()
                            .isEmpty()) {
                Thread.sleep(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (String path : List.of(
                last,
                last + "/status",
                last + "/events",
                last + "/logs",
                last + "/logs/main-0",
                last + "/metrics",
                last + "/files")) {
            client.text(path);
        }
    }

    private void server() throws IOException {
        Path data = Files.createTempDirectory("ropewalk-warm-up");
        try {
            ServerSettings settings = ServerSettings.read(
                            Map.of(),
                            List.of(
                                    new io.ropewalk.support.config.SettingsReader.Flag(
                                            "--data", "data", data.toString()),
                                    new io.ropewalk.support.config.SettingsReader.Flag("--port", "port", "0"),
                                    new io.ropewalk.support.config.SettingsReader.Flag(
                                            "--no-browser", "browser", "false")))
                    .value();
            try (Ropewalk _ = Ropewalk.start(settings)) {
                Terminal here = new Terminal(
                        Map.of(),
                        terminal.folder(),
                        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                        terminal.err(),
                        false);
                Client client = new Client(ServerAddress.find(here, Optional.of(data.toString())));
                for (String path : List.of(
                        "/",
                        "/health",
                        "/api/v1/me",
                        "/api/v1/server",
                        "/api/v1/openapi.json",
                        "/api/v1/workspaces/default/projects",
                        "/api/v1/workspaces/default/runs")) {
                    client.text(path);
                }
                runs(client);
            }
        } finally {
            try (Stream<Path> files = Files.walk(data)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
