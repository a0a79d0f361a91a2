package io.ropewalk.support.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.sql.SQLException;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/// A PostgreSQL database, for teams. Writes are serializable, as they are with SQLite's one writer; one that collided
/// with another is run again.
public final class PostgresDatabase implements Database {
    private static final int ATTEMPTS = 20;
    private static final Set<String> COLLISIONS = Set.of("40001", "40P01");

    private final HikariDataSource pool;
    private final Jdbi jdbi;

    /// @param url `jdbc:postgresql://…`, with user and password as parameters where needed
    public PostgresDatabase(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(16);
        config.setMinimumIdle(2);
        config.setPoolName("postgresql");
        pool = new HikariDataSource(config);
        Migrations.apply(pool);
        jdbi = Jdbi.create(pool);
    }

    @Override
    public <T> T read(Work<T> work) {
        return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, work::with);
    }

    @Override
    public <T> T write(Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return jdbi.inTransaction(TransactionIsolationLevel.SERIALIZABLE, work::with);
            } catch (RuntimeException e) {
                if (!collided(e)) {
                    throw e;
                }
                if (attempt == ATTEMPTS) {
                    throw new RopewalkException(
                            ErrorCode.UNAVAILABLE, "Too many changes to the same thing at once; try again.", e);
                }
            }
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
    }
}
