package io.ropewalk.cli;

/// Ends the command with a message for the person and an exit code.
final class Failure extends RuntimeException {
    static final int USER = 1;
    static final int USAGE = 2;
    static final int UNREACHABLE = 3;

    private final int exitCode;

    Failure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    static Failure user(String message) {
        return new Failure(USER, message);
    }

    int exitCode() {
        return exitCode;
    }
}
