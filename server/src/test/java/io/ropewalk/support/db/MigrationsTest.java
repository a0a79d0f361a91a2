package io.ropewalk.support.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.spi.RopewalkException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteDataSource;

class MigrationsTest {
    @Test
    void theNewestIsTheLastFile() throws Exception {
        URI folder = Objects.requireNonNull(Migrations.class.getResource("/db/migration"))
                .toURI();
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            assertThat(files.map(file -> file.getFileName().toString().substring(0, 4)))
                    .hasSize(Migrations.NEWEST)
                    .contains("V%03d".formatted(Migrations.NEWEST));
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#kinds")
    void aDatabaseIsCurrentOnceItWasOpened(TestDatabases.Kind kind) {
        assertThat(Migrations.isCurrent(source(kind))).isFalse();
        kind.open().close();
        assertThat(Migrations.isCurrent(source(kind))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "update flyway_schema_history set checksum = checksum + 1 where version = '002'",
        "update flyway_schema_history set success = 0 where version = '002'",
        "update flyway_schema_history set version = '007' where version = '006'",
        "delete from flyway_schema_history where version = '006'",
    })
    void anythingElseIsLeftToFlyway(String change) throws IOException {
        TestDatabases.Kind kind = TestDatabases.sqlite();
        try (Database database = kind.open()) {
            database.write(handle -> handle.execute(change));
        }
        assertThat(Migrations.isCurrent(source(kind))).isFalse();
        assertThatThrownBy(kind::open).isInstanceOf(RopewalkException.class);
    }

    private static DataSource source(TestDatabases.Kind kind) {
        if (kind.url().startsWith("jdbc:postgresql:")) {
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setUrl(kind.url());
            return source;
        }
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl(kind.url());
        return source;
    }
}
