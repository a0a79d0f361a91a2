package io.ropewalk.support.http;

/// What a caller must hold to use an endpoint.
public interface Permission {
    /// What strangers may see: health, the sign-in page, the API's description.
    Permission NONE = () -> "none";

    String name();
}
