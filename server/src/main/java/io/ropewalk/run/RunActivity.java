package io.ropewalk.run;

import io.ropewalk.access.Scope;
import io.ropewalk.project.RunsOfProjects;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What projects are told of their runs.
public final class RunActivity implements RunsOfProjects {
    private static final List<String> PARTS =
            List.of("replica", "run_event", "metric_batch", "metric_cursor", "use_batch", "run_heard");

    private final Database database;

    public RunActivity(Database database) {
        this.database = database;
    }

    @Override
    public Map<ProjectId, Activity> activity(Scope scope, Collection<ProjectId> projects) {
        if (projects.isEmpty()) {
            return Map.of();
        }
        List<String> ids = projects.stream().map(ProjectId::value).toList();
        return database.read(handle -> {
            Map<ProjectId, Counts> counts = new HashMap<>();
            scope.bind(handle.createQuery("""
                                    select project_id, count(*) as total,
                                        sum(case when ended_at is null then 1 else 0 end) as active,
                                        sum(case when state = 'failed' then 1 else 0 end) as failed
                                    from run where project_id in (<ids>) and
                                    """ + scope.condition("workspace_id", "project_id") + " group by project_id")
                            .bindList("ids", ids))
                    .map((row, _) -> counts.put(
                            new ProjectId(row.getString("project_id")),
                            new Counts(row.getLong("total"), row.getLong("active"), row.getLong("failed"))))
                    .list();
            Map<ProjectId, Activity> activity = new HashMap<>();
            counts.forEach((project, count) -> activity.put(project, new Activity(count, last(handle, project))));
            return activity;
        });
    }

    private static @Nullable LastRun last(Handle handle, ProjectId project) {
        return handle.createQuery("""
                        select id, number, task, state, state_body, author, created_at, started_at, ended_at
                        from run where project_id = :project order by number desc limit 1
                        """)
                .bind("project", project.value())
                .map((row, _) -> lastRun(row))
                .findOne()
                .orElse(null);
    }

    private static LastRun lastRun(ResultSet row) throws SQLException {
        FailureCause cause =
                Json.read(row.getString("state_body"), StoredState.class).cause();
        long number = row.getLong("number");
        return new LastRun(
                new RunId(row.getString("id")),
                number,
                row.getString("task") + "-" + number,
                row.getString("task"),
                row.getString("state"),
                cause == null ? null : cause.word(),
                row.getString("author"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                RunStore.instant(row, "started_at"),
                RunStore.instant(row, "ended_at"));
    }

    @Override
    public long active(Handle handle, ProjectId project) {
        return handle.createQuery("select count(*) from run where project_id = :project and ended_at is null")
                .bind("project", project.value())
                .mapTo(Long.class)
                .one();
    }

    @Override
    public void delete(Handle handle, ProjectId project) {
        RunLeavings.note(handle, project);
        for (String part : PARTS) {
            handle.createUpdate("delete from <part> where run_id in (select id from run where project_id = :project)")
                    .define("part", part)
                    .bind("project", project.value())
                    .execute();
        }
        handle.createUpdate("delete from run where project_id = :project")
                .bind("project", project.value())
                .execute();
    }
}
