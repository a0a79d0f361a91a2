package io.ropewalk.project;

import io.ropewalk.access.Scope;
import io.ropewalk.project.Project.Experiment;
import io.ropewalk.project.Projects.Search;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.WorkspaceId;
import io.ropewalk.support.db.SearchText;
import io.ropewalk.support.http.Position;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/// The rows of projects, revisions, experiments and documents. Every method works inside the caller's
/// transaction.
final class ProjectStore {
    private static final String[] NAMES = {"p.name"};
    private static final String[] DOCUMENTS = {"p.name", "d.normal"};

    record ProjectRow(
            ProjectId id,
            WorkspaceId workspaceId,
            String workspace,
            String name,
            String createdBy,
            Instant createdAt,
            Instant updatedAt) {}

    /// A project in a list.
    ///
    /// @param head the id of the newest revision of `master`
    record ListedRow(ProjectRow project, String head, String updatedBy, String normal) {}

    record DocumentRow(String hash, String text, String normal) {}

    Optional<ProjectRow> find(Handle handle, Scope scope, WorkspaceId workspace, String name) {
        String sql = """
                select p.*, w.name as workspace from project p join workspace w on w.id = p.workspace_id
                where p.workspace_id = :workspace and p.name = :name and %s
                """.formatted(scope.condition("p.workspace_id", "p.id"));
        return scope.bind(handle.createQuery(sql))
                .bind("workspace", workspace.value())
                .bind("name", name)
                .map((row, _) -> projectRow(row))
                .findOne();
    }

    Optional<ProjectRow> find(Handle handle, Scope scope, ProjectId id) {
        String sql = """
                select p.*, w.name as workspace from project p join workspace w on w.id = p.workspace_id
                where p.id = :id and %s
                """.formatted(scope.condition("p.workspace_id", "p.id"));
        return scope.bind(handle.createQuery(sql))
                .bind("id", id.value())
                .map((row, _) -> projectRow(row))
                .findOne();
    }

    /// Newest change first.
    List<ListedRow> list(
            Handle handle, Scope scope, WorkspaceId workspace, Search wanted, @Nullable Position after, int limit) {
        String search = wanted.text().strip();
        String sql = """
                select p.*, w.name as workspace, r.id as head, r.author as updated_by, d.normal
                from project p
                join workspace w on w.id = p.workspace_id
                join experiment e on e.project_id = p.id and e.name = 'master'
                join revision r on r.id = e.head_id
                join document d on d.hash = r.document_hash
                where p.workspace_id = :workspace and %s
                %s %s
                order by p.updated_at desc, p.id desc limit :limit
                """.formatted(
                        scope.condition("p.workspace_id", "p.id"),
                        search.isEmpty() ? "" : "and " + SearchText.condition(wanted.inDocuments() ? DOCUMENTS : NAMES),
                        after == null ? "" : "and (p.updated_at < :at or (p.updated_at = :at and p.id < :id))");
        Query query = scope.bind(handle.createQuery(sql))
                .bind("workspace", workspace.value())
                .bind("limit", limit);
        if (!search.isEmpty()) {
            SearchText.bind(query, search);
        }
        if (after != null) {
            query.bind("at", after.at()).bind("id", after.id());
        }
        return query.map((row, _) -> new ListedRow(
                        projectRow(row), row.getString("head"), row.getString("updated_by"), row.getString("normal")))
                .list();
    }

    private static ProjectRow projectRow(ResultSet row) throws SQLException {
        return new ProjectRow(
                new ProjectId(row.getString("id")),
                new WorkspaceId(row.getString("workspace_id")),
                row.getString("workspace"),
                row.getString("name"),
                row.getString("created_by"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Instant.ofEpochMilli(row.getLong("updated_at")));
    }

    /// Whether the project was made now; not when there is one of that name.
    boolean insert(Handle handle, ProjectId id, WorkspaceId workspace, String name, String author, Instant at) {
        return handle.createUpdate("""
                        insert into project (id, workspace_id, name, created_by, created_at, updated_at, last_run_number)
                        values (:id, :workspace, :name, :author, :at, :at, 0)
                        on conflict (workspace_id, name) do nothing
                        """)
                        .bind("id", id.value())
                        .bind("workspace", workspace.value())
                        .bind("name", name)
                        .bind("author", author)
                        .bind("at", at.toEpochMilli())
                        .execute()
                == 1;
    }

    void touch(Handle handle, ProjectId id, Instant at) {
        handle.createUpdate("update project set updated_at = :at where id = :id")
                .bind("id", id.value())
                .bind("at", at.toEpochMilli())
                .execute();
    }

    /// Deletes a project whose runs and sources are gone.
    void delete(Handle handle, ProjectId id) {
        List<String> hashes = handle.createQuery("select distinct document_hash from revision where project_id = :id")
                .bind("id", id.value())
                .mapTo(String.class)
                .list();
        for (String sql : List.of(
                "delete from experiment where project_id = :id",
                "delete from revision where project_id = :id",
                "delete from project where id = :id")) {
            handle.createUpdate(sql).bind("id", id.value()).execute();
        }
        for (String hash : hashes) {
            handle.createUpdate("""
                            delete from document where hash = :hash
                            and not exists (select 1 from revision where document_hash = :hash)
                            """).bind("hash", hash).execute();
        }
    }

    List<Experiment> experiments(Handle handle, ProjectId project) {
        return handle.createQuery("""
                        select name, head_id, created_at, updated_at from experiment where project_id = :project
                        order by case when name = 'master' then 0 else 1 end, updated_at desc, name
                        """)
                .bind("project", project.value())
                .map((row, _) -> new Experiment(
                        row.getString("name"),
                        row.getString("head_id"),
                        Instant.ofEpochMilli(row.getLong("created_at")),
                        Instant.ofEpochMilli(row.getLong("updated_at"))))
                .list();
    }

    Optional<String> head(Handle handle, ProjectId project, String experiment) {
        return handle.createQuery("select head_id from experiment where project_id = :project and name = :name")
                .bind("project", project.value())
                .bind("name", experiment)
                .mapTo(String.class)
                .findOne();
    }

    /// Makes the revision the head of its experiment.
    ///
    /// @param before the head that it follows, null for a new experiment
    /// @return false when the experiment has another head by now
    boolean moveHead(Handle handle, ProjectId project, Revision revision, @Nullable String before) {
        String sql = before == null ? """
                insert into experiment (project_id, name, head_id, created_at, updated_at)
                values (:project, :name, :head, :at, :at)
                on conflict (project_id, name) do nothing
                """ : """
                update experiment set head_id = :head, updated_at = :at
                where project_id = :project and name = :name and head_id = :before
                """;
        var update = handle.createUpdate(sql)
                .bind("project", project.value())
                .bind("name", revision.experiment())
                .bind("head", revision.id())
                .bind("at", revision.createdAt().toEpochMilli());
        if (before != null) {
            update.bind("before", before);
        }
        return update.execute() == 1;
    }

    void insert(Handle handle, ProjectId project, Revision revision) {
        handle.createUpdate("""
                        insert into revision
                        (id, project_id, parent_id, document_hash, experiment, author, comment, created_at)
                        values (:id, :project, :parent, :hash, :experiment, :author, :comment, :at)
                        """)
                .bind("id", revision.id())
                .bind("project", project.value())
                .bind("parent", revision.parent())
                .bind("hash", revision.documentHash())
                .bind("experiment", revision.experiment())
                .bind("author", revision.author())
                .bind("comment", revision.comment())
                .bind("at", revision.createdAt().toEpochMilli())
                .execute();
    }

    /// A revision of the project by its id.
    Optional<Revision> revision(Handle handle, ProjectId project, String id) {
        return revisions(handle, project, "and r.id = :id", query -> query.bind("id", id)).stream()
                .findFirst();
    }

    /// Newest first.
    ///
    /// @param experiment empty for all
    List<Revision> revisions(Handle handle, ProjectId project, String experiment, @Nullable Position after, int limit) {
        String condition = (experiment.isEmpty() ? "" : " and r.experiment = :experiment")
                + (after == null ? "" : " and (r.created_at < :at or (r.created_at = :at and r.id < :after))")
                + " order by r.created_at desc, r.id desc limit :limit";
        return revisions(handle, project, condition, query -> {
            query.bind("limit", limit);
            if (!experiment.isEmpty()) {
                query.bind("experiment", experiment);
            }
            if (after != null) {
                query.bind("at", after.at()).bind("after", after.id());
            }
        });
    }

    private static List<Revision> revisions(Handle handle, ProjectId project, String condition, Consumer<Query> bind) {
        Query query = handle.createQuery("""
                        select r.*, (select e.name from experiment e
                            where e.project_id = r.project_id and e.head_id = r.id) as head_of
                        from revision r where r.project_id = :project
                        """ + condition).bind("project", project.value());
        bind.accept(query);
        return query.map((row, _) -> {
                    String head = row.getString("head_of");
                    return new Revision(
                            row.getString("id"),
                            row.getString("parent_id"),
                            row.getString("experiment"),
                            row.getString("author"),
                            row.getString("comment"),
                            Instant.ofEpochMilli(row.getLong("created_at")),
                            row.getString("document_hash"),
                            head == null ? List.of() : List.of(head));
                })
                .list();
    }

    void insert(Handle handle, DocumentRow document) {
        handle.createUpdate("""
                        insert into document (hash, text, normal) values (:hash, :text, :normal)
                        on conflict (hash) do nothing
                        """)
                .bind("hash", document.hash())
                .bind("text", document.text())
                .bind("normal", document.normal())
                .execute();
    }

    DocumentRow document(Handle handle, String hash) {
        return handle.createQuery("select hash, text, normal from document where hash = :hash")
                .bind("hash", hash)
                .map((row, _) -> new DocumentRow(row.getString("hash"), row.getString("text"), row.getString("normal")))
                .one();
    }

    long nextRunNumber(Handle handle, ProjectId project) {
        return handle.createQuery("""
                        update project set last_run_number = last_run_number + 1 where id = :id
                        returning last_run_number
                        """)
                .bind("id", project.value())
                .mapTo(Long.class)
                .one();
    }
}
