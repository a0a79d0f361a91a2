package io.ropewalk.support.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.spi.RopewalkException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class PostgresDatabaseTest {
    @Test
    void aSecondServerOnTheSameDatabaseIsRefused() {
        TestDatabases.Kind kind = TestDatabases.postgres();
        try (Database _ = kind.open()) {
            assertThatThrownBy(kind::open)
                    .isInstanceOf(RopewalkException.class)
                    .hasMessageContaining("in use by another Ropewalk server")
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
        }
        kind.open().close();
    }

    @Test
    void aLockWhoseConnectionBrokeIsTakenAgain() throws SQLException {
        TestDatabases.Kind kind = TestDatabases.postgres();
        try (ServerLock lock = ServerLock.take(kind.url())) {
            breakConnections(kind);
            assertThat(lock.check()).isTrue();
            assertThatThrownBy(() -> ServerLock.take(kind.url())).hasMessageContaining("another Ropewalk server");
        }
    }

    @Test
    void aLockThatAnotherServerTookMeanwhileIsNotHeldTwice() throws SQLException {
        TestDatabases.Kind kind = TestDatabases.postgres();
        try (ServerLock lock = ServerLock.take(kind.url())) {
            breakConnections(kind);
            try (ServerLock other = ServerLock.take(kind.url())) {
                assertThat(lock.check()).isFalse();
                assertThat(other.check()).isTrue();
            }
            // The database lets go of a lock when the closed connection's process has ended, a moment later.
            long deadline = System.nanoTime() + 30_000_000_000L;
            while (!lock.check() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertThat(lock.check()).isTrue();
        }
    }

    private static void breakConnections(TestDatabases.Kind kind) throws SQLException {
        try (Connection connection = DriverManager.getConnection(kind.url());
                var statement = connection.createStatement()) {
            statement.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'ropewalk%'");
        }
    }

    @Test
    void manyWhoChangeTheSameThingAtOnceAllGetTheirTurn() throws Exception {
        TestDatabases.Kind kind = TestDatabases.postgres();
        int writers = 64;
        try (Database database = kind.open();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            database.write(
                    handle -> handle.execute("insert into workspace (id, name, created_at) values ('w', 'w', 0)"));
            CountDownLatch together = new CountDownLatch(1);
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                all.add(threads.submit(() -> {
                    together.await();
                    return database.write(handle -> {
                        long seen = handle.createQuery("select created_at from workspace")
                                .mapTo(Long.class)
                                .one();
                        return handle.execute("update workspace set created_at = ?", seen + 1);
                    });
                }));
            }
            together.countDown();
            for (Future<Integer> one : all) {
                assertThat(one.get()).isEqualTo(1);
            }
            assertThat(database.<Long>read(handle -> handle.createQuery("select created_at from workspace")
                            .mapTo(Long.class)
                            .one()))
                    .isEqualTo(writers);
        }
    }
}
