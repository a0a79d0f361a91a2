package io.ropewalk;

import io.ropewalk.access.Right;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.executor.Resources;
import io.ropewalk.support.http.Call;
import io.ropewalk.support.http.Content;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.http.NoInput;
import io.ropewalk.support.http.Permission;
import io.ropewalk.support.http.PrometheusMeter;
import io.ropewalk.support.http.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The server itself: whether it lives, what it has, and how to talk to it.
final class ServerApi {
    private final Supplier<ServerView> view;
    private final BooleanSupplier ready;
    private final PrometheusMeter meter;
    private final Permission metrics;

    /// This server.
    ///
    /// @param dataDirectory for who may administer the server
    /// @param queued runs that wait for a place
    /// @param running runs that have one
    record ServerView(
            String version,
            Instant startedAt,
            @Nullable String dataDirectory,
            String database,
            List<ExecutorView> executors,
            long queued,
            long running) {
        private ServerView withoutDirectory() {
            return new ServerView(version, startedAt, null, database, executors, queued, running);
        }
    }

    /// @param isolation how it keeps replicas apart, for people
    record ExecutorView(
            String name,
            @Nullable String isolation,
            @Nullable Resources capacity,
            Resources inUse) {}

    /// @param metrics what a caller must hold to read the server's own numbers
    ServerApi(Supplier<ServerView> view, BooleanSupplier ready, PrometheusMeter meter, Permission metrics) {
        this.view = view;
        this.ready = ready;
        this.meter = meter;
        this.metrics = metrics;
    }

    List<Endpoint<?, ?>> endpoints() {
        return List.of(
                Endpoint.get(
                        "/health",
                        Permission.NONE,
                        NoInput.class,
                        Reply.content("text/plain"),
                        "Say whether the server lives",
                        (_, _) -> new Content.Text("text/plain", "OK")),
                Endpoint.get(
                        "/ready",
                        Permission.NONE,
                        NoInput.class,
                        Reply.content("text/plain"),
                        "Say whether the server can store and start work",
                        this::ready),
                Endpoint.get(
                        "/metrics",
                        metrics,
                        NoInput.class,
                        Reply.content("text/plain"),
                        "Show the server's own numbers to Prometheus",
                        (_, _) -> meter.text()),
                Endpoint.get(
                        "/api/v1/openapi.json",
                        Permission.NONE,
                        NoInput.class,
                        Reply.content("application/json"),
                        "Describe this API",
                        (_, _) -> new Content.Text("application/json", description())),
                Endpoint.get(
                        "/api/docs",
                        Permission.NONE,
                        NoInput.class,
                        Reply.content("text/html"),
                        "Show this API to people",
                        (_, _) -> new Content.Redirect("/docs/api")),
                Endpoint.get(
                        "/api/v1/server",
                        Right.READ,
                        NoInput.class,
                        Reply.of(ServerView.class),
                        "Show the server and its clusters",
                        this::show));
    }

    private ServerView show(NoInput request, Call call) {
        return call.principal().holds(Right.ADMINISTER)
                ? view.get()
                : view.get().withoutDirectory();
    }

    private Content ready(NoInput request, Call call) {
        if (!ready.getAsBoolean()) {
            throw new RopewalkException(
                    ErrorCode.UNAVAILABLE, "The server cannot reach its database; its log says why.");
        }
        return new Content.Text("text/plain", "OK");
    }

    private static byte[] description() {
        try (InputStream in = ServerApi.class.getResourceAsStream("/openapi.json")) {
            if (in == null) {
                throw new IllegalStateException("openapi.json is not on the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
