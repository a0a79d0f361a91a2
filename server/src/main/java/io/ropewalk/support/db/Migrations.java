package io.ropewalk.support.db;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.zip.CRC32;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;

/// Brings a database up to this server's version, and refuses one that a newer server has changed.
final class Migrations {
    /// The number of the last migration.
    static final int NEWEST = 6;

    private static final String FOLDER = "db/migration";

    private Migrations() {}

    static void apply(DataSource source) {
        if (isCurrent(source)) {
            return;
        }
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

    /// Whether Flyway would find that every migration was applied as this server has it. Most starts end its work here,
    /// in a hundredth of the time.
    static boolean isCurrent(DataSource source) {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select version, script, checksum, success from flyway_schema_history order by installed_rank")) {
            int last = 0;
            while (rows.next()) {
                last++;
                String version = "%03d".formatted(last);
                if (!version.equals(rows.getString(1))
                        || !rows.getBoolean(4)
                        || !rows.getString(2).startsWith("V" + version + "__")
                        || rows.getInt(3) != checksum(rows.getString(2))) {
                    return false;
                }
            }
            return last == NEWEST;
        } catch (SQLException | IOException e) {
            // Whatever it is, Flyway says it better.
            return false;
        }
    }

    /// As Flyway counts it: over the lines, without what ends them.
    private static int checksum(String script) throws IOException {
        InputStream in = Migrations.class.getClassLoader().getResourceAsStream(FOLDER + "/" + script);
        if (in == null) {
            throw new FileNotFoundException(script);
        }
        CRC32 sum = new CRC32();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                sum.update(line.getBytes(StandardCharsets.UTF_8));
            }
        }
        return (int) sum.getValue();
    }

    private static Flyway flyway(DataSource source) {
        return Flyway.configure()
                .dataSource(source)
                .locations("classpath:" + FOLDER)
                .ignoreMigrationPatterns("")
                .validateOnMigrate(true)
                // One sync for all, and no database between two versions.
                .group(true)
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
