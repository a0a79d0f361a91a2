package io.ropewalk.support.http;

/// The request of an endpoint that takes nothing.
public record NoInput() {}
