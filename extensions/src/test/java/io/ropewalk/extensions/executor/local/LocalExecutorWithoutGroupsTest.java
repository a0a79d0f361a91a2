package io.ropewalk.extensions.executor.local;

import io.ropewalk.conformance.ExecutorContract;
import io.ropewalk.spi.ExtensionContext;
import io.ropewalk.spi.executor.Executor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// As on a machine that permits neither mounts nor control groups.
final class LocalExecutorWithoutGroupsTest extends ExecutorContract {
    @Override
    protected Executor open(Path dataDirectory) {
        return new LocalExecutor(
                new ExtensionContext(dataDirectory, Map.of("local.isolation", "directories")),
                CompletableFuture.completedFuture(new ControlGroups(List.of(), "")));
    }

    @Override
    protected boolean refusesWrites() {
        return false;
    }
}
