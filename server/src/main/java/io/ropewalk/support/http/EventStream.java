package io.ropewalk.support.http;

/// A body of server-sent events, written until the client goes away or the writer returns. Runs on a virtual thread.
public interface EventStream {
    void writeTo(Sink sink) throws InterruptedException;

    interface Sink {
        /// Sends one event; waits while the client is slow.
        ///
        /// @param id what the client sends back as `Last-Event-ID` when it connects again; empty for none
        /// @param data rendered as JSON
        void send(String event, String id, Object data) throws InterruptedException;

        /// The client has gone; also true while the server shuts down.
        boolean closed();
    }
}
