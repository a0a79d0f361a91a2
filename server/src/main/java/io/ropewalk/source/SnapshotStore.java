package io.ropewalk.source;

import io.ropewalk.access.Scope;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.WorkspaceId;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.failpoint.Failpoints;
import io.ropewalk.support.http.Page;
import io.ropewalk.support.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/// Rows of snapshots.
final class SnapshotStore {
    private final Database database;

    SnapshotStore(Database database) {
        this.database = database;
    }

    /// @param diff the hash of the uncommitted changes, when there were any
    record StoredOrigin(Snapshot.Origin origin, @Nullable ContentHash diff) {}

    record Row(
            WorkspaceId workspace, ProjectId project, ContentHash manifest, StoredOrigin origin, Snapshot snapshot) {}

    /// Adds the row, unless the newest one of the source has the same manifest; that is returned then.
    Row add(Row row) {
        Row added = database.write(handle -> {
            Optional<Row> newest = latest(handle, row.project(), row.snapshot().source(), Scope.EVERYTHING);
            if (newest.isPresent() && newest.get().manifest().equals(row.manifest())) {
                return newest.get();
            }
            Snapshot snapshot = row.snapshot();
            handle.createUpdate("""
                            insert into snapshot (id, workspace_id, project_id, source, manifest_hash, files, bytes, origin,
                                created_by, created_at)
                            values (:id, :workspace, :project, :source, :manifest, :files, :bytes, :origin, :by, :at)
                            """)
                    .bind("id", snapshot.id())
                    .bind("workspace", row.workspace().value())
                    .bind("project", row.project().value())
                    .bind("source", snapshot.source())
                    .bind("manifest", row.manifest().hex())
                    .bind("files", snapshot.files())
                    .bind("bytes", snapshot.bytes())
                    .bind("origin", Json.write(row.origin()))
                    .bind("by", snapshot.createdBy())
                    .bind("at", snapshot.createdAt().toEpochMilli())
                    .execute();
            Failpoints.SNAPSHOT_ROW.reached();
            return row;
        });
        Failpoints.SNAPSHOT_STORED.reached();
        return added;
    }

    /// What is in the store because of some snapshots.
    record Kept(
            WorkspaceId workspace,
            ContentHash manifest,
            @Nullable ContentHash diff) {}

    List<Kept> kept(WorkspaceId workspace) {
        return database.read(handle -> handle.createQuery("select * from snapshot where workspace_id = :workspace")
                .bind("workspace", workspace.value())
                .map((row, context) -> kept(row, context))
                .list());
    }

    List<Kept> kept(Handle handle, ProjectId project) {
        return handle.createQuery("select * from snapshot where project_id = :project")
                .bind("project", project.value())
                .map((row, context) -> kept(row, context))
                .list();
    }

    private static Kept kept(ResultSet row, StatementContext context) throws SQLException {
        Row all = map(row, context);
        return new Kept(all.workspace(), all.manifest(), all.origin().diff());
    }

    void delete(Handle handle, ProjectId project) {
        handle.createUpdate("delete from snapshot where project_id = :project")
                .bind("project", project.value())
                .execute();
    }

    Optional<Row> latest(ProjectId project, String source, Scope scope) {
        return database.read(handle -> latest(handle, project, source, scope));
    }

    Optional<Row> find(String id, Scope scope) {
        return database.read(handle -> scope.bind(handle.createQuery("select * from snapshot where id = :id and "
                                + scope.condition("workspace_id", "project_id"))
                        .bind("id", id))
                .map(SnapshotStore::map)
                .findOne());
    }

    /// Newest first.
    Page<Row> list(ProjectId project, String source, Scope scope, int limit, @Nullable String cursor) {
        List<Row> rows = database.read(handle -> {
            String after = cursor == null
                    ? ""
                    : " and (created_at, id) < (select created_at, id from snapshot where id = :cursor)";
            var query = handle.createQuery(
                            "select * from snapshot where project_id = :project and source = :source and "
                                    + scope.condition("workspace_id", "project_id") + after
                                    + " order by created_at desc, id desc limit :limit")
                    .bind("project", project.value())
                    .bind("source", source)
                    .bind("limit", limit + 1);
            if (cursor != null) {
                query.bind("cursor", cursor);
            }
            return scope.bind(query).map(SnapshotStore::map).list();
        });
        return rows.size() <= limit
                ? new Page<>(rows, null)
                : new Page<>(
                        rows.subList(0, limit), rows.get(limit - 1).snapshot().id());
    }

    private static Optional<Row> latest(Handle handle, ProjectId project, String source, Scope scope) {
        return scope.bind(handle.createQuery(
                                "select * from snapshot where project_id = :project and source = :source and "
                                        + scope.condition("workspace_id", "project_id")
                                        + " order by created_at desc, id desc limit 1")
                        .bind("project", project.value())
                        .bind("source", source))
                .map(SnapshotStore::map)
                .findOne();
    }

    private static Row map(ResultSet row, StatementContext context) throws SQLException {
        StoredOrigin origin = Json.read(row.getString("origin"), StoredOrigin.class);
        return new Row(
                new WorkspaceId(row.getString("workspace_id")),
                new ProjectId(row.getString("project_id")),
                new ContentHash(row.getString("manifest_hash")),
                origin,
                new Snapshot(
                        row.getString("id"),
                        row.getString("source"),
                        row.getLong("files"),
                        row.getLong("bytes"),
                        Instant.ofEpochMilli(row.getLong("created_at")),
                        row.getString("created_by"),
                        origin.origin()));
    }
}
