package io.ropewalk.extensions.source.git;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// The system's sshd on a port of its own, for the user who runs the tests. Where there is none, tests are skipped.
final class SshDaemon implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/sbin/sshd");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path directory;
    private final int port;
    private Process process;

    private SshDaemon(Path directory) throws IOException {
        this.directory = directory;
        try (ServerSocket free = new ServerSocket(0)) {
            this.port = free.getLocalPort();
        }
        key("client");
        key("stranger");
        Files.copy(directory.resolve("client.pub"), directory.resolve("authorized"));
        this.process = listen();
    }

    static SshDaemon start(Path directory) {
        assumeTrue(Files.isExecutable(PROGRAM), "there is no " + PROGRAM);
        assumeTrue(hasPlaceForPrivileges(), "sshd wants the directory /run/sshd");
        try {
            return new SshDaemon(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The root's sshd wants an empty directory; anybody else's does without.
    private static boolean hasPlaceForPrivileges() {
        Path place = Path.of("/run/sshd");
        return !System.getProperty("user.name").equals("root")
                || Files.isDirectory(place)
                || place.toFile().mkdir();
    }

    String url(Path repository) {
        return "ssh://" + System.getProperty("user.name") + "@127.0.0.1:" + port + repository;
    }

    /// The key that it lets in.
    String clientKey() {
        return text("client");
    }

    /// One that it does not.
    String strangersKey() {
        return text("stranger");
    }

    /// Ends, and listens again at the same place with another key of its own.
    void becomeAnother() {
        close();
        try {
            process = listen();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process listen() throws IOException {
        Files.deleteIfExists(directory.resolve("host"));
        Files.deleteIfExists(directory.resolve("host.pub"));
        key("host");
        Path config = Files.writeString(directory.resolve("config"), """
                Port %d
                ListenAddress 127.0.0.1
                HostKey %2$s/host
                PidFile none
                AuthorizedKeysFile %2$s/authorized
                StrictModes no
                UsePAM no
                PasswordAuthentication no
                """.formatted(port, directory));
        Process started = new ProcessBuilder(PROGRAM.toString(), "-D", "-e", "-f", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!answers()) {
            if (!started.isAlive() || Instant.now().isAfter(deadline)) {
                started.destroyForcibly();
                throw new IllegalStateException("sshd did not start: " + text("log"));
            }
            Thread.onSpinWait();
        }
        return started;
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return new String(socket.getInputStream().readNBytes(4), StandardCharsets.US_ASCII).equals("SSH-");
        } catch (IOException _) {
            return false;
        }
    }

    private void key(String name) throws IOException {
        List<String> command = List.of(
                "ssh-keygen",
                "-q",
                "-t",
                "ed25519",
                "-N",
                "",
                "-C",
                "",
                "-f",
                directory.resolve(name).toString());
        try {
            if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
                throw new IllegalStateException(command.toString());
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String text(String name) {
        try {
            return Files.readString(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
