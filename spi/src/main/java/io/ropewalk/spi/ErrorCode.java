package io.ropewalk.spi;

/// Everything that can go wrong, as a client sees it: the same code on the wire, in the SDK and in the command
/// line.
public enum ErrorCode {
    INVALID_REQUEST(400, Blame.USER),
    INVALID_DOCUMENT(400, Blame.USER),
    /// The cluster could never satisfy the request, however long it waited.
    IMPOSSIBLE_REQUEST(400, Blame.USER),
    SOURCE_UNAVAILABLE(400, Blame.USER),
    UNSAFE_ARCHIVE(400, Blame.USER),
    UNAUTHENTICATED(401, Blame.USER),
    FORBIDDEN(403, Blame.USER),
    NOT_FOUND(404, Blame.USER),
    METHOD_NOT_ALLOWED(405, Blame.USER),
    ALREADY_EXISTS(409, Blame.USER),
    CONFLICT(409, Blame.USER),
    /// The same request was sent before and has not been answered yet.
    IN_PROGRESS(409, Blame.CAPACITY),
    TOO_LARGE(413, Blame.USER),
    UNSUPPORTED_MEDIA_TYPE(415, Blame.USER),
    INTERNAL(500, Blame.PLATFORM),
    UNAVAILABLE(503, Blame.CAPACITY);

    /// Whose turn it is to do something about it.
    public enum Blame {
        USER,
        PLATFORM,
        CAPACITY
    }

    private final int status;
    private final Blame blame;

    ErrorCode(int status, Blame blame) {
        this.status = status;
        this.blame = blame;
    }

    public int status() {
        return status;
    }

    public Blame blame() {
        return blame;
    }
}
