package io.ropewalk.support.http;

import java.util.Optional;

/// Recognises callers. Wrong credentials are an UNAUTHENTICATED error; none at all is a stranger.
public interface Authenticator {
    Principal authenticate(Credentials credentials);

    /// What a request shows of its sender.
    ///
    /// @param changing the request may change something, so a browser must prove that this site sent it
    record Credentials(boolean changing, Optional<String> bearer, Optional<String> session, Optional<String> csrf) {}
}
