package io.ropewalk.support.db;

import java.nio.file.Path;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// The rows of the server, on SQLite or PostgreSQL, from one SQL text: ids are text, times epoch milliseconds in
/// `bigint`, flags `smallint`, JSON opaque text, bytes `bytea`; no `skip locked`, no identity columns.
///
/// When [#write] returns, the change is synced to disk.
public interface Database extends AutoCloseable {
    /// Runs queries on one consistent state.
    <T> T read(Work<T> work);

    /// Runs a transaction. It may be run more than once before it succeeds, so it must have no effects but its
    /// statements. An exception undoes it and comes out as it is.
    <T> T write(Work<T> work);

    /// Writes all rows of one moment into a new SQLite database of the same schema, while others go on writing.
    ///
    /// @param file must not exist
    void copyTo(Path file);

    /// What the database finds wrong with itself, for people; empty when nothing.
    List<String> damage();

    @Override
    void close();

    interface Work<T> {
        T with(Handle handle);
    }
}
