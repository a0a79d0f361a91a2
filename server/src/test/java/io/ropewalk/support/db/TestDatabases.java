package io.ropewalk.support.db;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;

/// Both kinds of database, each empty. Use as `@ParameterizedTest
/// @MethodSource("io.ropewalk.support.db.TestDatabases#both")`
/// with a [Database] parameter.
public final class TestDatabases {
    private TestDatabases() {}

    /// One PostgreSQL for the whole test run, started when first needed.
    private static final class Postgres {
        private static final EmbeddedPostgres SERVER = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "off")
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// A database's kind and how to open it; what is opened is empty at the first time and kept for the next.
    public record Kind(String name, String url) {
        public Database open() {
            return Databases.open(url, Path.of(url.replace("jdbc:sqlite:", "")));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    public static Stream<Database> both() {
        return kinds().map(Kind::open);
    }

    public static Stream<Kind> kinds() {
        return Stream.of(sqlite(), postgres());
    }

    public static Kind sqlite() {
        try {
            return new Kind(
                    "SQLite",
                    "jdbc:sqlite:" + Files.createTempDirectory("ropewalk-db").resolve("test.db"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Kind postgres() {
        String name = "test_" + UUID.randomUUID().toString().replace("-", "");
        try (var connection = Postgres.SERVER.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
        return new Kind("PostgreSQL", Postgres.SERVER.getJdbcUrl("postgres", name));
    }
}
