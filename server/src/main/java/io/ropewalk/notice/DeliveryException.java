package io.ropewalk.notice;

/// Something has not arrived, as far as we know.
final class DeliveryException extends Exception {
    private final boolean hopeless;

    /// @param hopeless the receiver wants nothing more
    DeliveryException(String message, boolean hopeless) {
        super(message);
        this.hopeless = hopeless;
    }

    DeliveryException(String message, Throwable cause) {
        super(message, cause);
        this.hopeless = false;
    }

    boolean hopeless() {
        return hopeless;
    }
}
