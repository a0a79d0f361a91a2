package io.ropewalk.spi;

import org.jspecify.annotations.Nullable;

/// The one exception that is meant to be read by a person. Its message says what happened to which thing, why,
/// and what to do next.
public final class RopewalkException extends RuntimeException {
    private final ErrorCode code;

    public RopewalkException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public RopewalkException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
