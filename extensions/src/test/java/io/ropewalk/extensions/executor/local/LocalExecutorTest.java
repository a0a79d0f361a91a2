package io.ropewalk.extensions.executor.local;

import io.ropewalk.conformance.ExecutorContract;
import io.ropewalk.spi.ExtensionContext;
import io.ropewalk.spi.executor.Executor;
import java.nio.file.Path;
import java.util.Map;

final class LocalExecutorTest extends ExecutorContract {
    @Override
    protected Executor open(Path dataDirectory) {
        return new LocalExecutor(new ExtensionContext(dataDirectory, Map.of()));
    }
}
