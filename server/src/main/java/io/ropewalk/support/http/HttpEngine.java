package io.ropewalk.support.http;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.util.concurrent.CompletableFuture;

/// The threads that carry requests. To make them takes a tenth of a second, which passes beside the caller's other
/// work.
public final class HttpEngine implements AutoCloseable {
    private final CompletableFuture<Vertx> vertx = CompletableFuture.supplyAsync(
            HttpEngine::make,
            task -> Thread.ofPlatform().name("http-engine").daemon().start(task));

    private static Vertx make() {
        return Vertx.builder()
                .with(new VertxOptions()
                        .setEventLoopPoolSize(2)
                        .setWorkerPoolSize(4)
                        .setInternalBlockingPoolSize(4)
                        .setFileSystemOptions(new FileSystemOptions()
                                .setFileCachingEnabled(false)
                                .setClassPathResolvingEnabled(false)))
                .build();
    }

    Vertx vertx() {
        return vertx.join();
    }

    @Override
    public void close() {
        vertx().close();
    }
}
