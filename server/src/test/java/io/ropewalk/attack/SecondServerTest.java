package io.ropewalk.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.Ropewalk;
import io.ropewalk.TestServer;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.DriverManager;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A directory and a database that belong to somebody else already.
@Timeout(120)
class SecondServerTest {
    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void onTheSameDirectoryIsRefusedAndNamesTheFirst(TestServer server) {
        assertThatThrownBy(() -> Ropewalk.start(server.settings()))
                .isInstanceOf(RopewalkException.class)
                .hasMessageContaining(server.data().toString())
                .hasMessageContaining("process " + ProcessHandle.current().pid())
                .hasMessageContaining(server.server().url())
                .hasMessageContaining("--data");
        assertThat(server.get("/health").status()).isEqualTo(200);
        assertThat(server.data().resolve("url"))
                .content()
                .startsWith(server.server().url());
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void onAUsedPortFailsAndLeavesItsOwnDirectoryAndDatabaseForTheNext(TestServer server) throws IOException {
        server.apply("kept", "name: kept\n");
        server.server().close();
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> Ropewalk.start(server.settings("port", "" + other.getLocalPort())))
                    .isInstanceOfSatisfying(RopewalkException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT);
                        assertThat(e)
                                .hasMessageContaining("port " + other.getLocalPort())
                                .hasMessageContaining("choose another with --port")
                                .hasNoSuppressedExceptions();
                    });
        }
        assertThat(server.data().resolve("url")).doesNotExist();
        try (Ropewalk next = Ropewalk.start(server.settings())) {
            assertThat(next.url()).isNotEmpty();
        }
    }

    @Test
    void inAnotherProcessIsRefusedToo() throws IOException, InterruptedException {
        try (TestServer server = TestServer.start()) {
            Process process = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElse("java"),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "io.ropewalk.cli.Main",
                            "up",
                            "--no-browser",
                            "--port",
                            "0",
                            "--data",
                            server.data().toString())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(said).contains(server.server().url());
            assertThat(Files.readString(server.data().resolve("url")))
                    .startsWith(server.server().url());
            assertThat(server.get("/health").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.TestServer#onBoth")
    void aDatabaseOfANewerVersionIsRefusedInPlainWordsAndLeftAsItIs(TestServer server) throws Exception {
        server.close();
        String url = server.settings().database().isEmpty()
                ? "jdbc:sqlite:" + server.data().resolve("ropewalk.db")
                : server.settings().database();
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.executeUpdate("""
                    insert into flyway_schema_history (installed_rank, version, description, type, script, checksum,
                        installed_by, execution_time, success)
                    values (999, '999', 'of the future', 'SQL', 'V999__of_the_future.sql', 1, 'future', 1, true)
                    """);
        }
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> Ropewalk.start(server.settings()))
                    .isInstanceOfSatisfying(
                            RopewalkException.class,
                            refusal -> assertThat(refusal.code()).isNotEqualTo(ErrorCode.INTERNAL))
                    .hasMessageContaining("newer");
        }
    }
}
