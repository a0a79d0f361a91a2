package io.ropewalk.support.http;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// An answer that is not JSON. Whatever a user or a program wrote goes out as [Untrusted], which a browser never runs
/// as part of this site.
public sealed interface Content {
    /// Our own text.
    record Text(String mediaType, byte[] bytes) implements Content {
        public Text(String mediaType, String text) {
            this(mediaType, text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /// A file's bytes from `from` up to `to`; sent with `nosniff` and a sandboxing content security policy, as a
    /// download unless `inline`.
    record Untrusted(Path file, String name, String mediaType, boolean inline) implements Content {}

    /// Bytes that a handler writes itself, piece by piece.
    record Streamed(String mediaType, Writer writer) implements Content {}

    /// Sends the browser elsewhere on this site.
    record Redirect(String location) implements Content {}

    interface Writer {
        void writeTo(java.io.OutputStream out) throws java.io.IOException, InterruptedException;
    }
}
