package io.ropewalk.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The server's API over HTTP. Throws [Failure] with what the server said, or that it did not answer.
final class Client {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int ANSWER_MILLIS = 120_000;
    private static final int ATTEMPTS = 5;
    /// Live data carries a heartbeat every fifteen seconds.
    private static final int SILENCE_MILLIS = 45_000;

    private final ServerAddress server;

    Client(ServerAddress server) {
        this.server = server;
    }

    ServerAddress server() {
        return server;
    }

    /// What goes up with a request.
    interface Body {
        long length();

        String contentType();

        void writeTo(OutputStream out) throws IOException;
    }

    /// One event of a live stream.
    interface EventHandler {
        /// @return whether to go on
        boolean take(String event, Tree data);
    }

    /// A live stream that another thread may end.
    static final class Subscription {
        private final AtomicReference<@Nullable HttpURLConnection> connection = new AtomicReference<>();
        private volatile boolean answered;
        private volatile boolean closed;

        /// Whether the server answered to the latest attempt, whatever became of the stream then.
        boolean answered() {
            return answered;
        }

        boolean closed() {
            return closed;
        }

        void close() {
            closed = true;
            HttpURLConnection open = connection.get();
            if (open != null) {
                open.disconnect();
            }
        }
    }

    Tree get(String path) {
        return call("GET", path, null);
    }

    Tree post(String path, Object body) {
        return call("POST", path, json(body));
    }

    /// @param key lets the server know what it has been sent before, also by others
    Tree post(String path, Object body, Optional<String> key) {
        return tree(path, exchange("POST", path, json(body), key.orElseGet(Client::newKey)));
    }

    Tree put(String path, Object body) {
        return call("PUT", path, json(body));
    }

    Tree delete(String path) {
        return call("DELETE", path, null);
    }

    Tree send(String method, String path, Body body) {
        return call(method, path, body);
    }

    /// The answer as text, whatever it is.
    String text(String path) {
        return exchange("GET", path, null);
    }

    /// Hands live events to `handler` until it has enough, the server ends the stream, or the subscription is closed.
    ///
    /// @throws IOException when the connection breaks; the caller may connect again
    void events(String path, Subscription subscription, EventHandler handler) throws IOException {
        subscription.answered = false;
        HttpURLConnection connection = open("GET", path);
        connection.setReadTimeout(SILENCE_MILLIS);
        connection.setRequestProperty("Accept", "text/event-stream");
        subscription.connection.set(connection);
        try {
            if (connection.getResponseCode() >= 400) {
                throw refused(connection);
            }
            subscription.answered = true;
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
                String event = "message";
                StringBuilder data = new StringBuilder();
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("event:")) {
                        event = line.substring(6).strip();
                    } else if (line.startsWith("data:")) {
                        data.append(data.isEmpty() ? "" : "\n")
                                .append(line.substring(5).strip());
                    } else if (line.isEmpty()) {
                        boolean known = !data.isEmpty() || !event.equals("message");
                        if (known && !handler.take(event, data.isEmpty() ? Tree.ABSENT : Tree.parse(data.toString()))) {
                            return;
                        }
                        event = "message";
                        data.setLength(0);
                    }
                }
            }
        } finally {
            connection.disconnect();
        }
    }

    /// Whether something that speaks like this server answers there within two seconds.
    boolean answers() {
        try {
            HttpURLConnection connection = open("GET", "/health");
            connection.setConnectTimeout(2_000);
            connection.setReadTimeout(2_000);
            try (InputStream body = connection.getInputStream()) {
                String text = new String(body.readNBytes(64), StandardCharsets.UTF_8);
                return connection.getResponseCode() == 200 && text.contains("OK");
            }
        } catch (IOException e) {
            return false;
        }
    }

    static String query(String... pairs) {
        StringBuilder query = new StringBuilder();
        for (int i = 0; i < pairs.length; i += 2) {
            if (!pairs[i + 1].isEmpty()) {
                query.append(query.isEmpty() ? '?' : '&')
                        .append(pairs[i])
                        .append('=')
                        .append(encode(pairs[i + 1]));
            }
        }
        return query.toString();
    }

    static String encode(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static Body json(Object value) {
        byte[] bytes = Tree.write(value, false).getBytes(StandardCharsets.UTF_8);
        return new Body() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public String contentType() {
                return "application/json";
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                out.write(bytes);
            }
        };
    }

    private Tree call(String method, String path, @Nullable Body body) {
        return tree(path, exchange(method, path, body));
    }

    private Tree tree(String path, String answer) {
        try {
            return answer.isBlank() ? Tree.ABSENT : Tree.parse(answer);
        } catch (UncheckedIOException e) {
            throw Failure.user(server.url() + path
                    + " answered with something that is not JSON. Is this a Ropewalk server? See ROPEWALK_URL.");
        }
    }

    /// A connection that breaks before the answer is tried once more; the key lets the server know the repetition,
    /// which waits there for the first one's answer.
    private String exchange(String method, String path, @Nullable Body body) {
        return exchange(method, path, body, newKey());
    }

    private static String newKey() {
        return Long.toHexString(ThreadLocalRandom.current().nextLong()) + Long.toHexString(System.nanoTime());
    }

    private String exchange(String method, String path, @Nullable Body body, String key) {
        for (int attempt = 1; ; attempt++) {
            try {
                return exchangeOnce(method, path, body, key);
            } catch (Refusal e) {
                if (attempt == ATTEMPTS || !e.code().equals("IN_PROGRESS")) {
                    throw e;
                }
            } catch (IOException e) {
                if (attempt >= 2
                        || e instanceof java.net.ConnectException
                        || e instanceof java.net.UnknownHostException) {
                    throw unreachable(e);
                }
            }
        }
    }

    private String exchangeOnce(String method, String path, @Nullable Body body, String key) throws IOException {
        HttpURLConnection connection = open(method, path);
        connection.setReadTimeout(ANSWER_MILLIS);
        connection.setRequestProperty("Accept", "application/json");
        if (!method.equals("GET")) {
            connection.setRequestProperty("Idempotency-Key", key);
        }
        if (body != null) {
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", body.contentType());
            connection.setFixedLengthStreamingMode(body.length());
            try (OutputStream out = connection.getOutputStream()) {
                body.writeTo(out);
            } catch (IOException e) {
                // A server that refuses a body answers before it has read all of it.
                if (answerCode(connection) < 400) {
                    throw e;
                }
            }
        }
        if (connection.getResponseCode() >= 400) {
            throw refused(connection);
        }
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static int answerCode(HttpURLConnection connection) {
        try {
            return connection.getResponseCode();
        } catch (IOException e) {
            return 0;
        }
    }

    private HttpURLConnection open(String method, String path) throws IOException {
        URI uri;
        try {
            uri = URI.create(server.url() + path);
        } catch (IllegalArgumentException e) {
            throw Failure.user("`" + server.url() + "` (from " + server.found() + ") is not an address.");
        }
        if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
            throw Failure.user(
                    "`" + server.url() + "` (from " + server.found() + ") must begin with http:// or https://.");
        }
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setRequestMethod(method);
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setInstanceFollowRedirects(false);
        connection.setRequestProperty("User-Agent", "ropewalk-cli");
        server.token().ifPresent(token -> connection.setRequestProperty("Authorization", "Bearer " + token));
        return connection;
    }

    private Failure unreachable(IOException e) {
        return new Failure(
                Failure.UNREACHABLE,
                "No server answers at " + server.url() + " (from " + server.found() + "): " + reason(e)
                        + ". Start one with `ropewalk up`, or set ROPEWALK_URL and ROPEWALK_TOKEN.");
    }

    private static String reason(IOException e) {
        return switch (e) {
            case java.net.ConnectException _ -> "connection refused";
            case java.net.UnknownHostException _ -> "unknown host";
            case java.net.SocketTimeoutException _ -> "no answer in time";
            default -> Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
        };
    }

    private Refusal refused(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        String text;
        try (InputStream in = connection.getErrorStream()) {
            text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Tree problem = Tree.ABSENT;
        try {
            problem = text.isBlank() ? Tree.ABSENT : Tree.parse(text);
        } catch (UncheckedIOException e) {
            // Not from this server's own error page; its status must do.
        }
        String detail = problem.at("detail")
                .optional()
                .or(() -> {
                    return Optional.of("The server answered " + status + " to " + connection.getRequestMethod() + " "
                            + connection.getURL().getPath() + ".");
                })
                .orElseThrow();
        if (status == 401) {
            detail += server.token().isPresent()
                    ? " The token is not this server's; it came with " + server.found() + "."
                    : " Set ROPEWALK_TOKEN.";
        }
        return new Refusal(
                status,
                problem.at("code").text(),
                detail,
                problem.at("problems").items());
    }

    /// The server's own no.
    static final class Refusal extends RuntimeException {
        private final int status;
        private final String code;
        private final transient List<Tree> problems;

        Refusal(int status, String code, String detail, List<Tree> problems) {
            super(detail);
            this.status = status;
            this.code = code;
            this.problems = List.copyOf(problems);
        }

        int status() {
            return status;
        }

        String code() {
            return code;
        }

        /// What is wrong with a document, each with its line.
        List<Tree> problems() {
            return problems;
        }

        Map<String, Object> asJson() {
            return Map.of("status", status, "code", code, "detail", String.valueOf(getMessage()), "problems", problems);
        }
    }
}
