package io.ropewalk.spi.executor;

import io.ropewalk.spi.LaunchId;
import java.util.function.Consumer;

/// A cluster that can say at once that something has changed. A signal is a hint: it may be lost or come twice.
public interface SignalsChanges {
    void onChange(Consumer<LaunchId> listener);
}
