package io.ropewalk.extensions.executor.local;

import io.ropewalk.conformance.ExecutorContract;
import io.ropewalk.spi.ExtensionContext;
import io.ropewalk.spi.executor.Executor;
import java.nio.file.Path;
import java.util.Map;

/// As on a machine that permits no mounts.
final class LocalExecutorInDirectoriesTest extends ExecutorContract {
    @Override
    protected Executor open(Path dataDirectory) {
        return new LocalExecutor(new ExtensionContext(dataDirectory, Map.of("local.isolation", "directories")));
    }

    @Override
    protected boolean refusesWrites() {
        return false;
    }
}
