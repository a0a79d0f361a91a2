package io.ropewalk.support.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.json.Json;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Renders what a handler returned.
final class Answer {
    private static final String PAGE_POLICY =
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; worker-src 'self' blob:; "
                    + "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";
    /// What users' programs wrote never runs as part of this site, nor asks it for anything.
    private static final String UNTRUSTED_POLICY =
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Vertx vertx;
    private final String requestId;
    private int status = 200;

    Answer(HttpServerRequest request, Vertx vertx, String requestId) {
        this.request = request;
        this.response = request.response();
        this.vertx = vertx;
        this.requestId = requestId;
        response.putHeader("X-Request-Id", requestId)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin");
    }

    String requestId() {
        return requestId;
    }

    int status() {
        return status;
    }

    void addHeader(String name, String value) {
        response.headers().add(name, value);
    }

    static byte[] json(@Nullable Object value) {
        try {
            return value == null || value instanceof Nothing ? new byte[0] : Json.MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot render " + value, e);
        }
    }

    void problem(RopewalkException e) {
        if (response.headWritten() || response.closed()) {
            request.connection().close();
            return;
        }
        status = e.code().status();
        if (e.code() == ErrorCode.UNAUTHENTICATED) {
            response.putHeader("WWW-Authenticate", "Bearer");
        }
        response.setStatusCode(status)
                .putHeader("Content-Type", ProblemDetails.MEDIA_TYPE)
                .putHeader("Cache-Control", "no-store")
                .end(Buffer.buffer(json(ProblemDetails.of(e, requestId))));
    }

    void stored(Idempotency.Stored stored) {
        send(stored.status(), "application/json", stored.body());
    }

    void file(WebFiles.WebFile file, @Nullable String known) {
        response.putHeader("Content-Security-Policy", PAGE_POLICY)
                .putHeader("ETag", file.tag())
                .putHeader("Cache-Control", file.hashed() ? "public, max-age=31536000, immutable" : "no-cache");
        if (file.tag().equals(known)) {
            status = 304;
            response.setStatusCode(304).end();
            return;
        }
        response.putHeader("Content-Type", file.mediaType()).end(Buffer.buffer(file.bytes()));
    }

    void render(Endpoint<?, ?> endpoint, @Nullable Object result, HttpServerRequest asked, BooleanSupplier closing)
            throws IOException, InterruptedException {
        if (result instanceof EventStream stream) {
            events(stream, closing);
        } else if (result instanceof Content content) {
            content(content, asked);
        } else {
            response.putHeader("Cache-Control", "no-store");
            send(endpoint.reply().status(), "application/json", json(result));
        }
    }

    private void send(int code, String mediaType, byte[] body) {
        status = code;
        response.setStatusCode(code);
        if (body.length > 0) {
            response.putHeader("Content-Type", mediaType);
        }
        response.end(Buffer.buffer(body));
    }

    private void content(Content content, HttpServerRequest asked) throws IOException, InterruptedException {
        switch (content) {
            case Content.Text text -> {
                response.putHeader("Cache-Control", "no-store").putHeader("Content-Security-Policy", PAGE_POLICY);
                send(200, text.mediaType(), text.bytes());
            }
            case Content.Redirect redirect -> {
                status = 303;
                response.setStatusCode(303)
                        .putHeader("Location", redirect.location())
                        .end();
            }
            case Content.Streamed streamed -> {
                response.setChunked(true)
                        .putHeader("Content-Type", streamed.mediaType())
                        .putHeader("Content-Security-Policy", UNTRUSTED_POLICY);
                try (OutputStream out = new Body()) {
                    streamed.writer().writeTo(out);
                }
                await(response.end());
            }
            case Content.Untrusted untrusted -> untrusted(untrusted, asked);
        }
    }

    private void untrusted(Content.Untrusted content, HttpServerRequest asked)
            throws IOException, InterruptedException {
        try (SeekableByteChannel file = content.file().open()) {
            untrusted(content, file, ByteRange.of(asked.getHeader("Range"), file.size()));
        }
        await(response.end());
    }

    private void untrusted(Content.Untrusted content, SeekableByteChannel file, ByteRange range) throws IOException {
        String name = URLEncoder.encode(content.name(), StandardCharsets.UTF_8).replace("+", "%20");
        response.putHeader("Content-Type", content.mediaType())
                .putHeader("Content-Security-Policy", UNTRUSTED_POLICY)
                .putHeader("Content-Encoding", "identity")
                .putHeader("Cache-Control", "no-store")
                .putHeader("Accept-Ranges", "bytes")
                .putHeader(
                        "Content-Disposition",
                        (content.inline() ? "inline" : "attachment") + "; filename*=UTF-8''" + name);
        if (range.partial()) {
            status = 206;
            response.setStatusCode(206)
                    .putHeader("Content-Range", "bytes %d-%d/%d".formatted(range.from(), range.to() - 1, file.size()));
        }
        response.putHeader("Content-Length", Long.toString(range.to() - range.from()));
        file.position(range.from());
        InputStream in = Channels.newInputStream(file);
        try (OutputStream out = new Body()) {
            byte[] piece = new byte[64 * 1024];
            for (long left = range.to() - range.from(); left > 0; ) {
                int read = in.read(piece, 0, (int) Math.min(piece.length, left));
                if (read < 0) {
                    throw new IOException("the file became shorter while it was read");
                }
                out.write(piece, 0, read);
                left -= read;
            }
        }
    }

    private void events(EventStream stream, BooleanSupplier closing) throws InterruptedException {
        Thread reader = Thread.currentThread();
        response.setChunked(true)
                .putHeader("Content-Type", "text/event-stream")
                .putHeader("Content-Encoding", "identity")
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Accel-Buffering", "no");
        write(Buffer.buffer(": open\n\n"));
        long heartbeat = vertx.setPeriodic(15_000, _ -> {
            if (!response.closed() && !response.writeQueueFull()) {
                response.write(": still here\n\n");
            }
        });
        response.closeHandler(_ -> reader.interrupt());
        try {
            stream.writeTo(new EventStream.Sink() {
                @Override
                public void send(String event, String id, Object data) throws InterruptedException {
                    String text = (id.isEmpty() ? "" : "id: " + id + "\n") + "event: " + event + "\ndata: "
                            + Json.write(data) + "\n\n";
                    write(Buffer.buffer(text));
                }

                @Override
                public boolean closed() {
                    return response.closed() || closing.getAsBoolean();
                }
            });
        } finally {
            vertx.cancelTimer(heartbeat);
        }
        if (!response.closed()) {
            response.end();
        }
    }

    private void write(Buffer piece) throws InterruptedException {
        if (response.closed()) {
            throw new InterruptedException("the client has gone");
        }
        var written = response.write(piece);
        if (response.writeQueueFull()) {
            await(written);
        }
    }

    private static void await(io.vertx.core.Future<?> future) throws InterruptedException {
        CompletableFuture<?> done = future.toCompletionStage().toCompletableFuture();
        try {
            done.get();
        } catch (ExecutionException e) {
            throw new InterruptedException("the client has gone");
        }
    }

    /// The response's body as a stream that waits for a slow client.
    private final class Body extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                Answer.this.write(Buffer.buffer().appendBytes(bytes, offset, length));
            } catch (InterruptedException e) {
                throw new IOException("the client has gone", e);
            }
        }
    }
}
