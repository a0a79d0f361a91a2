package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.db.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RunLeavingsTest {
    @TempDir
    Path data;

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void whatRunsOfADeletedProjectHadGoesAlsoWhenTheServerDiedBeforeThat(Database database) throws IOException {
        try (database) {
            ProjectId project = new ProjectId("p");
            RunId deleted = new RunId("r1");
            RunId other = new RunId("r2");
            database.write(handle -> {
                handle.execute("insert into workspace (id, name, created_at) values ('w', 'w', 0)");
                handle.execute("""
                        insert into project (id, workspace_id, name, created_by, created_at, updated_at, last_run_number)
                        values ('p', 'w', 'p', '', 0, 0, 1)
                        """);
                handle.execute("""
                        insert into run (id, workspace_id, project_id, number, task, kind, experiment, author, comment,
                            specification, parameters, state, state_body, info, created_at, requested, due_at, lease_until)
                        values ('r1', 'w', 'p', 1, 't', 'task', 'master', '', '', '', '', 'failed', '', '', 0, '', 0, 0)
                        """);
                handle.execute("insert into metric_cursor (run_id, log, attempt, position) values ('r1', 'a', 1, 7)");
                return handle.execute(
                        "insert into metric_cursor (run_id, log, attempt, position) values ('r2', 'a', 1, 7)");
            });
            RunDirectories directories = new RunDirectories(data);
            Files.writeString(directories.make(deleted, false).resolve("output/model"), "weights");
            directories.make(other, false);

            database.write(handle -> {
                new RunActivity(database).delete(handle, project);
                return project;
            });
            assertThat(directories.of(deleted)).isDirectory();
            new RunLeavings(database, data).sweep();

            assertThat(directories.of(deleted)).doesNotExist();
            assertThat(directories.of(other)).isDirectory();
            assertThat(database.<String>read(handle -> handle.createQuery("select run_id from metric_cursor")
                            .mapTo(String.class)
                            .one()))
                    .isEqualTo("r2");
            assertThat(database.<Long>read(handle -> handle.createQuery("select count(*) from leaving_run")
                            .mapTo(Long.class)
                            .one()))
                    .isZero();
        }
    }
}
