package io.ropewalk.support.http;

/// An answer without a body.
public enum Nothing {
    NOTHING
}
