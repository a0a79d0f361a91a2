package io.ropewalk.notice;

import io.ropewalk.access.Scope;
import io.ropewalk.run.Run;
import io.ropewalk.spi.Ids;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.http.Position;
import io.ropewalk.support.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The rows of notices and of the rules that they come from.
final class NoticeStore {
    private final Database database;

    NoticeStore(Database database) {
        this.database = database;
    }

    <T> T write(Database.Work<T> work) {
        return database.write(work);
    }

    <T> T read(Database.Work<T> work) {
        return database.read(work);
    }

    /// Gives somebody the rule that everybody begins with, once: to be told when a run of one's own fails. Whoever
    /// removes it does not get it back.
    void welcome(Handle handle, String person, Instant now) {
        int first = handle.createUpdate("insert into notice_person (name) values (:person) on conflict do nothing")
                .bind("person", person)
                .execute();
        if (first == 1) {
            insert(
                    handle,
                    new Rule(Ids.mint(), person, new About.Mine(person), new Occasion.Failed(), List.of(), now),
                    null);
        }
    }

    /// @param project the one that it goes with
    /// @return false when the person has the same already
    boolean insert(Handle handle, Rule rule, @Nullable ProjectId project) {
        RunId run = rule.about() instanceof About.OneRun(RunId id) ? id : null;
        return handle.createUpdate("""
                                insert into notice_rule
                                    (id, person, about, project_id, run_id, kind, occasion, channels, created_at)
                                values (:id, :person, :about, :project, :run, :kind, :occasion, :channels, :at)
                                on conflict do nothing
                                """)
                        .bind("id", rule.id())
                        .bind("person", rule.person())
                        .bind("about", rule.about().key())
                        .bind("project", project == null ? null : project.value())
                        .bind("run", run == null ? null : run.value())
                        .bind("kind", rule.on().kind().name().toLowerCase(Locale.ROOT))
                        .bind("occasion", Json.write(Asked.of(rule.on())))
                        .bind("channels", Json.write(rule.channels()))
                        .bind("at", rule.createdAt().toEpochMilli())
                        .execute()
                == 1;
    }

    void channels(Handle handle, Rule rule, List<String> channels) {
        handle.createUpdate("update notice_rule set channels = :channels where id = :id")
                .bind("channels", Json.write(channels))
                .bind("id", rule.id())
                .execute();
    }

    boolean deleteRule(Handle handle, String person, String rule) {
        return handle.createUpdate("delete from notice_rule where id = :id and person = :person")
                        .bind("id", rule)
                        .bind("person", person)
                        .execute()
                == 1;
    }

    List<Rule> rules(Handle handle, Occasion.Kind... kinds) {
        return handle.createQuery("select * from notice_rule where kind in (<kinds>) order by created_at, id")
                .bindList(
                        "kinds",
                        Arrays.stream(kinds)
                                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                                .toList())
                .map((row, _) -> rule(row))
                .list();
    }

    List<Rule> rulesOf(Handle handle, String person) {
        return handle.createQuery("select * from notice_rule where person = :person order by created_at, id")
                .bind("person", person)
                .map((row, _) -> rule(row))
                .list();
    }

    Optional<Rule> rule(Handle handle, String person, String id) {
        return handle.createQuery("select * from notice_rule where id = :id and person = :person")
                .bind("id", id)
                .bind("person", person)
                .map((row, _) -> rule(row))
                .findOne();
    }

    /// What a rule is about, as people call it.
    ///
    /// @param run its name
    record Names(String workspace, String project, @Nullable String run) {}

    Optional<Names> names(Handle handle, Rule rule) {
        return switch (rule.about()) {
            case About.Mine _ -> Optional.empty();
            case About.OfProject(ProjectId id) ->
                handle.createQuery("""
                                select w.name as workspace, p.name as project from project p
                                join workspace w on w.id = p.workspace_id where p.id = :id
                                """)
                        .bind("id", id.value())
                        .map((row, _) -> new Names(row.getString("workspace"), row.getString("project"), null))
                        .findOne();
            case About.OneRun(RunId id) ->
                handle.createQuery("""
                                select w.name as workspace, p.name as project, r.task, r.number from run r
                                join project p on p.id = r.project_id
                                join workspace w on w.id = p.workspace_id where r.id = :id
                                """)
                        .bind("id", id.value())
                        .map((row, _) -> new Names(
                                row.getString("workspace"),
                                row.getString("project"),
                                row.getString("task") + "-" + row.getLong("number")))
                        .findOne();
        };
    }

    /// What was asked of single runs goes with their end.
    void forgetRules(Handle handle, Collection<RunId> runs) {
        handle.createUpdate("delete from notice_rule where run_id in (<runs>)")
                .bindList("runs", runs.stream().map(RunId::value).toList())
                .execute();
    }

    /// @return the id of the notice; empty when the person has been told of this before, or the run is deleted
    Optional<String> tell(Handle handle, String person, Run run, Notice.News news, Instant now) {
        String id = Ids.mint();
        int inserted = handle.createUpdate("""
                        insert into notice
                            (id, person, run_id, occasion, workspace_id, project_id, kind, told, created_at)
                        select :id, :person, id, :occasion, workspace_id, project_id, :kind, :told, :at
                        from run where id = :run
                        on conflict do nothing
                        """)
                .bind("id", id)
                .bind("person", person)
                .bind("run", run.id().value())
                .bind("occasion", news.key())
                .bind("kind", news.kind().word())
                .bind("told", Json.write(news.told()))
                .bind("at", now.toEpochMilli())
                .execute();
        return inserted == 1 ? Optional.of(id) : Optional.empty();
    }

    /// A person's notices of what they may see, the newest first.
    List<Notice> list(String person, Scope scope, boolean unread, @Nullable Position before, int limit) {
        String where = "person = :person and " + scope.condition("workspace_id", "project_id")
                + (unread ? " and read_at is null" : "")
                + (before == null ? "" : " and (created_at < :at or (created_at = :at and id < :last))");
        return database.read(handle -> {
            var select = scope.bind(handle.createQuery(
                            "select * from notice where " + where + " order by created_at desc, id desc limit :limit"))
                    .bind("person", person)
                    .bind("limit", limit);
            if (before != null) {
                select.bind("at", before.at()).bind("last", before.id());
            }
            return select.map((row, _) -> notice(row)).list();
        });
    }

    long unread(String person, Scope scope) {
        return database.read(handle -> scope.bind(
                        handle.createQuery("select count(*) from notice where person = :person and read_at is null and "
                                + scope.condition("workspace_id", "project_id")))
                .bind("person", person)
                .mapTo(Long.class)
                .one());
    }

    /// @return false when there is none
    boolean read(Handle handle, String person, String notice, Instant now) {
        return handle.createUpdate(
                                "update notice set read_at = coalesce(read_at, :now) where id = :id and person = :person")
                        .bind("now", now.toEpochMilli())
                        .bind("id", notice)
                        .bind("person", person)
                        .execute()
                == 1;
    }

    void readAll(Handle handle, String person, Instant now) {
        handle.createUpdate("update notice set read_at = :now where person = :person and read_at is null")
                .bind("now", now.toEpochMilli())
                .bind("person", person)
                .execute();
    }

    void deleteOlder(Handle handle, Instant than) {
        handle.createUpdate("delete from notice where created_at < :than")
                .bind("than", than.toEpochMilli())
                .execute();
    }

    /// All that goes with a project.
    void deleteProject(Handle handle, ProjectId project) {
        for (String table : List.of("notice", "notice_rule", "notice_delivery")) {
            handle.createUpdate("delete from <table> where project_id = :project")
                    .define("table", table)
                    .bind("project", project.value())
                    .execute();
        }
    }

    private static Rule rule(ResultSet row) throws SQLException {
        String person = row.getString("person");
        String project = row.getString("project_id");
        String run = row.getString("run_id");
        About about = run != null
                ? new About.OneRun(new RunId(run))
                : project != null ? new About.OfProject(new ProjectId(project)) : new About.Mine(person);
        return new Rule(
                row.getString("id"),
                person,
                about,
                Json.read(row.getString("occasion"), Asked.class).occasion(),
                List.of(Json.read(row.getString("channels"), String[].class)),
                Instant.ofEpochMilli(row.getLong("created_at")));
    }

    private static Notice notice(ResultSet row) throws SQLException {
        row.getLong("read_at");
        boolean read = !row.wasNull();
        return new Notice(
                row.getString("id"),
                Notice.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                Json.read(row.getString("told"), Notice.Told.class),
                new RunId(row.getString("run_id")),
                Instant.ofEpochMilli(row.getLong("created_at")),
                read);
    }
}
