package io.ropewalk;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.config.ServerSettings;

/// The server: builds everything, top to bottom.
public final class Ropewalk implements AutoCloseable {
    private Ropewalk() {}

    /// Returns when it answers at the address written to `<data>/url`.
    @SuppressWarnings("DoNotCallSuggester")
    public static Ropewalk start(ServerSettings settings) {
        throw new RopewalkException(
                ErrorCode.UNAVAILABLE, "This build has no server yet; nothing was started in " + settings.data() + ".");
    }

    /// Answers what it has taken on, then ends. Runs go on.
    @Override
    public void close() {}
}
