package io.ropewalk.extensions.executor.local;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Where work goes that nobody waits for.
final class Background {
    static final ExecutorService THREADS = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("local-executor-", 0).factory());

    private Background() {}
}
