package io.ropewalk.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Answers what a test tells it to, and remembers what it was asked. The last answer to a request stays.
final class StandInServer implements AutoCloseable {
    record Asked(String method, String path, byte[] bytes, Map<String, List<String>> headers) {
        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        Tree json() {
            return Tree.parse(text());
        }
    }

    private record Answer(int status, String type, String body) {}

    private final HttpServer http;
    private final Map<String, Deque<Answer>> answers = new HashMap<>();
    private final Queue<Asked> asked = new ConcurrentLinkedQueue<>();

    StandInServer() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        http.createContext("/", this::handle);
        http.start();
    }

    String url() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    StandInServer on(String request, int status, String json) {
        answers.computeIfAbsent(request, _ -> new ArrayDeque<>())
                .add(new Answer(status, status < 400 ? "application/json" : "application/problem+json", json));
        return this;
    }

    StandInServer live(String request, String events) {
        answers.computeIfAbsent(request, _ -> new ArrayDeque<>()).add(new Answer(200, "text/event-stream", events));
        return this;
    }

    List<Asked> asked(String method) {
        return asked.stream().filter(one -> one.method().equals(method)).toList();
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        asked.add(new Asked(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                exchange.getRequestBody().readAllBytes(),
                Map.copyOf(exchange.getRequestHeaders())));
        Deque<Answer> known = answers.getOrDefault(request, new ArrayDeque<>());
        Answer answer = known.size() > 1 ? known.poll() : known.peek();
        if (answer == null) {
            answer = new Answer(
                    404,
                    "application/problem+json",
                    "{\"detail\":\"nothing at " + request + "\",\"code\":\"NOT_FOUND\"}");
        }
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        http.stop(0);
    }

    /// What a command printed, and how it ended.
    record Outcome(int code, String out, String err) {}

    Outcome call(Path folder, String... arguments) {
        return call(Map.of("ROPEWALK_URL", url(), "ROPEWALK_TOKEN", "secret"), folder, arguments);
    }

    static Outcome call(Map<String, String> environment, Path folder, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                environment,
                folder,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        int code = Main.run(terminal, arguments);
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
