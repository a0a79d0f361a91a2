package io.ropewalk.support.egress;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Calls addresses that people have named, as far as strangers may reach them; machines of one's own only where the
/// server's configuration allows them by name. Thread-safe.
public final class Egress implements AutoCloseable {
    private static final Set<String> SCHEMES = Set.of("http", "https");
    private static final int LONGEST = 2_000;
    /// What is shown of an answer.
    private static final int SHOWN = 1_000;
    /// An answer may be so long; nobody reads more.
    private static final int MOST = 64 * 1024;

    /// A machine whose name ends in one is a number to some and a name to others.
    private static final Pattern NUMBER = Pattern.compile("(^|\\.)([0-9]+|0[xX][0-9a-fA-F]*)\\.?$");

    private static final Pattern FOUR = Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");

    private final Set<String> allowed;
    private final Names names;
    private final Duration limit;
    private final HttpClientOptions options;
    private @Nullable Vertx vertx;
    private @Nullable HttpClientAgent client;

    /// Says which addresses a name has.
    interface Names {
        List<InetAddress> of(String host) throws UnknownHostException;
    }

    /// What came back.
    ///
    /// @param beginning of the answer's text
    public record Sent(int status, String beginning) {}

    /// @param allowed machines that may be reached whatever their addresses are, each with or without a port
    /// @param limit how long a call may take as a whole
    public Egress(List<String> allowed, Duration limit) {
        this(allowed, limit, host -> List.of(InetAddress.getAllByName(host)), _ -> {});
    }

    /// @param more sets what only a test would
    Egress(List<String> allowed, Duration limit, Names names, Consumer<HttpClientOptions> more) {
        this.allowed =
                allowed.stream().map(one -> one.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
        this.names = names;
        this.limit = limit;
        this.options = new HttpClientOptions()
                .setConnectTimeout((int) limit.toMillis())
                .setKeepAlive(false)
                .setVerifyHost(true)
                .setDecompressionSupported(false)
                .setMaxHeaderSize(32 * 1024)
                .setMaxRedirects(0);
        more.accept(options);
    }

    /// An address that may be called, and what it stands for now.
    private record Target(URI uri, String host, int port, InetAddress address) {}

    /// Says whether this address may be called now. It is judged again with every call.
    ///
    /// @throws EgressException with what is wrong with it
    public URI check(String address) throws EgressException {
        return target(parse(address)).uri();
    }

    private static URI parse(String address) throws EgressException {
        URI uri;
        try {
            uri = new URI(address.length() > LONGEST ? "" : address);
        } catch (URISyntaxException e) {
            throw new EgressException("'%s' is not an address: %s.".formatted(shortened(address), e.getReason()), e);
        }
        if (uri.getScheme() == null || !SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))) {
            throw new EgressException(
                    "'%s' is not an address that begins with https:// or http://, at most %d characters."
                            .formatted(shortened(address), LONGEST));
        }
        if (uri.getHost() == null || uri.getHost().isEmpty()) {
            throw new EgressException("'%s' names no machine.".formatted(shortened(address)));
        }
        if (NUMBER.matcher(uri.getHost()).find() && !FOUR.matcher(uri.getHost()).matches()) {
            throw new EgressException(
                    "'%s' is a number that can be read in more than one way; write four numbers from 0 to 255 with dots between."
                            .formatted(shortened(uri.getHost())));
        }
        if (uri.getRawUserInfo() != null) {
            throw new EgressException(
                    "'%s' carries a name or a password before '@'; leave that out, what is sent is signed."
                            .formatted(uri.getHost()));
        }
        if (uri.getPort() > 65535 || uri.getPort() == 0) {
            throw new EgressException(
                    "'%s' names port %d, which there is not.".formatted(shortened(address), uri.getPort()));
        }
        return uri;
    }

    private static String shortened(String address) {
        String printable = address.replaceAll("\\p{Cntrl}", "?");
        return printable.length() > 80 ? printable.substring(0, 80) + "…" : printable;
    }

    private Target target(URI uri) throws EgressException {
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        boolean tls = uri.getScheme().equalsIgnoreCase("https");
        int port = uri.getPort() > 0 ? uri.getPort() : tls ? 443 : 80;
        List<InetAddress> addresses = resolve(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
        if (!allowed.contains(host) && !allowed.contains(host + ":" + port)) {
            for (InetAddress address : addresses) {
                Optional<String> use = PublicAddresses.otherUse(address);
                if (use.isPresent()) {
                    throw new EgressException(
                            "'%s' stands for %s, an address for %s, which is not called from here. Whoever runs the server can allow it with 'notices: {allow: [%s]}'."
                                    .formatted(host, address.getHostAddress(), use.get(), allowance(host, port, tls)));
                }
            }
        }
        return new Target(uri, host, port, addresses.getFirst());
    }

    private static String allowance(String host, int port, boolean tls) {
        String machine = port == (tls ? 443 : 80) ? host : host + ":" + port;
        return machine.startsWith("[") ? "\"" + machine + "\"" : machine;
    }

    private List<InetAddress> resolve(String host) throws EgressException {
        CompletableFuture<List<InetAddress>> found = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                found.complete(names.of(host));
            } catch (UnknownHostException | IllegalArgumentException e) {
                found.completeExceptionally(e);
            }
        });
        List<InetAddress> addresses = await(found, host);
        if (addresses.isEmpty()) {
            throw new EgressException("'%s' has no address.".formatted(host));
        }
        return addresses;
    }

    private <T> T await(CompletableFuture<T> future, String host) throws EgressException {
        try {
            return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new EgressException("'%s' %s.".formatted(host, reason(e.getCause())), e);
        } catch (TimeoutException e) {
            throw new EgressException("'%s' took longer than %d s.".formatted(host, limit.toSeconds()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EgressException("The server ends.", e);
        }
    }

    private static String reason(@Nullable Throwable cause) {
        return switch (cause) {
            case UnknownHostException _, IllegalArgumentException _ -> "has no address: the name is not known";
            case java.net.ConnectException refused -> "does not answer: " + refused.getMessage();
            case javax.net.ssl.SSLException doubtful -> "cannot be trusted: " + doubtful.getMessage();
            case null -> "does not answer";
            default -> "does not answer: " + cause;
        };
    }

    /// Sends a body and waits for the answer.
    ///
    /// @throws EgressException when there is none; the body may have arrived all the same
    public Sent post(String address, Map<String, String> headers, byte[] body) throws EgressException {
        Target target = target(parse(address));
        Promise<Sent> answered = Promise.promise();
        Future<HttpClientRequest> request = client().request(request(target));
        request.onFailure(answered::tryFail).onSuccess(open -> {
            headers.forEach(open::putHeader);
            open.putHeader("Host", target.uri().getRawAuthority());
            open.exceptionHandler(answered::tryFail);
            open.send(Buffer.buffer(body)).onFailure(answered::tryFail).onSuccess(response -> read(response, answered));
        });
        try {
            return await(answered.future().toCompletionStage().toCompletableFuture(), target.host());
        } finally {
            request.onSuccess(open -> {
                if (open.connection() != null) {
                    var _ = open.connection().close();
                }
            });
        }
    }

    private static RequestOptions request(Target target) {
        String path = target.uri().getRawPath();
        String query = target.uri().getRawQuery();
        return new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(target.address(), target.port())))
                .setHost(target.host())
                .setPort(target.port())
                .setSsl(target.uri().getScheme().equalsIgnoreCase("https"))
                .setURI((path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query))
                .setFollowRedirects(false);
    }

    private static void read(HttpClientResponse response, Promise<Sent> answered) {
        Buffer read = Buffer.buffer();
        Runnable enough = () -> answered.tryComplete(new Sent(
                response.statusCode(),
                new String(read.getBytes(0, Math.min(read.length(), SHOWN)), StandardCharsets.UTF_8)));
        response.exceptionHandler(answered::tryFail);
        response.endHandler(_ -> enough.run());
        response.handler(more -> {
            read.appendBuffer(more);
            if (read.length() > MOST) {
                response.pause();
                enough.run();
            }
        });
    }

    /// Made with the first call: most servers never make one.
    private synchronized HttpClientAgent client() {
        if (client == null) {
            vertx = Vertx.builder()
                    .with(new VertxOptions()
                            .setEventLoopPoolSize(1)
                            .setWorkerPoolSize(1)
                            .setInternalBlockingPoolSize(1)
                            .setFileSystemOptions(new FileSystemOptions()
                                    .setFileCachingEnabled(false)
                                    .setClassPathResolvingEnabled(false)))
                    .build();
            client = vertx.createHttpClient(options);
        }
        return client;
    }

    @Override
    public synchronized void close() {
        if (vertx != null) {
            var _ = vertx.close();
        }
    }
}
