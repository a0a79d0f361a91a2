package io.ropewalk.support.db;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;

/// Brings a database up to this server's version, and refuses one that a newer server has changed.
final class Migrations {
    private Migrations() {}

    static void apply(DataSource source) {
        Flyway flyway = flyway(source);
        refuseNewer(flyway);
        try {
            flyway.migrate();
        } catch (FlywayException e) {
            throw new RopewalkException(
                    ErrorCode.CONFLICT, "The database cannot be brought up to date: " + e.getMessage(), e);
        }
    }

    /// Changes nothing, and refuses a database of another version than this server's.
    static void require(DataSource source) {
        try {
            Flyway flyway = flyway(source);
            refuseNewer(flyway);
            if (flyway.info().pending().length > 0) {
                throw new RopewalkException(
                        ErrorCode.CONFLICT,
                        "The database was last used by an older Ropewalk, and checking changes nothing. Check it with that version, or start this one on it first.");
            }
        } catch (FlywayException e) {
            throw new RopewalkException(
                    ErrorCode.CONFLICT,
                    "The database cannot be read: %s Restore the newest backup.".formatted(e.getMessage()),
                    e);
        }
    }

    private static Flyway flyway(DataSource source) {
        return Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/migration")
                .ignoreMigrationPatterns("")
                .validateOnMigrate(true)
                .loggers("slf4j")
                .load();
    }

    private static void refuseNewer(Flyway flyway) {
        for (MigrationInfo migration : flyway.info().applied()) {
            if (migration.getState() == MigrationState.FUTURE_SUCCESS
                    || migration.getState() == MigrationState.FUTURE_FAILED) {
                throw new RopewalkException(
                        ErrorCode.CONFLICT,
                        "The database was last used by a newer Ropewalk (schema %s, this one knows less). Start that version, or restore a backup made before the upgrade."
                                .formatted(migration.getVersion()));
            }
        }
    }
}
