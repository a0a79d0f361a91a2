package io.ropewalk.support.db;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.failpoint.Failpoints;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;

/// One file, one writer. Writes that arrive while a commit is being synced are carried out together and share the
/// next one; each has a savepoint of its own, so that one's failure undoes only its own work.
public final class SqliteDatabase implements Database {
    private static final int READERS = 4;
    private static final int LARGEST_BATCH = 512;

    private final Path file;
    /// The one that has read last reads next: its cache knows most, and those of the others stay small.
    private final BlockingDeque<Handle> readers = new LinkedBlockingDeque<>();
    private final BlockingQueue<Write<?>> queue = new LinkedBlockingQueue<>();
    private final Thread writer;
    private volatile boolean closing;

    private record Write<T>(Work<T> work, CompletableFuture<T> result) {}

    private record Outcome(
            Write<?> write,
            @org.jspecify.annotations.Nullable Object value) {}

    public SqliteDatabase(Path file) {
        this(file, Migrations::apply);
    }

    /// @param schema brings the rows into this server's form, or refuses them
    SqliteDatabase(Path file, Consumer<DataSource> schema) {
        this.file = file;
        schema.accept(dataSource(false));
        Handle writing = open(Jdbi.create(dataSource(false)));
        Jdbi reading = Jdbi.create(dataSource(true));
        for (int i = 0; i < READERS; i++) {
            Handle reader = open(reading);
            reader.execute("pragma query_only = 1");
            readers.add(reader);
        }
        writer = Thread.ofPlatform().name("sqlite-writer").daemon().start(() -> writeUntilClosed(writing));
    }

    private org.sqlite.SQLiteDataSource dataSource(boolean reading) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(SynchronousMode.FULL);
        config.setBusyTimeout(10_000);
        config.enforceForeignKeys(true);
        config.setCacheSize(-16_000);
        config.setTransactionMode(reading ? TransactionMode.DEFERRED : TransactionMode.IMMEDIATE);
        org.sqlite.SQLiteDataSource source = new org.sqlite.SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    private static Handle open(Jdbi jdbi) {
        Handle handle = jdbi.open();
        handle.setStatementBuilder(new KeptStatements());
        return handle;
    }

    @Override
    public <T> T read(Work<T> work) {
        Handle handle = borrow();
        try {
            return handle.inTransaction(work::with);
        } finally {
            readers.addFirst(handle);
        }
    }

    private Handle borrow() {
        try {
            Handle handle = readers.poll(30, TimeUnit.SECONDS);
            if (handle == null) {
                throw new RopewalkException(
                        ErrorCode.UNAVAILABLE, "The database was busy for 30 s with other reads; try again.");
            }
            return handle;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RopewalkException(ErrorCode.UNAVAILABLE, "The server is shutting down; try again later.", e);
        }
    }

    @Override
    public <T> T write(Work<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        if (closing) {
            throw new RopewalkException(ErrorCode.UNAVAILABLE, "The server is shutting down; try again later.");
        }
        queue.add(new Write<>(work, result));
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private void writeUntilClosed(Handle handle) {
        List<Write<?>> batch = new ArrayList<>();
        while (!closing || !queue.isEmpty()) {
            try {
                Write<?> first = queue.poll(200, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                batch.add(first);
                queue.drainTo(batch, LARGEST_BATCH - 1);
                commit(handle, batch);
            } catch (InterruptedException e) {
                closing = true;
            } finally {
                batch.clear();
            }
        }
        handle.close();
    }

    private void commit(Handle handle, List<Write<?>> batch) {
        List<Outcome> done = new ArrayList<>(batch.size());
        try {
            Failpoints.DB_TRANSACTION_BEFORE.reached();
            handle.begin();
            if (batch.size() == 1) {
                alone(handle, batch.getFirst(), done);
            } else {
                for (Write<?> write : batch) {
                    attempt(handle, write, done);
                }
            }
            if (done.isEmpty()) {
                handle.rollback();
            } else {
                Failpoints.DB_COMMIT_BEFORE.reached();
                handle.commit();
                Failpoints.DB_COMMIT_AFTER.reached();
            }
        } catch (RuntimeException e) {
            rollback(handle);
            RopewalkException lost = new RopewalkException(
                    ErrorCode.UNAVAILABLE,
                    "The change was not stored: the database in '%s' cannot be written (%s). Free the disk or make it writable, then try again."
                            .formatted(file.getParent(), rootMessage(e)),
                    e);
            batch.forEach(write -> write.result().completeExceptionally(lost));
            return;
        }
        done.forEach(SqliteDatabase::complete);
        Failpoints.DB_ANSWERS_AFTER.reached();
    }

    /// Nobody else's work is undone with its own, so it needs no savepoint.
    private static void alone(Handle handle, Write<?> write, List<Outcome> done) {
        try {
            done.add(new Outcome(write, write.work().with(handle)));
        } catch (RuntimeException | Error e) {
            write.result().completeExceptionally(e);
        }
    }

    private static void attempt(Handle handle, Write<?> write, List<Outcome> done) {
        handle.execute("savepoint w");
        try {
            done.add(new Outcome(write, write.work().with(handle)));
            handle.execute("release w");
        } catch (RuntimeException | Error e) {
            handle.execute("rollback to w");
            handle.execute("release w");
            write.result().completeExceptionally(e);
        }
    }

    @SuppressWarnings("unchecked") // The value came from this very write.
    private static void complete(Outcome outcome) {
        ((CompletableFuture<@org.jspecify.annotations.Nullable Object>)
                        outcome.write().result())
                .complete(outcome.value());
    }

    private static void rollback(Handle handle) {
        try {
            if (!handle.getConnection().getAutoCommit()) {
                handle.rollback();
            }
        } catch (RuntimeException | SQLException ignored) {
            // SQLite has rolled back by itself already, as it does when the disk is full.
        }
    }

    /// On a connection of its own: a long read must not keep others from theirs.
    @Override
    public void copyTo(Path copy) {
        try (Handle handle = Jdbi.create(dataSource(true)).open()) {
            handle.execute("vacuum into ?", copy.toString());
        }
    }

    @Override
    public List<String> damage() {
        try (Handle handle = open(Jdbi.create(dataSource(true)))) {
            List<String> found = new ArrayList<>(handle.createQuery("pragma integrity_check(100)")
                    .mapTo(String.class)
                    .list());
            found.remove("ok");
            handle.createQuery("pragma foreign_key_check")
                    .map((row, _) -> "a row of table '%s' names one of '%s' that is not there"
                            .formatted(row.getString(1), row.getString(3)))
                    .forEach(found::add);
            return found;
        }
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    @Override
    public void close() {
        closing = true;
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        readers.forEach(Handle::close);
    }
}
