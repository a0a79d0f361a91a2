package io.ropewalk.extensions.source.git;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A code host: repositories over https for who knows the token. Its certificate is trusted by every git that gets
/// the environment of the tests.
final class GitHttps implements AutoCloseable {
    private static final char[] PASSWORD = "password".toCharArray();

    private final HttpsServer server;
    private final Path repositories;
    private final String token;
    private final List<String> tokensSeen = Collections.synchronizedList(new ArrayList<>());
    private volatile Optional<GitHttps> movedTo = Optional.empty();

    /// @param repositories the directory that they lie in
    GitHttps(Path repositories, String token, SSLContext certificate) {
        try {
            this.repositories = repositories;
            this.token = token;
            this.server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(certificate));
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", this::handle);
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where git looks for the certificates that it trusts, if the tests were started with such a place.
    static Optional<Path> trusted() {
        return Optional.ofNullable(System.getenv("GIT_SSL_CAINFO")).map(Path::of);
    }

    /// Makes a certificate for this machine and has git trust it.
    static SSLContext certificate(Path directory, Path trusted) throws IOException, GeneralSecurityException {
        Path store = directory.resolve("keys.p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        List<String> where =
                List.of("-keystore", store.toString(), "-storepass", new String(PASSWORD), "-alias", "host");
        run(keytool, "-genkeypair", where, "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=ip:127.0.0.1");
        run(keytool, "-exportcert", where, "-rfc", "-file", trusted.toString());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static void run(String keytool, String verb, List<String> where, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(keytool, verb));
        command.addAll(where);
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IllegalStateException(said);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// @param path of a repository below the directory
    String url(String path) {
        return "https://127.0.0.1:" + server.getAddress().getPort() + "/" + path;
    }

    /// Sends everybody to another host from now on.
    void moveTo(GitHttps other) {
        movedTo = Optional.of(other);
    }

    /// Every password that it was told.
    List<String> tokensSeen() {
        return List.copyOf(tokensSeen);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (movedTo.isPresent()) {
                String target = exchange.getRequestURI().toString().substring(1);
                exchange.getResponseHeaders().add("Location", movedTo.get().url(target));
                exchange.sendResponseHeaders(302, -1);
            } else if (!knowsTheToken(exchange)) {
                exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"repositories\"");
                exchange.sendResponseHeaders(401, -1);
            } else {
                serve(exchange);
            }
        }
    }

    private boolean knowsTheToken(HttpExchange exchange) {
        String given = exchange.getRequestHeaders().getFirst("Authorization");
        if (given == null || !given.startsWith("Basic ")) {
            return false;
        }
        String user = new String(Base64.getDecoder().decode(given.substring(6)), StandardCharsets.UTF_8);
        String password = user.substring(user.indexOf(':') + 1);
        tokensSeen.add(password);
        return password.equals(token);
    }

    /// Lets git's own program answer, by the rules of CGI.
    private void serve(HttpExchange exchange) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("git", "http-backend");
        Map<String, String> environment = builder.environment();
        environment.put("GIT_PROJECT_ROOT", repositories.toString());
        environment.put("GIT_HTTP_EXPORT_ALL", "1");
        environment.put("REQUEST_METHOD", exchange.getRequestMethod());
        environment.put("PATH_INFO", exchange.getRequestURI().getPath());
        environment.put("QUERY_STRING", header(exchange.getRequestURI().getQuery()));
        environment.put("CONTENT_TYPE", header(exchange.getRequestHeaders().getFirst("Content-Type")));
        environment.put(
                "HTTP_CONTENT_ENCODING", header(exchange.getRequestHeaders().getFirst("Content-Encoding")));
        environment.put("GIT_PROTOCOL", header(exchange.getRequestHeaders().getFirst("Git-Protocol")));
        byte[] body = exchange.getRequestBody().readAllBytes();
        environment.put("CONTENT_LENGTH", String.valueOf(body.length));
        Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(body);
        }
        byte[] answer = process.getInputStream().readAllBytes();
        int split = new String(answer, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n");
        int status = 200;
        for (String line : new String(answer, 0, split, StandardCharsets.ISO_8859_1).split("\r\n", -1)) {
            String[] parts = line.split(": ", 2);
            if (parts[0].equals("Status")) {
                status = Integer.parseInt(parts[1].substring(0, 3));
            } else {
                exchange.getResponseHeaders().add(parts[0], parts[1]);
            }
        }
        int length = answer.length - split - 4;
        exchange.sendResponseHeaders(status, length == 0 ? -1 : length);
        exchange.getResponseBody().write(answer, split + 4, length);
    }

    private static String header(String value) {
        return value == null ? "" : value;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
