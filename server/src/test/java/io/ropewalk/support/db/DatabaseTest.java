package io.ropewalk.support.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.spi.RopewalkException;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DatabaseTest {
    private static final String INSERT = "insert into workspace (id, name, created_at) values (:id, :name, 0)";

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void whatIsWrittenIsRead(Database database) {
        try (database) {
            add(database, "a", "first");
            assertThat(names(database)).containsExactly("first");
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void aFailedWriteLeavesNothingAndHarmsNoOther(Database database) {
        try (database;
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var writes = IntStream.range(0, 200)
                    .mapToObj(i -> threads.submit(() -> {
                        database.write(handle -> {
                            handle.createUpdate(INSERT)
                                    .bind("id", "id" + i)
                                    .bind("name", "name" + i)
                                    .execute();
                            if (i % 2 == 1) {
                                throw new IllegalStateException("odd");
                            }
                            return 0;
                        });
                    }))
                    .toList();
            long failed = writes.stream().filter(write -> !succeeded(write)).count();
            assertThat(failed).isEqualTo(100);
            assertThat(names(database)).hasSize(100).allMatch(name -> name.matches("name\\d*[02468]"));
        }
    }

    private static boolean succeeded(java.util.concurrent.Future<?> write) {
        try {
            write.get();
            return true;
        } catch (java.util.concurrent.ExecutionException e) {
            assertThat(e.getCause()).hasMessage("odd");
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#kinds")
    void everythingIsThereAfterOpeningAgain(TestDatabases.Kind kind) {
        try (Database database = kind.open()) {
            add(database, "a", "kept");
        }
        try (Database database = kind.open()) {
            assertThat(names(database)).containsExactly("kept");
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#kinds")
    void aDatabaseOfANewerVersionIsRefused(TestDatabases.Kind kind) {
        try (Database database = kind.open()) {
            database.write(handle -> handle.execute(
                    "insert into flyway_schema_history (installed_rank, version, description, type, script, checksum,"
                            + " installed_by, installed_on, execution_time, success) select 999, '999', 'future',"
                            + " 'SQL', 'V999__future.sql', 1, installed_by, installed_on, 1, success"
                            + " from flyway_schema_history where installed_rank = 1"));
        }
        assertThatThrownBy(kind::open).isInstanceOf(RopewalkException.class).hasMessageContaining("newer Ropewalk");
    }

    private static void add(Database database, String id, String name) {
        database.write(handle ->
                handle.createUpdate(INSERT).bind("id", id).bind("name", name).execute());
    }

    private static java.util.List<String> names(Database database) {
        return database.read(handle -> handle.createQuery("select name from workspace order by name")
                .mapTo(String.class)
                .list());
    }
}
