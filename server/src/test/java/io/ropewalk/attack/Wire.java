package io.ropewalk.attack;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.support.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The wire as it is described, and requests on it byte by byte, which no client library would send.
final class Wire {
    private static final int PATIENCE_MILLIS = 60_000;
    private static final int SILENCE_MILLIS = 3_000;
    private static final JsonNode DOCUMENT = document();

    private Wire() {}

    private static JsonNode document() {
        try {
            return Json.tree(Files.readString(Path.of("src/main/resources/openapi.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param where path, query or header
    record Parameter(String name, String where, JsonNode schema) {}

    /// @param body the schema of the JSON body, if it takes one
    /// @param raw takes any bytes
    /// @param open whether strangers may call it
    record Operation(
            String method,
            String path,
            List<Parameter> parameters,
            Optional<JsonNode> body,
            boolean raw,
            boolean open) {
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    static List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        DOCUMENT.get("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(method -> operations.add(operation(
                                method.getKey().toUpperCase(java.util.Locale.ROOT),
                                path.getKey(),
                                method.getValue()))));
        return operations;
    }

    private static Operation operation(String method, String path, JsonNode described) {
        List<Parameter> parameters = new ArrayList<>();
        described
                .path("parameters")
                .forEach(one -> parameters.add(
                        new Parameter(one.get("name").asText(), one.get("in").asText(), resolved(one.get("schema")))));
        JsonNode content = described.path("requestBody").path("content");
        Optional<JsonNode> body =
                Optional.ofNullable(content.get("application/json")).map(json -> json.get("schema"));
        return new Operation(
                method, path, parameters, body, content.has("application/octet-stream"), !described.has("security"));
    }

    static JsonNode resolved(JsonNode schema) {
        return schema.has("$ref") ? DOCUMENT.at(schema.get("$ref").asText().substring(1)) : schema;
    }

    /// What came back.
    record Reply(int status, String head, String body) {
        /// The value of a header, empty when it is not there.
        String header(String name) {
            return head.lines()
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        }

        JsonNode json() {
            return Json.tree(body);
        }
    }

    /// Sends exactly these bytes and reads until the server closes the connection.
    static Reply exchange(String url, byte[] request) {
        try (Socket socket = connect(url)) {
            send(socket, request);
            return read(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Socket connect(String url) throws IOException {
        URI server = URI.create(url);
        Socket socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /// A server that has refused already may close before it has been sent everything.
    private static void send(Socket socket, byte[] request) {
        try {
            socket.getOutputStream().write(request);
            socket.getOutputStream().flush();
        } catch (IOException e) {
            if (!socket.isConnected()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// Reads one answer; of a stream that goes on, what comes until it is silent.
    ///
    /// @return status 0 when the server closed without a word
    static Reply read(Socket socket) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        byte[] piece = new byte[8192];
        int whole = Integer.MAX_VALUE;
        try {
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                all.write(piece, 0, read);
                String begun = all.toString(StandardCharsets.ISO_8859_1);
                whole = whole == Integer.MAX_VALUE ? length(begun) : whole;
                if (begun.contains("text/event-stream")) {
                    socket.setSoTimeout(SILENCE_MILLIS);
                }
                if (all.size() >= whole) {
                    break;
                }
            }
        } catch (java.net.SocketTimeoutException e) {
            if (socket.getSoTimeout() != SILENCE_MILLIS) {
                throw e;
            }
        } catch (java.net.SocketException e) {
            // Reset, after what has been read so far.
        }
        String text = all.toString(StandardCharsets.UTF_8);
        int end = text.indexOf("\r\n\r\n");
        if (!text.startsWith("HTTP/1.1 ") || end < 0) {
            return new Reply(0, text, "");
        }
        return new Reply(Integer.parseInt(text.substring(9, 12)), text.substring(0, end), text.substring(end + 4));
    }

    /// How many bytes an answer has, once its head is there and if that says so.
    private static int length(String begun) {
        int end = begun.indexOf("\r\n\r\n");
        if (end < 0) {
            return Integer.MAX_VALUE;
        }
        String announced = new Reply(0, begun.substring(0, end), "").header("Content-Length");
        return announced.isEmpty() ? Integer.MAX_VALUE : end + 4 + Integer.parseInt(announced);
    }

    /// A request with the owner's or another token; `Connection: close` ends it.
    ///
    /// @param headers `Host` is put in unless it is given; an empty value leaves a header out
    static byte[] request(String method, String target, Map<String, String> headers, byte[] body) {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
        if (!headers.containsKey("Host")) {
            head.append("Host: localhost\r\n");
        }
        head.append("Connection: close\r\n");
        headers.forEach((name, value) -> {
            if (!value.isEmpty()) {
                head.append(name).append(": ").append(value).append("\r\n");
            }
        });
        if (body.length > 0 && !headers.containsKey("Content-Length") && !headers.containsKey("Transfer-Encoding")) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[start.length + body.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(body, 0, all, start.length, body.length);
        return all;
    }

    /// Every byte that is no letter or digit is written as `%XX`.
    static String encoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '-';
            encoded.append(plain ? String.valueOf((char) b) : String.format("%%%02X", b & 0xff));
        }
        return encoded.toString();
    }
}
