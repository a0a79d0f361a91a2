package io.ropewalk.support.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What of the network people can reach through the server by naming an address.
class EgressTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final AtomicInteger reached = new AtomicInteger();
    private final HttpServer inside;
    private volatile int status = 200;
    private volatile byte[] answer = "fine".getBytes(StandardCharsets.UTF_8);
    private volatile Map<String, String> said = Map.of();
    private volatile Map<String, String> heard = Map.of();

    /// What names stand for, where they are not addresses themselves.
    private final Map<String, List<String>> names = new HashMap<>(Map.of(
            "inside.test", List.of("127.0.0.1"),
            "mixed.test", List.of("93.184.216.34", "127.0.0.1"),
            "private.test", List.of("10.1.2.3"),
            "cloud.test", List.of("169.254.169.254"),
            "mapped.test", List.of("::ffff:127.0.0.1"),
            "nat.test", List.of("64:ff9b::7f00:1"),
            "six.test", List.of("2002:7f00:1::"),
            "open.test", List.of("93.184.216.34")));

    EgressTest() throws IOException {
        inside = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 10);
        inside.createContext("/", exchange -> {
            reached.incrementAndGet();
            Map<String, String> headers = new HashMap<>();
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
            headers.put("path", exchange.getRequestURI().toString());
            headers.put("body", new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            heard = headers;
            said.forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(status, answer.length);
            try (var out = exchange.getResponseBody()) {
                out.write(answer);
            }
        });
        inside.start();
    }

    @AfterEach
    void close() {
        inside.stop(0);
    }

    private int port() {
        return inside.getAddress().getPort();
    }

    private List<InetAddress> addresses(String host) throws UnknownHostException {
        List<InetAddress> found = new java.util.ArrayList<>();
        for (String address : names.getOrDefault(host, List.of(host))) {
            if (!address.matches("[0-9a-fA-Fx.:]+")) {
                throw new UnknownHostException(address);
            }
            found.addAll(List.of(InetAddress.getAllByName(address)));
        }
        return found;
    }

    private Egress egress(String... allowed) {
        return new Egress(List.of(allowed), LIMIT, this::addresses, _ -> {});
    }

    /// Each is both looked at and called; nothing inside is ever reached.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:PORT/",
                "http://127.0.0.1:PORT",
                "HTTP://127.0.0.1:PORT/",
                "http://127.1:PORT/",
                "http://127.0.1:PORT/",
                "http://127.255.255.254:PORT/",
                "http://2130706433:PORT/",
                "http://0x7f000001:PORT/",
                "http://0x7f.0.0.1:PORT/",
                "http://0177.0.0.1:PORT/",
                "http://017700000001:PORT/",
                "http://127.0.0.1.:PORT/",
                "http://0:PORT/",
                "http://0.0.0.0:PORT/",
                "http://[::1]:PORT/",
                "http://[0:0:0:0:0:0:0:1]:PORT/",
                "http://[::]:PORT/",
                "http://[::ffff:127.0.0.1]:PORT/",
                "http://[::ffff:7f00:1]:PORT/",
                "http://[::ffff:0:127.0.0.1]:PORT/",
                "http://[::127.0.0.1]:PORT/",
                "http://[64:ff9b::7f00:1]:PORT/",
                "http://[64:ff9b:1::7f00:1]:PORT/",
                "http://[2002:7f00:1::]:PORT/",
                "http://[2001:0:7f00:1::]:PORT/",
                "http://[fe80::1]:PORT/",
                "http://[fe80::1%25lo]:PORT/",
                "http://[fc00::1]:PORT/",
                "http://[fd12:3456::1]:PORT/",
                "http://[fec0::1]:PORT/",
                "http://[ff02::1]:PORT/",
                "http://[2001:db8::1]:PORT/",
                "http://localhost:PORT/",
                "http://LOCALHOST:PORT/",
                "http://localhost.:PORT/",
                "http://10.0.0.1/",
                "http://172.16.0.1/",
                "http://172.31.255.255/",
                "http://192.168.1.1/",
                "http://100.64.0.1/",
                "http://169.254.169.254/latest/meta-data/",
                "http://169.254.170.2/",
                "http://[fd00:ec2::254]/",
                "http://192.0.0.192/",
                "http://198.18.0.1/",
                "http://224.0.0.1/",
                "http://255.255.255.255/",
                "http://240.0.0.1/",
                "http://inside.test:PORT/",
                "http://mixed.test:PORT/",
                "http://private.test/",
                "http://cloud.test/",
                "http://mapped.test:PORT/",
                "http://nat.test:PORT/",
                "http://six.test:PORT/",
                "http://nowhere.test/",
                "http://open.test@127.0.0.1:PORT/",
                "http://open.test:pw@open.test/",
                "http://127.0.0.1:PORT@open.test/",
                "http://127.0.0.1:PORT#@open.test/",
                "http://open.test\\@127.0.0.1:PORT/",
                "http://127.0.0.1:PORT\\.open.test/",
                "http://open.test:99999/",
                "http://open.test:0/",
                "http:///path",
                "http://",
                "http:127.0.0.1:PORT/",
                "//127.0.0.1:PORT/",
                "127.0.0.1:PORT",
                "",
                " http://open.test/",
                "http://open.test/\r\nX-More: 1",
                "http://open .test/",
                "http://1②7.0.0.1:PORT/",
                "http://①②⑦.⓪.⓪.①:PORT/",
                "file:///etc/passwd",
                "ftp://open.test/",
                "gopher://127.0.0.1:PORT/_GET",
                "unix:///var/run/docker.sock",
                "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
                "jar:http://127.0.0.1:PORT/!/",
                "data:text/plain,x",
                "javascript:alert(1)",
                "ldap://127.0.0.1:PORT/",
                "dict://127.0.0.1:PORT/"
            })
    void nothingThatOnlyThisMachineCanReachIsReached(String form) {
        String address = form.replace("PORT", Integer.toString(port()));
        try (Egress egress = egress()) {
            assertThatExceptionOfType(EgressException.class)
                    .isThrownBy(() -> egress.check(address))
                    .satisfies(refused -> assertThat(refused.getMessage()).isNotBlank());
            assertThatExceptionOfType(EgressException.class)
                    .isThrownBy(() -> egress.post(address, Map.of(), new byte[0]));
        }
        assertThat(reached).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource({
        "1.1.1.1, ''",
        "93.184.216.34, ''",
        "172.15.255.255, ''",
        "172.32.0.0, ''",
        "100.63.255.255, ''",
        "100.128.0.0, ''",
        "169.253.0.1, ''",
        "2606:4700::1111, ''",
        "2a00:1450:4001::1, ''",
        "64:ff9b::101:101, ''",
        "2002:101:101::, ''",
        "10.255.255.255, a private network",
        "169.254.169.254, 'this link, where clouds keep their secrets'",
        "fd00:ec2::254, a private network",
        "64:ff9b::a9fe:a9fe, 'this link, where clouds keep their secrets'",
        "2002:a00:1::, a private network"
    })
    void addressesOfStrangersAreToldFromOthers(String address, String use) {
        assertThat(PublicAddresses.otherUse(InetAddress.ofLiteral(address)).orElse(""))
                .isEqualTo(use);
    }

    @Test
    void whatTheServerAllowsByNameIsReached() throws Exception {
        try (Egress egress = egress("inside.test:" + port())) {
            Egress.Sent sent = egress.post(
                    "http://Inside.test:" + port() + "/a%20b?x=%26",
                    Map.of("X-One", "1"),
                    "hello".getBytes(StandardCharsets.UTF_8));
            assertThat(sent).isEqualTo(new Egress.Sent(200, "fine"));
            assertThat(heard)
                    .containsEntry("path", "/a%20b?x=%26")
                    .containsEntry("body", "hello")
                    .containsEntry("X-one", "1")
                    .containsEntry("Host", "Inside.test:" + port());
            assertThatExceptionOfType(EgressException.class)
                    .isThrownBy(() -> egress.check("http://inside.test:" + (port() + 1)))
                    .withMessageContaining("'notices: {allow: [inside.test:" + (port() + 1) + "]}'");
            assertThatExceptionOfType(EgressException.class)
                    .isThrownBy(() -> egress.check("http://127.0.0.1:" + port()));
        }
        try (Egress egress = egress("inside.test")) {
            assertThat(egress.post("http://inside.test:" + port(), Map.of(), new byte[0])
                            .status())
                    .isEqualTo(200);
        }
    }

    /// A name that stands for a stranger while it is looked at, and for this machine when it is called.
    @Test
    void aNameThatTurnsInwardsIsNotFollowed() throws Exception {
        Deque<String> turns = new ArrayDeque<>(List.of("93.184.216.34", "127.0.0.1", "127.0.0.1"));
        try (Egress egress =
                new Egress(List.of(), LIMIT, _ -> List.of(InetAddress.ofLiteral(turns.removeFirst())), _ -> {})) {
            egress.check("http://turning.test:" + port() + "/");
            assertThatExceptionOfType(EgressException.class)
                    .isThrownBy(() -> egress.post("http://turning.test:" + port() + "/", Map.of(), new byte[0]))
                    .withMessageContaining("127.0.0.1");
        }
        assertThat(turns).as("a call asks once").hasSize(1);
        assertThat(reached).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void nothingIsFollowed(int redirect) throws Exception {
        status = redirect;
        said = Map.of("Location", "http://127.0.0.1:" + port() + "/secret");
        try (Egress egress = egress("inside.test")) {
            assertThat(egress.post("http://inside.test:" + port() + "/", Map.of(), new byte[0])
                            .status())
                    .isEqualTo(redirect);
        }
        assertThat(reached).hasValue(1);
    }

    @Test
    void ofALongAnswerOnlyTheBeginningIsRead() throws Exception {
        answer = new byte[8 << 20];
        java.util.Arrays.fill(answer, (byte) 'x');
        try (Egress egress = egress("inside.test")) {
            Egress.Sent sent = egress.post("http://inside.test:" + port() + "/", Map.of(), new byte[0]);
            assertThat(sent.beginning()).hasSize(1_000);
        }
    }

    /// One that answers byte by byte, and never ends.
    @Test
    void whoNeverEndsIsLeft() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        try (ServerSocket slow = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
            Thread.startVirtualThread(() -> {
                try (Socket socket = slow.accept()) {
                    socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    while (true) {
                        socket.getOutputStream().write('x');
                        socket.getOutputStream().flush();
                        java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
                    }
                } catch (IOException e) {
                    left.countDown();
                }
            });
            try (Egress egress = new Egress(List.of("inside.test"), Duration.ofSeconds(1), this::addresses, _ -> {})) {
                assertThatExceptionOfType(EgressException.class)
                        .isThrownBy(() ->
                                egress.post("http://inside.test:" + slow.getLocalPort() + "/", Map.of(), new byte[0]))
                        .withMessageContaining("took longer than 1 s");
                assertThat(left.await(20, java.util.concurrent.TimeUnit.SECONDS))
                        .as("the connection is closed")
                        .isTrue();
            }
        }
    }

    /// The address is pinned, and still it is the name that the certificate must have.
    @Test
    void aCertificateOfAnotherNameIsNotTrusted(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("keys");
        Process made = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "inside",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=inside",
                        "-ext",
                        "SAN=dns:inside.test",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .start();
        assertThat(made.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(file.toFile(), "changeit".toCharArray());
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 10);
        secure.setHttpsConfigurator(new HttpsConfigurator(context));
        secure.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        secure.start();
        names.put("other.test", List.of("127.0.0.1"));
        String certificate = "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder()
                        .encodeToString(keys.getCertificate("inside").getEncoded())
                + "\n-----END CERTIFICATE-----\n";
        int port = secure.getAddress().getPort();
        try (Egress knowing = new Egress(
                        List.of("inside.test", "other.test"),
                        LIMIT,
                        this::addresses,
                        options -> options.setTrustOptions(
                                new PemTrustOptions().addCertValue(Buffer.buffer(certificate))));
                Egress strange = egress("inside.test")) {
            assertThat(knowing.post("https://inside.test:" + port + "/", Map.of(), new byte[0])
                            .status())
                    .isEqualTo(204);
            assertThatExceptionOfType(EgressException.class)
                    .isThrownBy(() -> knowing.post("https://other.test:" + port + "/", Map.of(), new byte[0]))
                    .withMessageContaining("cannot be trusted");
            assertThatExceptionOfType(EgressException.class)
                    .isThrownBy(() -> strange.post("https://inside.test:" + port + "/", Map.of(), new byte[0]))
                    .withMessageContaining("cannot be trusted");
        } finally {
            secure.stop(0);
        }
    }

    @Test
    void nobodyThereIsSaidSo() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
            free = socket.getLocalPort();
        }
        try (Egress egress = egress("inside.test")) {
            assertThatExceptionOfType(EgressException.class)
                    .isThrownBy(() -> egress.post("http://inside.test:" + free + "/", Map.of(), new byte[0]))
                    .withMessageContaining("does not answer");
        }
    }
}
