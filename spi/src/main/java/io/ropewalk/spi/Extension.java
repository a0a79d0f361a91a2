package io.ropewalk.spi;

import io.ropewalk.spi.executor.Executor;
import io.ropewalk.spi.source.SourceType;
import java.util.List;

/// What a jar adds to the server; found by [java.util.ServiceLoader], asked once at start-up.
public interface Extension {
    /// New kinds of source.
    default List<SourceType<?>> sourceTypes() {
        return List.of();
    }

    /// New places that run launches, each ready for [Executor#submit]. The server closes them when it ends.
    default List<Executor> executors(ExtensionContext context) {
        return List.of();
    }
}
