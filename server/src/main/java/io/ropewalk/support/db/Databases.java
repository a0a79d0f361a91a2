package io.ropewalk.support.db;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.nio.file.Path;
import java.util.function.Consumer;
import javax.sql.DataSource;

/// Opens the database that the configuration names.
public final class Databases {
    private Databases() {}

    /// @param url `jdbc:postgresql://…`, or anything that begins with `jdbc:sqlite:`, or empty for SQLite in `file`
    public static Database open(String url, Path file) {
        return open(url, file, Migrations::apply);
    }

    /// As [#open], but of this server's version already: nothing is brought up to date.
    public static Database openUnchanged(String url, Path file) {
        return open(url, file, Migrations::require);
    }

    private static Database open(String url, Path file, Consumer<DataSource> schema) {
        if (url.startsWith("jdbc:postgresql:")) {
            return new PostgresDatabase(url, schema);
        }
        if (url.isEmpty() || url.startsWith("jdbc:sqlite:")) {
            SqliteLibrary.keepBelow(file.resolveSibling("cache").resolve("native"));
            return new SqliteDatabase(file, schema);
        }
        throw unknown(url);
    }

    /// Puts the rows of a copy into an empty PostgreSQL database.
    ///
    /// @param copy what [Database#copyTo] has made, of this server's schema
    public static void fill(String url, Path copy) {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw unknown(url);
        }
        try (PostgresDatabase database = new PostgresDatabase(url)) {
            database.fillFrom(copy);
        }
    }

    private static RopewalkException unknown(String url) {
        return new RopewalkException(
                ErrorCode.INVALID_REQUEST,
                "The database '%s' is of no known kind: leave it empty for SQLite in the data directory, or give 'jdbc:postgresql://host/name?user=…'."
                        .formatted(url.replaceAll("(?i)password=[^&]*", "password=…")));
    }
}
