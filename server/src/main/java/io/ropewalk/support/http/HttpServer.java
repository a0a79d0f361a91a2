package io.ropewalk.support.http;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetServerOptions;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/// Serves endpoints, and beside them the files of the web pages. Every request is handled on a virtual thread of its
/// own, in this order: find the endpoint, recognise the caller, check the permission, bind the request, handle, render.
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    private final Vertx vertx;
    private final io.vertx.core.http.HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Settings settings;
    private final Authenticator authenticator;
    private final Idempotency idempotency;
    private final RequestMeter meter;
    private final Routes routes;
    private final Map<Endpoint<?, ?>, RequestBinder<?>> binders = new HashMap<>();
    private final WebFiles files;
    private final AtomicLong requests = new AtomicLong();
    private volatile boolean closing;

    /// How the server listens.
    ///
    /// @param bind the address to listen on
    /// @param port 0 for any free one
    /// @param hosts names that a browser may know this server by; with any other the request is refused, so that a
    ///     foreign page cannot reach a local server under a name of its own. Empty: any name.
    /// @param largestJson bytes of a JSON body
    /// @param largestUpload bytes of a raw body
    public record Settings(String bind, int port, Set<String> hosts, long largestJson, long largestUpload) {
        public Settings {
            hosts = Set.copyOf(hosts);
        }
    }

    public HttpServer(
            HttpEngine engine,
            Settings settings,
            List<Endpoint<?, ?>> endpoints,
            Authenticator authenticator,
            Idempotency idempotency,
            RequestMeter meter) {
        this.settings = settings;
        this.authenticator = authenticator;
        this.idempotency = idempotency;
        this.meter = meter;
        this.routes = new Routes(endpoints);
        this.files = new WebFiles("ui");
        endpoints.forEach(endpoint -> binders.put(endpoint, new RequestBinder<>(endpoint)));
        vertx = engine.vertx();
        server = vertx.createHttpServer(new HttpServerOptions()
                        .setHost(settings.bind())
                        .setPort(settings.port())
                        .setCompressionSupported(true)
                        .setCompressionLevel(4)
                        .setIdleTimeoutUnit(TimeUnit.SECONDS)
                        .setIdleTimeout(120)
                        .setMaxHeaderSize(32 * 1024)
                        .setMaxInitialLineLength(16 * 1024)
                        .setTcpNoDelay(NetServerOptions.DEFAULT_TCP_NO_DELAY))
                .requestHandler(this::accept)
                .exceptionHandler(e -> LOG.debug("connection failed", e));
    }

    /// @return the port that it listens on
    public int listen() {
        try {
            return server.listen()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS)
                    .actualPort();
        } catch (java.util.concurrent.ExecutionException e) {
            boolean taken = e.getCause() instanceof BindException;
            throw new RopewalkException(
                    ErrorCode.CONFLICT,
                    "Cannot listen on %s port %d: %s. %s"
                            .formatted(
                                    settings.bind(),
                                    settings.port(),
                                    String.valueOf(e.getCause()),
                                    taken
                                            ? "Something else uses it; choose another with --port, or --port 0 for any."
                                            : "Choose another address with --bind."),
                    e);
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException("the HTTP server did not start", e);
        }
    }

    private void accept(HttpServerRequest request) {
        String id = Long.toHexString(requests.incrementAndGet());
        Answer answer = new Answer(request, vertx, id);
        Context context = vertx.getOrCreateContext();
        BodyInput body = new BodyInput(request, context, Math.max(settings.largestJson(), settings.largestUpload()));
        try {
            threads.execute(() -> handle(request, body, answer));
        } catch (java.util.concurrent.RejectedExecutionException e) {
            request.connection().close();
        }
    }

    private void handle(HttpServerRequest request, BodyInput body, Answer answer) {
        long began = System.nanoTime();
        String route = "";
        MDC.put("request", answer.requestId());
        try {
            checkHost(request);
            List<String> segments = Routes.decode(request.path() == null ? "/" : request.path());
            Optional<Routes.Match> match = routes.find(request.method().name(), segments);
            if (match.isPresent()) {
                route = match.get().endpoint().path();
                serve(match.get(), request, body, answer);
            } else {
                serveFile(request, segments, answer);
            }
        } catch (RopewalkException e) {
            if (e.code().blame() == ErrorCode.Blame.PLATFORM) {
                LOG.error("{} {} failed", request.method(), request.path(), e);
            }
            answer.problem(e);
        } catch (InterruptedException e) {
            LOG.debug("the client of {} went away", request.path());
        } catch (IOException e) {
            LOG.debug("{} {} was cut off: {}", request.method(), request.path(), e.getMessage());
            answer.problem(new RopewalkException(
                    ErrorCode.INVALID_REQUEST, "The request was cut off: " + e.getMessage() + "."));
        } catch (Exception | StackOverflowError e) {
            if (isCutOff(e)) {
                LOG.debug("{} {} was cut off", request.method(), request.path());
                answer.problem(new RopewalkException(
                        ErrorCode.INVALID_REQUEST, "The request was cut off: the client stopped sending.", e));
                return;
            }
            LOG.error("{} {} failed", request.method(), request.path(), e);
            answer.problem(new RopewalkException(
                    ErrorCode.INTERNAL,
                    "Something went wrong inside the server. Its log tells more under request %s."
                            .formatted(answer.requestId())));
        } finally {
            body.discardRest();
            meter.count(request.method().name(), route, answer.status(), Duration.ofNanos(System.nanoTime() - began));
            MDC.remove("request");
        }
    }

    private static boolean isCutOff(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof BodyInput.CutOff) {
                return true;
            }
        }
        return false;
    }

    private void checkHost(HttpServerRequest request) {
        if (settings.hosts().isEmpty()) {
            return;
        }
        String host = request.authority() == null ? "" : request.authority().host();
        if (!settings.hosts().contains(host)) {
            throw new RopewalkException(
                    ErrorCode.FORBIDDEN,
                    "This server does not answer to the name '%s'. Use http://127.0.0.1 or http://localhost with its port."
                            .formatted(host));
        }
    }

    private void serveFile(HttpServerRequest request, List<String> segments, Answer answer) {
        boolean api = segments.getFirst().equals("api");
        boolean reading =
                request.method().name().equals("GET") || request.method().name().equals("HEAD");
        if (api || !reading) {
            throw new RopewalkException(
                    ErrorCode.NOT_FOUND,
                    "There is nothing at '%s'. The API is described at /api/docs.".formatted(request.path()));
        }
        answer.file(files.find(segments), request.getHeader("If-None-Match"));
    }

    private <Q extends Record, R> void serve(
            Routes.Match match, HttpServerRequest request, BodyInput body, Answer answer) throws Exception {
        @SuppressWarnings("unchecked") // The binder was made for this endpoint.
        Endpoint<Q, R> endpoint = (Endpoint<Q, R>) match.endpoint();
        @SuppressWarnings("unchecked")
        RequestBinder<Q> binder = (RequestBinder<Q>) Objects.requireNonNull(binders.get(endpoint));
        Principal principal = authenticator.authenticate(credentials(request, endpoint));
        allow(principal, endpoint);
        byte[] json = binder.takesJson() ? readJson(request, body) : new byte[0];
        Q bound = binder.bind(new RequestBinder.Input(
                match.parameters(),
                query(request),
                request::getHeader,
                json,
                binder.takesRawBody() ? new RequestBody(body, mediaType(request), contentLength(request)) : null));
        String key = request.getHeader("Idempotency-Key");
        // Strangers cannot be told apart, so they have no keys of their own.
        if (key == null || endpoint.method() == Endpoint.Method.GET || binder.takesRawBody() || principal.anonymous()) {
            Exchange call = new Exchange(request, answer, principal, RequestKey.NONE);
            answer.render(endpoint, endpoint.handler().handle(bound, call), request, () -> closing);
            return;
        }
        int status = endpoint.reply().status();
        Idempotency.Request asked = new Idempotency.Request(
                principal.identity(), key, endpoint.method() + " " + request.path(), json, status);
        answer.stored(idempotency.once(asked, requestKey -> {
            Exchange call = new Exchange(request, answer, principal, requestKey);
            return new Idempotency.Stored(status, Answer.json(endpoint.handler().handle(bound, call)));
        }));
    }

    private static void allow(Principal principal, Endpoint<?, ?> endpoint) {
        Permission needed = endpoint.permission();
        if (needed.equals(Permission.NONE) || principal.holds(needed)) {
            return;
        }
        if (principal.anonymous()) {
            throw new RopewalkException(
                    ErrorCode.UNAUTHENTICATED,
                    "This needs a token: send 'Authorization: Bearer <token>' with the one in the file 'owner-token' of the server's data directory, or sign in.");
        }
        throw new RopewalkException(
                ErrorCode.FORBIDDEN,
                "%s may not do this; it takes the right '%s'.".formatted(principal.name(), needed.name()));
    }

    private byte[] readJson(HttpServerRequest request, BodyInput body) throws IOException {
        String mediaType = mediaType(request);
        long length = contentLength(request);
        if (length > settings.largestJson()) {
            throw BodyInput.tooLarge(settings.largestJson());
        }
        byte[] bytes = body.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, settings.largestJson() + 1));
        if (bytes.length > settings.largestJson()) {
            throw BodyInput.tooLarge(settings.largestJson());
        }
        if (bytes.length > 0 && !mediaType.equals("application/json")) {
            throw new RopewalkException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "The body is '%s'; send 'Content-Type: application/json'.".formatted(mediaType));
        }
        return bytes;
    }

    private static String mediaType(HttpServerRequest request) {
        String header = request.getHeader("Content-Type");
        return header == null ? "" : header.split(";", 2)[0].strip().toLowerCase(java.util.Locale.ROOT);
    }

    private static long contentLength(HttpServerRequest request) {
        String header = request.getHeader("Content-Length");
        try {
            return header == null ? -1 : Long.parseLong(header.strip());
        } catch (NumberFormatException e) {
            throw new RopewalkException(ErrorCode.INVALID_REQUEST, "Content-Length is no number.", e);
        }
    }

    private static Map<String, List<String>> query(HttpServerRequest request) {
        Map<String, List<String>> values = new HashMap<>();
        try {
            request.params(false)
                    .forEach(entry -> values.computeIfAbsent(entry.getKey(), _ -> new java.util.ArrayList<>())
                            .add(entry.getValue()));
        } catch (IllegalArgumentException e) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "The query has a '%' that no two hexadecimal digits follow; write a percent sign as %25.",
                    e);
        }
        return values;
    }

    private static Authenticator.Credentials credentials(HttpServerRequest request, Endpoint<?, ?> endpoint) {
        String authorization = request.getHeader("Authorization");
        Optional<String> bearer = Optional.ofNullable(authorization)
                .filter(header -> header.regionMatches(true, 0, "Bearer ", 0, 7))
                .map(header -> header.substring(7).strip());
        return new Authenticator.Credentials(
                endpoint.method() != Endpoint.Method.GET,
                bearer,
                Optional.ofNullable(request.getCookie(SessionCookie.NAME)).map(io.vertx.core.http.Cookie::getValue),
                Optional.ofNullable(request.getHeader("X-Ropewalk-Csrf")));
    }

    private record Exchange(HttpServerRequest request, Answer answer, Principal principal, RequestKey key)
            implements Call {
        @Override
        public String requestId() {
            return answer.requestId();
        }

        @Override
        public Optional<String> header(String name) {
            return Optional.ofNullable(request.getHeader(name));
        }

        @Override
        public String origin() {
            return "http://"
                    + (request.authority() == null
                            ? "127.0.0.1"
                            : request.authority().toString());
        }

        @Override
        public void addHeader(String name, String value) {
            answer.addHeader(name, value);
        }
    }

    /// Stops listening, lets requests in progress end for a few seconds, ends event streams.
    @Override
    public void close() {
        closing = true;
        try {
            server.shutdown(3, TimeUnit.SECONDS)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
            LOG.debug("some connections were cut", e);
        }
        threads.shutdownNow();
    }
}
