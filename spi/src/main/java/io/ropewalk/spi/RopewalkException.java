package io.ropewalk.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The one exception that is meant to be read by a person. Its message says what happened to which thing, why, and
/// what to do next.
public final class RopewalkException extends RuntimeException {
    private final ErrorCode code;
    private final transient List<Record> problems;

    public RopewalkException(ErrorCode code, String message) {
        this(code, message, List.of(), null);
    }

    public RopewalkException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, message, List.of(), cause);
    }

    /// @param problems every single thing that is wrong, when there is more to say than one message can
    public RopewalkException(ErrorCode code, String message, List<? extends Record> problems) {
        this(code, message, problems, null);
    }

    private RopewalkException(
            ErrorCode code, String message, List<? extends Record> problems, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.problems = List.copyOf(problems);
    }

    public ErrorCode code() {
        return code;
    }

    public List<Record> problems() {
        return problems;
    }
}
