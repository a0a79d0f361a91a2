package io.ropewalk.support.http;

import java.io.InputStream;

/// A raw request body, read as it arrives.
///
/// @param length as announced, -1 when unknown
public record RequestBody(InputStream stream, String mediaType, long length) {}
