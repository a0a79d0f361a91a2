package io.ropewalk.support.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
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
            Migrations.apply(pool);
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
