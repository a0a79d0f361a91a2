package io.ropewalk.support.http;

import java.util.Optional;

/// What a handler may know of the request beside its record.
public interface Call {
    /// Names this request in logs and error answers.
    String requestId();

    Principal principal();

    Optional<String> header(String name);

    /// For changes that must not be made twice when a request is sent again.
    default RequestKey key() {
        return RequestKey.NONE;
    }

    /// Where the client reached the server, such as `http://127.0.0.1:8080`.
    String origin();

    /// Adds a header to the answer, such as a cookie.
    void addHeader(String name, String value);
}
