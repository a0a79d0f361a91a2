package io.ropewalk;

import java.util.ArrayDeque;
import java.util.Deque;

/// What a server has opened. It is closed in the opposite order, when the server ends and when it cannot start.
final class Opened implements AutoCloseable {
    private final Deque<Runnable> closing = new ArrayDeque<>();

    /// @param close to be called once
    void add(Runnable close) {
        closing.push(close);
    }

    /// Closes everything, also when something cannot be closed.
    @Override
    public void close() {
        Runnable last = closing.poll();
        if (last != null) {
            try {
                last.run();
            } finally {
                close();
            }
        }
    }
}
