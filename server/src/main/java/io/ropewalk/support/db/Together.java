package io.ropewalk.support.db;

import org.jdbi.v3.core.Handle;

/// What is written in the same transaction as a change, such as the answer to the request that asked for it. Like the
/// transaction, it may be run more than once.
///
/// @param <T> what came of the change
public interface Together<T> {
    void with(Handle handle, T done);

    /// For a change that nothing else goes with.
    static <T> Together<T> nothing() {
        return (_, _) -> {};
    }
}
