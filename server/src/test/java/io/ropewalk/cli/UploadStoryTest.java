package io.ropewalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A folder that is uploaded again and again to a server.
class UploadStoryTest {
    private static final String SNAPSHOTS = "/api/v1/workspaces/default/projects/digits/sources/src/snapshots";

    @TempDir
    Path folder;

    /// Stands between a client and the server, and counts what the client sends.
    private static final class Counter implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final AtomicLong sent = new AtomicLong();
        private final int target;

        Counter(String url) throws IOException {
            target = URI.create(url).getPort();
            Thread.ofVirtual().start(this::accept);
        }

        String url() {
            return "http://127.0.0.1:" + listening.getLocalPort();
        }

        long take() {
            return sent.getAndSet(0);
        }

        private void accept() {
            while (!listening.isClosed()) {
                try {
                    Socket client = listening.accept();
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                    Thread.ofVirtual().start(() -> pass(client, server, true));
                    Thread.ofVirtual().start(() -> pass(server, client, false));
                } catch (IOException _) {
                    // Closed, or gone: the client notices.
                }
            }
        }

        private void pass(Socket from, Socket to, boolean count) {
            byte[] buffer = new byte[1 << 16];
            try (from;
                    to;
                    InputStream in = from.getInputStream();
                    OutputStream out = to.getOutputStream()) {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    if (count) {
                        sent.addAndGet(read);
                    }
                    out.write(buffer, 0, read);
                }
            } catch (IOException _) {
                // One side has ended, so the other one does.
            }
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }

    @Test
    @DisplayName("Only files that changed travel")
    void onlyFilesThatChangedTravel() throws IOException {
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            write("src/part-" + i + ".bin", bytes(random, 4096));
        }
        write("data/big.bin", bytes(random, 5 << 20));
        long all = 200 * 4096 + (5 << 20);
        try (TestServer server = TestServer.start();
                Counter counter = new Counter(server.server().url())) {
            server.apply("digits", "name: digits\nsources: [{name: src, upload: {}}]\n");
            Upload upload = new Upload(
                    new Client(new ServerAddress(
                            counter.url(), Optional.of(server.server().ownerToken()), "test")),
                    "default",
                    new ProgressLine(new Terminal(Map.of(), folder, System.out, System.err, false)));

            Upload.Result first = upload.send(new Folder(folder), SNAPSHOTS);
            long listing = counter.take() - all;
            assertThat(first.sent()).isEqualTo(all);
            assertThat(listing).isBetween(0L, 400_000L);

            write("src/part-7.bin", bytes(random, 4096));
            Files.move(folder.resolve("data/big.bin"), folder.resolve("data/renamed.bin"));
            Upload.Result second = upload.send(new Folder(folder), SNAPSHOTS);
            assertThat(second.sent()).isEqualTo(4096);
            assertThat(counter.take())
                    .as("the list of files, twice, and one file")
                    .isLessThan(150_000);
            assertThat(id(second)).isNotEqualTo(id(first));

            Upload.Result third = upload.send(new Folder(folder), SNAPSHOTS);
            assertThat(third.sent()).isZero();
            assertThat(counter.take()).as("the list of files").isLessThan(75_000);
            assertThat(id(third)).isEqualTo(id(second));
        }
    }

    private static String id(Upload.Result result) {
        return result.snapshot().at("id").text();
    }

    private void write(String path, byte[] bytes) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.resolveSibling(""));
        Files.write(file, bytes);
    }

    private static byte[] bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
