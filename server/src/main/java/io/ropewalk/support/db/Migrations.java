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
        Flyway flyway = Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/migration")
                .ignoreMigrationPatterns("")
                .validateOnMigrate(true)
                .loggers("slf4j")
                .load();
        for (MigrationInfo migration : flyway.info().applied()) {
            if (migration.getState() == MigrationState.FUTURE_SUCCESS
                    || migration.getState() == MigrationState.FUTURE_FAILED) {
                throw new RopewalkException(
                        ErrorCode.CONFLICT,
                        "The database was last used by a newer Ropewalk (schema %s, this one knows less). Start that version, or restore a backup made before the upgrade."
                                .formatted(migration.getVersion()));
            }
        }
        try {
            flyway.migrate();
        } catch (FlywayException e) {
            throw new RopewalkException(
                    ErrorCode.CONFLICT, "The database cannot be brought up to date: " + e.getMessage(), e);
        }
    }
}
