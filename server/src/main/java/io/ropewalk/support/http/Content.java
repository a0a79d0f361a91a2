package io.ropewalk.support.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;

/// An answer that is not JSON. Whatever a user or a program wrote goes out as [Untrusted], which a browser never runs
/// as part of this site.
public sealed interface Content {
    /// Our own text.
    record Text(String mediaType, byte[] bytes) implements Content {
        public Text(String mediaType, String text) {
            this(mediaType, text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /// A file's bytes, or the range of them that was asked for; sent with `nosniff` and a sandboxing content security
    /// policy, as a download unless `inline`.
    record Untrusted(File file, String name, String mediaType, boolean inline) implements Content {}

    /// Opens the bytes when they are sent. It is not a path: between looking and sending, a program could put a link
    /// in the file's place.
    interface File {
        SeekableByteChannel open() throws IOException;
    }

    /// Bytes that a handler writes itself, piece by piece.
    record Streamed(String mediaType, Writer writer) implements Content {}

    /// Sends the browser elsewhere on this site.
    record Redirect(String location) implements Content {}

    interface Writer {
        void writeTo(OutputStream out) throws IOException, InterruptedException;
    }
}
