package io.ropewalk.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobStoreTest {
    @TempDir
    Path directory;

    @Test
    void aContentLiesUnderItsHashForTheServerOnly() throws IOException {
        BlobStore store = new BlobStore(directory.resolve("blobs"));
        BlobStore.Blob blob = store.put(bytes("hello"));

        assertThat(blob.hash().hex()).isEqualTo("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
        assertThat(blob.size()).isEqualTo(5);
        Path file = directory.resolve("blobs/2c/f24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
        assertThat(file).hasContent("hello");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(store.has(blob.hash())).isTrue();
        assertThat(store.read(blob.hash())).isEqualTo(bytes("hello"));
        assertThat(files()).hasSize(1);
    }

    @Test
    void aWrongHashLeavesNothing() throws IOException {
        BlobStore store = new BlobStore(directory);
        ContentHash other = ContentHash.of(bytes("other"));
        assertThatThrownBy(() -> store.put(new ByteArrayInputStream(bytes("hello")), other))
                .isInstanceOfSatisfying(
                        RopewalkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
        assertThat(store.has(other)).isFalse();
        assertThat(files()).isEmpty();
    }

    @Test
    void anUploadThatBreaksOffLeavesNothing() throws IOException {
        BlobStore store = new BlobStore(directory);
        InputStream broken = new FilterInputStream(new ByteArrayInputStream(new byte[100_000])) {
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int read = super.read(bytes, offset, length);
                if (read < 0) {
                    throw new IOException("the client has gone");
                }
                return read;
            }
        };
        assertThatThrownBy(() -> store.put(broken, ContentHash.of(bytes("x")))).isInstanceOf(IOException.class);
        assertThat(files()).isEmpty();
    }

    @Test
    void aDamagedContentIsNoticedAndCanBeBroughtAgain() throws IOException {
        BlobStore store = new BlobStore(directory);
        ContentHash hash = store.put(bytes("hello")).hash();
        Files.writeString(files().getFirst(), "hellO");

        assertThatThrownBy(() -> store.read(hash))
                .isInstanceOfSatisfying(
                        RopewalkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL))
                .hasMessageContaining(hash.hex());
        assertThat(store.has(hash)).isFalse();
        store.put(bytes("hello"));
        assertThat(store.read(hash)).isEqualTo(bytes("hello"));
    }

    @Test
    void aBatchIsThereWhenItIsFinished() throws IOException {
        BlobStore store = new BlobStore(directory);
        List<ContentHash> hashes = new ArrayList<>();
        try (BlobStore.Batch batch = store.batch()) {
            for (int i = 0; i < 500; i++) {
                hashes.add(batch.putLater(bytes("content " + i), null));
            }
            assertThat(batch.finish()).isEqualTo(500);
        }
        assertThat(hashes).allMatch(store::has);
    }

    @Test
    void aBatchWithAWrongHashIsRefused() throws IOException {
        BlobStore store = new BlobStore(directory);
        try (BlobStore.Batch batch = store.batch()) {
            batch.putLater(bytes("a"), ContentHash.of(bytes("b")));
            assertThatThrownBy(batch::finish).isInstanceOf(RopewalkException.class);
        }
        assertThat(store.has(ContentHash.of(bytes("b")))).isFalse();
    }

    @Test
    void manyMayPutTheSame() throws Exception {
        BlobStore store = new BlobStore(directory);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<BlobStore.Blob>> puts = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                puts.add(threads.submit(() -> store.put(bytes("the same"))));
            }
            for (Future<BlobStore.Blob> put : puts) {
                assertThat(store.read(put.get().hash())).isEqualTo(bytes("the same"));
            }
        }
        assertThat(files()).hasSize(1);
    }

    @Test
    void whatACrashLeftIsSweptAway() throws IOException {
        BlobStore store = new BlobStore(directory);
        store.put(bytes("kept"));
        Files.writeString(directory.resolve("incoming-123"), "half");
        store.sweep();
        assertThat(files()).hasSize(1);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
