package io.ropewalk.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.TestServer;
import io.ropewalk.attack.Victim.Field;
import io.ropewalk.attack.Wire.Operation;
import io.ropewalk.attack.Wire.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Bodies and requests that are not as they should be, or never end.
@Timeout(300)
@ParameterizedClass
@MethodSource("servers")
class MalformedRequestsTest {
    private static final int LARGEST = 1 << 20;

    private final Victim victim;
    private final TestServer server;

    static Stream<TestServer> servers() {
        return TestServer.onBoth(Map.of("limits.body", Integer.toString(LARGEST)));
    }

    MalformedRequestsTest(TestServer server) {
        this.server = server;
        victim = new Victim(server);
    }

    private static List<Operation> withBody() {
        return Wire.operations().stream()
                .filter(operation -> operation.body().isPresent())
                .toList();
    }

    private String path(Operation operation) {
        String path = operation.path();
        for (Wire.Parameter parameter : operation.parameters()) {
            path = path.replace("{" + parameter.name() + "}", victim.good(parameter.name()));
        }
        return path;
    }

    private Reply post(Operation operation, byte[] body) {
        return victim.call(operation.method(), path(operation), Map.of("Content-Type", "application/json"), body);
    }

    private static Map<String, byte[]> noJson() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("a bracket", "[");
        texts.put("a brace", "{");
        texts.put("a list", "[]");
        texts.put("a text", "\"x\"");
        texts.put("a number", "1");
        texts.put("nothing", "null");
        texts.put("not a number", "{\"x\": NaN}");
        texts.put("infinity", "{\"x\": -Infinity}");
        texts.put("a key twice", "{\"comment\": \"a\", \"comment\": \"b\"}");
        texts.put("two bodies", "{}{}");
        texts.put("a trailing comma", "{\"comment\": \"a\",}");
        texts.put("a comment", "{/* x */}");
        texts.put("single quotes", "{'comment': 'a'}");
        texts.put("a key without quotes", "{comment: 1}");
        texts.put("a raw line break", "{\"comment\": \"a\nb\"}");
        texts.put("a raw zero", "{\"comment\": \"a\0b\"}");
        texts.put("a zero at the end", "{}\0");
        texts.put("a written zero", "{\"comment\": \"a\\u0000b\"}");
        texts.put("a zero in a key", "{\"a\\u0000b\": 1}");
        texts.put("half a character", "{\"comment\": \"\\ud800\"}");
        texts.put("halves in the wrong order", "{\"comment\": \"\\udc00\\ud800\"}");
        texts.put("a bad escape", "{\"comment\": \"\\x41\"}");
        texts.put("an unknown key", "{\"__proto__\": {}}");
        texts.put("a deep list", "[".repeat(100_000));
        texts.put("a deep object", "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000));
        texts.put("deep parameters", "{\"parameters\":" + "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000) + "}");
        texts.put("deep info", "{\"info\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}");
        texts.put("a long key", "{\"" + "k".repeat(100_000) + "\": 1}");
        texts.put("a long number", "{\"state\": " + "9".repeat(100_000) + "}");
        Map<String, byte[]> bodies = new LinkedHashMap<>();
        texts.forEach((name, text) -> bodies.put(name, text.getBytes(StandardCharsets.UTF_8)));
        bodies.put("bytes that are no UTF-8", new byte[] {'{', '"', (byte) 0xc3, (byte) 0x28, '"', ':', '1', '}'});
        bodies.put("an overlong character", new byte[] {'{', '"', (byte) 0xc0, (byte) 0xae, '"', ':', '1', '}'});
        bodies.put("UTF-16", "{\"x\": 1}".getBytes(StandardCharsets.UTF_16));
        return bodies;
    }

    @Test
    void aBodyThatIsNoJsonObjectOfTheRightKindIsRefused() {
        List<String> wrong = new ArrayList<>();
        for (Operation operation : withBody()) {
            noJson().forEach((name, body) -> {
                Reply reply = post(operation, body);
                if (reply.status() != 400 || !reply.header("Content-Type").equals("application/problem+json")) {
                    wrong.add("%s with %s: %d %.200s".formatted(operation, name, reply.status(), reply.body()));
                }
            });
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void aValueOfTheWrongTypeIsRefusedOrTakenAndNothingBreaks() {
        List<String> values = List.of(
                "null",
                "true",
                "0",
                "-1",
                "1.5",
                "1e400",
                "-1e400",
                "1e-400",
                "1e999999999",
                "9223372036854775808",
                "-9223372036854775809",
                "9".repeat(900),
                "\"\"",
                "\"NaN\"",
                "[]",
                "[[]]",
                "[null]",
                "{}",
                "{\"a\": null}",
                "{\"\": \"\"}",
                "{\"a\": {\"b\": [1, {\"c\": 1e400}]}}",
                "{\"lr\": 12345678901234567890123456789.123456789}",
                "\"" + "x".repeat(70_000) + "\"",
                "\"\\u0001\\u001f\\u007f\"",
                "\"\\ud83d\\ude00\\u202e\\ufeff\"");
        List<String> harm = new ArrayList<>();
        for (Operation operation : withBody()) {
            List<Field> fields = new ArrayList<>(victim.fields(operation));
            operation.body().orElseThrow().get("properties").fieldNames().forEachRemaining(name -> {
                if (!name.equals("parent") && !name.equals("definition")) {
                    fields.add(new Field(name, "/" + name));
                }
            });
            for (Field field : fields) {
                if (!field.where().startsWith("/")) {
                    continue;
                }
                for (String value : values) {
                    Reply reply = victim.send(victim.request(
                            operation, field, value, server.server().ownerToken()));
                    String what = reply.status() == 0 ? "no answer" : victim.harm(reply);
                    if (!what.isEmpty()) {
                        harm.add("%s %s = %.60s: %.300s".formatted(operation, field.where(), value, what));
                    }
                }
            }
        }
        assertThat(harm).isEmpty();
        assertThat(server.get("/api/v1/workspaces/default/runs?limit=1000").status())
                .as("all that was taken can be read again")
                .isEqualTo(200);
    }

    @Test
    void queriesOfTheWrongTypeAreRefusedOrTakenAndNothingBreaks() {
        List<String> texts = List.of(
                "limit=x",
                "limit=0",
                "limit=-1",
                "limit=99999999999",
                "limit=1.5",
                "limit=",
                "limit=1&limit=2",
                "cursor=x",
                "cursor=_",
                "cursor=1_",
                "cursor=99999999999999999999_x",
                "cursor=%00",
                "offset=-1",
                "offset=99999999999999999999",
                "offset=NaN",
                "attempt=0",
                "attempt=-1",
                "context=-1",
                "regex=(",
                "regex=(a%2B)%2B%24",
                "grep=%00",
                "points=0",
                "points=-1",
                "points=1000000000",
                "name=%00",
                "unknown=1",
                "state=%27",
                "search=%25%25%25",
                "search=%5C",
                "partial=maybe",
                "=",
                "&&&",
                "a[b]=c",
                "%=%",
                "search=" + "%F0%9F%98%80".repeat(100));
        List<String> harm = new ArrayList<>();
        for (Operation operation : Wire.operations()) {
            if (!operation.method().equals("GET") || operation.path().equals("/sign-in")) {
                continue;
            }
            for (String text : texts) {
                Reply reply = victim.call("GET", path(operation) + "?" + text, Map.of(), new byte[0]);
                String what = reply.status() == 0 ? "no answer" : victim.harm(reply);
                if (!what.isEmpty()) {
                    harm.add("%s?%s: %.300s".formatted(operation, text, what));
                }
            }
        }
        assertThat(harm).isEmpty();
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedWhetherOrNotItsLengthIsAnnounced() throws IOException {
        byte[] large = ("{\"comment\": \"" + "x".repeat(LARGEST) + "\"}").getBytes(StandardCharsets.UTF_8);
        for (Operation operation : withBody()) {
            Map<String, String> headers = new HashMap<>(Map.of(
                    "Content-Type",
                    "application/json",
                    "Authorization",
                    "Bearer " + server.server().ownerToken()));
            Reply announced = victim.send(Wire.request(operation.method(), path(operation), headers, large));
            assertThat(announced.status()).as(operation.toString()).isEqualTo(413);
            headers.put("Transfer-Encoding", "chunked");
            Reply chunked = victim.send(Wire.request(operation.method(), path(operation), headers, chunks(large)));
            assertThat(chunked.status()).as(operation.toString()).isEqualTo(413);
            headers.remove("Transfer-Encoding");
            headers.put("Content-Length", "9000000000000000000");
            Reply huge = victim.send(Wire.request(operation.method(), path(operation), headers, new byte[0]));
            assertThat(huge.status()).as(operation.toString()).isEqualTo(413);
        }
    }

    private static byte[] chunks(byte[] body) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int at = 0; at < body.length; at += 50_000) {
            int length = Math.min(50_000, body.length - at);
            all.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            all.write(body, at, length);
            all.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        all.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return all.toByteArray();
    }

    @Test
    void aRequestThatCanBeReadInTwoWaysIsRefused() throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
            zip.write("{}".getBytes(StandardCharsets.UTF_8));
        }
        String owner = "Authorization: Bearer " + server.server().ownerToken() + "\r\n";
        String start = "POST /api/v1/runs/" + victim.good("run") + "/info HTTP/1.1\r\nHost: localhost\r\n"
                + "Connection: close\r\nContent-Type: application/json\r\n" + owner;
        List<String> requests = List.of(
                start + "Content-Length: 13\r\nContent-Length: 5\r\n\r\n{\"info\": {}}x",
                start + "Content-Length: 13\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
                start + "Content-Length: -1\r\n\r\n{}",
                start + "Content-Length: 1e1\r\n\r\n{\"info\":{}}",
                start + "Content-Length: +12\r\n\r\n{\"info\": {}}",
                start + "Transfer-Encoding: gzip, chunked, x\r\n\r\n0\r\n\r\n",
                start + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
                start + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}",
                start.replace("HTTP/1.1", "HTTP/9.9") + "Content-Length: 12\r\n\r\n{\"info\": {}}",
                start.replace("Host: localhost", "Host : localhost") + "Content-Length: 12\r\n\r\n{\"info\": {}}",
                start.replace("Host: localhost", "Host: localhost\r\nHost: evil.example")
                        + "Content-Length: 12\r\n\r\n{\"info\": {}}",
                start.replace("POST ", "POST  ") + "Content-Length: 12\r\n\r\n{\"info\": {}}",
                start + "X: " + "x".repeat(40_000) + "\r\n\r\n",
                "\r\n\r\n\r\n" + "\0".repeat(100) + "\r\n\r\n",
                "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003\r\n\r\n",
                "GET\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nxxxxxxxxxxxxxxxxxxxx");
        for (String request : requests) {
            Reply reply = halfClosed(request.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(reply.status()).as("%.200s", request).isIn(0, 400, 403, 404, 413, 414, 431, 501, 505);
        }
        Map<String, String> gzip = Map.of("Content-Type", "application/json", "Content-Encoding", "gzip");
        String info = "/api/v1/runs/" + victim.good("run") + "/info";
        assertThat(victim.call("POST", info, gzip, zipped.toByteArray()).status())
                .as("a body that is packed is not unpacked")
                .isEqualTo(400);
        assertThat(server.get("/health").status()).isEqualTo(200);
    }

    /// Says that nothing more will come, so that the server does not wait for it.
    private Reply halfClosed(byte[] request) throws IOException {
        try (Socket socket = Wire.connect(server.server().url())) {
            socket.getOutputStream().write(request);
            socket.shutdownOutput();
            return Wire.read(socket);
        }
    }

    @Test
    void thoseWhoNeverFinishTheirRequestsHoldNobodyUp() throws IOException {
        List<Socket> halves = new ArrayList<>();
        try {
            String url = server.server().url();
            String token = "Authorization: Bearer " + server.server().ownerToken() + "\r\n";
            for (int i = 0; i < 500; i++) {
                Socket socket = Wire.connect(url);
                halves.add(socket);
                String half = switch (i % 4) {
                    case 0 -> "G";
                    case 1 -> "GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
                    case 2 ->
                        "POST /api/v1/runs/" + victim.good("run") + "/info HTTP/1.1\r\nHost: localhost\r\n" + token
                                + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
                    default ->
                        "PUT /api/v1/workspaces/default/blobs/" + victim.good("hash")
                                + " HTTP/1.1\r\nHost: localhost\r\n" + token
                                + "Transfer-Encoding: chunked\r\n\r\n5\r\nhe";
                };
                socket.getOutputStream().write(half.getBytes(StandardCharsets.US_ASCII));
            }
            for (int i = 0; i < 100; i++) {
                server.get("/api/v1/runs/" + victim.good("run")).expect(200);
                server.post("/api/v1/runs/" + victim.good("run") + "/info", Map.of("info", Map.of("i", i)))
                        .expect(200);
            }
            server.ended(server.run("victim", "greet"));
            assertThat(halves).allMatch(socket -> !socket.isClosed());
        } finally {
            for (Socket socket : halves) {
                socket.close();
            }
        }
        assertThat(server.get("/health").status()).isEqualTo(200);
    }
}
