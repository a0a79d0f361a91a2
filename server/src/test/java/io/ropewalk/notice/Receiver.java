package io.ropewalk.notice;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.ropewalk.support.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Somebody else's server that takes webhooks, and answers as it is told.
final class Receiver implements AutoCloseable {
    private final HttpServer server;
    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private final List<Call> all = new CopyOnWriteArrayList<>();
    private volatile int status = 204;
    private volatile Map<String, String> answer = Map.of();

    /// @param headers by name in small letters
    record Call(String path, Map<String, String> headers, String body) {
        JsonNode json() {
            return Json.tree(body);
        }

        String id() {
            return java.util.Objects.requireNonNull(headers.get("webhook-id"));
        }
    }

    Receiver() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 50);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::take);
        server.start();
    }

    private void take(HttpExchange exchange) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), values.getFirst()));
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Call call = new Call(exchange.getRequestURI().toString(), headers, body);
        answer.forEach(exchange.getResponseHeaders()::set);
        byte[] said = "said no".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, status == 204 ? -1 : said.length);
        if (status != 204) {
            exchange.getResponseBody().write(said);
        }
        exchange.close();
        all.add(call);
        calls.add(call);
    }

    /// From now on it answers so.
    void answers(int with, Map<String, String> headers) {
        status = with;
        answer = headers;
    }

    String machine() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    String url() {
        return "http://" + machine() + "/hook?key=1";
    }

    /// The next call, waited for.
    Call next() throws InterruptedException {
        Call call = calls.poll(60, TimeUnit.SECONDS);
        if (call == null) {
            throw new AssertionError("nobody has called");
        }
        return call;
    }

    List<Call> all() {
        return List.copyOf(all);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
