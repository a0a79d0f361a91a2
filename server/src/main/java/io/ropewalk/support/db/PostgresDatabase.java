package io.ropewalk.support.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/// A PostgreSQL database, for teams. Writes are serializable, as they are with SQLite's one writer; one that collided
/// with another is run again.
public final class PostgresDatabase implements Database {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final long LONGEST_PAUSE_MILLIS = 250;
    private static final Set<String> COLLISIONS = Set.of("40001", "40P01");

    private final ServerLock lock;
    private final HikariDataSource pool;
    private final Jdbi jdbi;

    /// @param url `jdbc:postgresql://…`, with user and password as parameters where needed
    /// @throws RopewalkException when another server has it
    public PostgresDatabase(String url) {
        this(url, Migrations::apply);
    }

    /// @param schema brings the rows into this server's form, or refuses them
    PostgresDatabase(String url, Consumer<DataSource> schema) {
        lock = ServerLock.take(url);
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(16);
        config.setMinimumIdle(2);
        config.setPoolName("postgresql");
        try {
            pool = new HikariDataSource(config);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
        try {
            schema.accept(pool);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        jdbi = Jdbi.create(pool);
    }

    @Override
    public <T> T read(Work<T> work) {
        return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, work::with);
    }

    @Override
    public <T> T write(Work<T> work) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        for (int attempt = 1; ; attempt++) {
            try {
                return jdbi.inTransaction(TransactionIsolationLevel.SERIALIZABLE, work::with);
            } catch (RuntimeException e) {
                if (!collided(e)) {
                    throw e;
                }
                if (System.nanoTime() > deadline || !pause(attempt)) {
                    throw new RopewalkException(
                            ErrorCode.UNAVAILABLE, "Too many changes to the same thing at once; try again.", e);
                }
            }
        }
    }

    /// Longer each time, and by chance, so that those who collided do not meet again.
    ///
    /// @return false when nobody waits for the work any more
    private static boolean pause(int attempt) {
        long most = Math.min(LONGEST_PAUSE_MILLIS, 1L << Math.min(attempt, 10));
        try {
            TimeUnit.MICROSECONDS.sleep(ThreadLocalRandom.current().nextLong(1_000 * most));
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void copyTo(Path copy) {
        new SqliteDatabase(copy).close();
        try (Connection to = DriverManager.getConnection("jdbc:sqlite:" + copy)) {
            List<TableCopy> tables = TableCopy.tablesOf(to);
            to.setAutoCommit(false);
            read(handle -> TableCopy.copyAll(tables, handle.getConnection(), to));
            to.commit();
        } catch (SQLException e) {
            throw new RopewalkException(
                    ErrorCode.UNAVAILABLE,
                    "The rows could not be copied to '%s': %s. Free the disk or make it writable, then try again."
                            .formatted(copy, e.getMessage()),
                    e);
        }
    }

    /// Takes over the rows of a copy that [#copyTo] has made.
    ///
    /// @throws RopewalkException when it has rows already
    void fillFrom(Path copy) {
        try (Connection from = DriverManager.getConnection("jdbc:sqlite:" + copy)) {
            List<TableCopy> tables = TableCopy.tablesOf(from);
            write(handle -> {
                if (handle.createQuery("select count(*) from workspace")
                                .mapTo(Long.class)
                                .one()
                        > 0) {
                    throw new RopewalkException(
                            ErrorCode.CONFLICT,
                            "The PostgreSQL database has been used by a Ropewalk server. Give an empty one; what is there is never overwritten.");
                }
                return TableCopy.copyAll(tables, from, handle.getConnection());
            });
        } catch (SQLException e) {
            throw new RopewalkException(
                    ErrorCode.UNAVAILABLE,
                    "The rows could not be read from '%s': %s".formatted(copy, e.getMessage()),
                    e);
        }
    }

    /// PostgreSQL checks its own pages where its administrator has switched that on.
    @Override
    public List<String> damage() {
        return List.of();
    }

    private static boolean collided(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && COLLISIONS.contains(String.valueOf(sql.getSQLState()))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        pool.close();
        lock.close();
    }
}
