package io.ropewalk.support.egress;

/// A call that was not made, or that brought no answer.
public final class EgressException extends Exception {
    /// @param message what happened to which address, and why
    public EgressException(String message) {
        super(message);
    }

    EgressException(String message, Throwable cause) {
        super(message, cause);
    }
}
