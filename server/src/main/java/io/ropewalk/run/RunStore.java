package io.ropewalk.run;

import com.fasterxml.jackson.core.type.TypeReference;
import io.ropewalk.access.Scope;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.WorkspaceId;
import io.ropewalk.spi.executor.ReplicaId;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.db.SearchText;
import io.ropewalk.support.http.Position;
import io.ropewalk.support.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/// The rows of runs, their replicas and what happened to them.
final class RunStore {
    private static final String SELECT = """
            select r.*, w.name as workspace_name, p.name as project_name
            from run r join workspace w on w.id = r.workspace_id join project p on p.id = r.project_id
            """;

    /// So much text of specifications is kept as read.
    private static final long KEPT = 2L * 1024 * 1024;

    private static final TypeReference<Map<String, Object>> INFO = new TypeReference<>() {};

    private final Database database;
    private final KeptSpecifications specifications = new KeptSpecifications(KEPT);

    RunStore(Database database) {
        this.database = database;
    }

    <T> T write(Database.Work<T> work) {
        return database.write(work);
    }

    /// @param lease which server looks after it, from now on
    void insert(Handle handle, Run run, Lease lease) {
        handle.createUpdate("""
                        insert into run (id, workspace_id, project_id, number, task, kind, experiment, revision_id,
                            parent_run_id, author, comment, specification, parameters, state, state_body, info,
                            created_at, started_at, ended_at, requested, handle, stop_requested_at, due_at,
                            lease_token, lease_until, earlier)
                        values (:id, :workspace, :project, :number, :task, :kind, :experiment, :revision,
                            :parent, :author, :comment, :specification, :parameters, :state, :body, :info,
                            :created, :started, :ended, :requested, :handle, null, :created, :token, :until, :earlier)
                        """)
                .bind("id", run.id().value())
                .bind("workspace", run.home().workspaceId().value())
                .bind("project", run.home().projectId().value())
                .bind("number", run.number())
                .bind("task", run.task())
                .bind("kind", run.kind().word())
                .bind("experiment", run.origin().experiment())
                .bind("revision", run.origin().revision())
                .bind(
                        "parent",
                        run.origin().parent() == null
                                ? null
                                : run.origin().parent().value())
                .bind("author", run.origin().author())
                .bind("comment", run.origin().comment())
                .bind("specification", Json.write(run.specification()))
                .bind("parameters", Json.write(run.specification().parameters()))
                .bind("state", run.state().word())
                .bind("body", Json.write(StoredState.of(run)))
                .bind("info", Json.write(run.info()))
                .bind("created", run.createdAt().toEpochMilli())
                .bind("started", millis(run.startedAt()))
                .bind("ended", millis(run.endedAt()))
                .bind("requested", Json.write(run.specification().requested()))
                .bind("handle", run.handle().orElse(null))
                .bind("token", lease.token())
                .bind("until", lease.until())
                .bind(
                        "earlier",
                        run.origin().earlier() == null
                                ? null
                                : Json.write(run.origin().earlier()))
                .execute();
        insertIncidents(handle, run.id(), LifeEvents.first(run));
    }

    /// Notes which run tries another one again.
    void triedAgain(Handle handle, RunId run, Run next) {
        handle.createUpdate("update run set later = :later where id = :id")
                .bind("later", Json.write(new Run.Later(next.id(), next.name())))
                .bind("id", run.value())
                .execute();
    }

    List<Run> untold(int limit) {
        return database.read(handle -> handle.createQuery(
                        SELECT + " where r.ended_at is not null and r.told = 0 order by r.id limit :limit")
                .bind("limit", limit)
                .map((row, _) -> run(row))
                .list());
    }

    void told(Handle handle, Collection<RunId> runs) {
        handle.createUpdate("update run set told = 1 where id in (<runs>)")
                .bindList("runs", runs.stream().map(RunId::value).toList())
                .execute();
    }

    List<RunNews.Alive> alive() {
        return database.read(handle -> handle.createQuery("""
                        select id, project_id, author, state, coalesce(started_at, created_at) as since
                        from run where ended_at is null
                        """)
                .map((row, _) -> new RunNews.Alive(
                        new RunId(row.getString("id")),
                        new ProjectId(row.getString("project_id")),
                        row.getString("author"),
                        row.getString("state").equals("running"),
                        Instant.ofEpochMilli(row.getLong("since"))))
                .list());
    }

    Optional<Run.Later> later(RunId run) {
        return database.read(handle -> handle.createQuery("select later from run where id = :id and later is not null")
                .bind("id", run.value())
                .map((row, _) -> Json.read(row.getString("later"), Run.Later.class))
                .findOne());
    }

    record Lease(String token, long until) {}

    /// Writes what the loop has found out, unless another server has taken the run over.
    ///
    /// @return whether it was written
    boolean update(Handle handle, Run run, Lease lease) {
        return handle.createUpdate("""
                                update run set state = :state, state_body = :body, started_at = :started,
                                    ended_at = :ended, handle = :handle
                                where id = :id and lease_token = :token and ended_at is null
                                """)
                        .bind("state", run.state().word())
                        .bind("body", Json.write(StoredState.of(run)))
                        .bind("started", millis(run.startedAt()))
                        .bind("ended", millis(run.endedAt()))
                        .bind("handle", run.handle().orElse(null))
                        .bind("id", run.id().value())
                        .bind("token", lease.token())
                        .execute()
                == 1;
    }

    /// Takes every live run whose lease has run out, and keeps those that are ours.
    void lease(Lease lease, long now) {
        database.write(handle -> handle.createUpdate("""
                        update run set lease_token = :token, lease_until = :until
                        where ended_at is null and kind = 'launched' and (lease_token = :token or lease_until < :now)
                        """)
                .bind("token", lease.token())
                .bind("until", lease.until())
                .bind("now", now)
                .execute());
    }

    /// Gives up the leases, so that the next server need not wait.
    void unlease(String token) {
        database.write(handle -> handle.createUpdate("update run set lease_until = 0 where lease_token = :token")
                .bind("token", token)
                .execute());
    }

    /// The live runs that a lease covers, oldest first.
    List<Run> live(String token) {
        return database.read(handle -> live(handle, token));
    }

    List<Run> live(Handle handle, String token) {
        return handle.createQuery(SELECT
                        + " where r.ended_at is null and r.kind = 'launched' and r.lease_token = :token"
                        + " order by r.created_at, r.number")
                .bind("token", token)
                .map((row, _) -> run(row))
                .list();
    }

    List<RunId> liveIds(String token) {
        return database.read(handle -> handle.createQuery("""
                        select id from run where ended_at is null and kind = 'launched' and lease_token = :token
                        order by created_at, number
                        """)
                .bind("token", token)
                .map((row, _) -> new RunId(row.getString("id")))
                .list());
    }

    /// A live run that a lease covers.
    Optional<Run> live(String token, RunId id) {
        return database.read(handle -> handle.createQuery(SELECT
                        + " where r.id = :id and r.ended_at is null and r.kind = 'launched' and r.lease_token = :token")
                .bind("id", id.value())
                .bind("token", token)
                .map((row, _) -> run(row))
                .findOne());
    }

    Run get(Scope scope, RunId id) {
        return find(scope, id)
                .orElseThrow(() -> new RopewalkException(
                        ErrorCode.NOT_FOUND, "There is no run '%s', or you may not see it.".formatted(id)));
    }

    Optional<Run> find(Scope scope, RunId id) {
        return database.read(handle -> scope.bind(handle.createQuery(
                        SELECT + " where r.id = :id and " + scope.condition("r.workspace_id", "r.project_id")))
                .bind("id", id.value())
                .map((row, _) -> run(row))
                .findOne());
    }

    Optional<Run> find(Scope scope, String workspace, String project, long number) {
        return database.read(handle -> scope.bind(handle.createQuery(SELECT
                        + " where w.name = :workspace and p.name = :project and r.number = :number and "
                        + scope.condition("r.workspace_id", "r.project_id")))
                .bind("workspace", workspace)
                .bind("project", project)
                .bind("number", number)
                .map((row, _) -> run(row))
                .findOne());
    }

    /// What to list.
    ///
    /// @param before continue after this position of an earlier page
    record Query(
            String workspace,
            @Nullable String project,
            @Nullable String task,
            @Nullable String experiment,
            @Nullable String state,
            @Nullable String search,
            @Nullable Position before,
            int limit) {}

    List<Run> list(Scope scope, Query query) {
        StringBuilder where = new StringBuilder(
                " where w.name = :workspace and " + scope.condition("r.workspace_id", "r.project_id"));
        add(where, query.project(), " and p.name = :project");
        add(where, query.task(), " and r.task = :task");
        add(where, query.experiment(), " and r.experiment = :experiment");
        String state = query.state();
        boolean active = "active".equals(state);
        if (active) {
            where.append(" and r.ended_at is null");
        } else {
            add(where, state, " and r.state = :state");
        }
        add(where, query.search(), " and " + SearchText.condition("r.comment", "r.task", "p.name", "r.author"));
        if (query.before() != null) {
            where.append(" and (r.created_at < :at or (r.created_at = :at and r.id < :last))");
        }
        return database.read(handle -> {
            var select = scope.bind(
                            handle.createQuery(SELECT + where + " order by r.created_at desc, r.id desc limit :limit"))
                    .bind("workspace", query.workspace())
                    .bind("limit", query.limit());
            bind(select, "project", query.project());
            bind(select, "task", query.task());
            bind(select, "experiment", query.experiment());
            bind(select, "state", active ? null : state);
            if (query.search() != null) {
                SearchText.bind(select, query.search());
            }
            if (query.before() != null) {
                select.bind("at", query.before().at())
                        .bind("last", query.before().id());
            }
            return select.map((row, _) -> run(row)).list();
        });
    }

    /// All runs of every workspace, newest first.
    List<String> newestIds() {
        return database.read(handle -> handle.createQuery("select id from run order by created_at desc, id desc")
                .mapTo(String.class)
                .list());
    }

    /// The runs that go on, and those that have ended since a moment; newest first.
    List<String> newestIds(Instant endedSince) {
        return database.read(handle -> handle.createQuery("""
                        select id from run where ended_at is null or ended_at >= :since order by created_at desc, id desc
                        """)
                .bind("since", endedSince.toEpochMilli())
                .mapTo(String.class)
                .list());
    }

    /// Runs of every workspace, newest first.
    ///
    /// @param from begin with this one, or where it would stand
    List<Run> newest(Scope scope, @Nullable Position from, int limit) {
        String where = " where " + scope.condition("r.workspace_id", "r.project_id")
                + (from == null ? "" : " and (r.created_at < :at or (r.created_at = :at and r.id <= :first))");
        return database.read(handle -> {
            var select = scope.bind(
                            handle.createQuery(SELECT + where + " order by r.created_at desc, r.id desc limit :limit"))
                    .bind("limit", limit);
            if (from != null) {
                select.bind("at", from.at()).bind("first", from.id());
            }
            return select.map((row, _) -> run(row)).list();
        });
    }

    private static void add(StringBuilder where, @Nullable String value, String condition) {
        if (value != null) {
            where.append(condition);
        }
    }

    private static void bind(org.jdbi.v3.core.statement.Query select, String name, @Nullable String value) {
        if (value != null) {
            select.bind(name, value);
        }
    }

    /// @return false when it had ended already
    boolean finishTracked(Handle handle, Run before, Run run) {
        int ended = handle.createUpdate("""
                        update run set state = :state, state_body = :body, ended_at = :ended
                        where id = :id and kind = 'tracked' and ended_at is null
                        """)
                .bind("state", run.state().word())
                .bind("body", Json.write(StoredState.of(run)))
                .bind("ended", millis(run.endedAt()))
                .bind("id", run.id().value())
                .execute();
        if (ended == 1) {
            addIncidents(handle, run.id(), LifeEvents.between(before, run, List.of()));
        }
        return ended == 1;
    }

    /// @param grace null leaves what was asked for before
    /// @param by who asks
    /// @return false when it had ended already
    boolean requestStop(Handle handle, RunId id, Instant now, @Nullable Duration grace, String by) {
        int asked = handle.createUpdate("""
                        update run set stop_requested_at = coalesce(stop_requested_at, :now),
                            stop_grace = coalesce(:grace, stop_grace)
                        where id = :id and ended_at is null
                        """)
                .bind("id", id.value())
                .bind("now", now.toEpochMilli())
                .bind("grace", grace == null ? null : grace.toMillis())
                .execute();
        if (asked == 1) {
            addIncidents(handle, id, List.of(LifeEvents.stopping(now, by)));
        }
        return asked == 1;
    }

    /// How long whoever stopped a run lets it take to end; empty when they did not say.
    Optional<Duration> stopGrace(RunId id) {
        return database.read(
                handle -> handle.createQuery("select stop_grace from run where id = :id and stop_grace is not null")
                        .bind("id", id.value())
                        .map((row, _) -> Duration.ofMillis(row.getLong("stop_grace")))
                        .findOne());
    }

    Map<String, Object> mergeInfo(RunId id, Map<String, Object> more) {
        return database.write(handle -> {
            Map<String, Object> info = new java.util.LinkedHashMap<>(Json.read(
                    handle.createQuery("select info from run where id = :id")
                            .bind("id", id.value())
                            .mapTo(String.class)
                            .one(),
                    new TypeReference<Map<String, Object>>() {}));
            info.putAll(more);
            handle.createUpdate("update run set info = :info where id = :id")
                    .bind("id", id.value())
                    .bind("info", Json.write(info))
                    .execute();
            return info;
        });
    }

    void saveReplicas(Handle handle, RunId run, Collection<Replica> replicas) {
        if (replicas.isEmpty()) {
            return;
        }
        var batch = handle.prepareBatch("""
                insert into replica (run_id, role, idx, attempt, state, reason, address, host, exit_code, started_at,
                    ended_at)
                values (:run, :role, :index, :attempt, :state, :reason, :address, :host, :code, :started, :ended)
                on conflict (run_id, role, idx, attempt) do update set state = excluded.state,
                    reason = excluded.reason, address = excluded.address, host = excluded.host,
                    exit_code = excluded.exit_code, started_at = excluded.started_at, ended_at = excluded.ended_at
                """);
        for (Replica replica : replicas) {
            batch.bind("run", run.value())
                    .bind("role", replica.id().role())
                    .bind("index", replica.id().index())
                    .bind("attempt", replica.attempt())
                    .bind("state", replica.state().word())
                    .bind("reason", replica.reason())
                    .bind("address", replica.address())
                    .bind("host", replica.host())
                    .bind("code", replica.exitCode())
                    .bind("started", millis(replica.startedAt()))
                    .bind("ended", millis(replica.endedAt()))
                    .add();
        }
        batch.execute();
    }

    /// Every attempt of every replica, in order of role, index and attempt.
    List<Replica> replicas(RunId run) {
        return database.read(handle -> replicas(handle, run));
    }

    List<Replica> replicas(Handle handle, RunId run) {
        return handle.createQuery("select * from replica where run_id = :run order by role, idx, attempt")
                .bind("run", run.value())
                .map((row, _) -> replica(row))
                .list();
    }

    /// The latest attempt of every replica.
    List<Replica> latestReplicas(RunId run) {
        java.util.Map<ReplicaId, Replica> latest = new java.util.LinkedHashMap<>();
        replicas(run).forEach(replica -> latest.put(replica.id(), replica));
        return List.copyOf(latest.values());
    }

    /// The latest attempts of the replicas of all live runs that a lease covers.
    Map<RunId, List<Replica>> latestReplicas(String token) {
        Map<RunId, Map<ReplicaId, Replica>> latest = new LinkedHashMap<>();
        database.read(handle -> handle.createQuery("""
                                select p.* from replica p join run r on r.id = p.run_id
                                where r.ended_at is null and r.kind = 'launched' and r.lease_token = :token
                                order by p.run_id, p.role, p.idx, p.attempt
                                """)
                        .bind("token", token)
                        .map((row, _) -> Map.entry(new RunId(row.getString("run_id")), replica(row)))
                        .list())
                .forEach(entry -> latest.computeIfAbsent(entry.getKey(), _ -> new LinkedHashMap<>())
                        .put(entry.getValue().id(), entry.getValue()));
        Map<RunId, List<Replica>> all = new LinkedHashMap<>();
        latest.forEach((run, replicas) -> all.put(run, List.copyOf(replicas.values())));
        return all;
    }

    /// Stores what has happened to a run; what has happened just so before is counted.
    void addIncidents(Handle handle, RunId run, List<Incident> incidents) {
        if (incidents.isEmpty()) {
            return;
        }
        PreparedBatch count = handle.prepareBatch("""
                update run_event set count = count + 1, last_seen_at = :at
                where run_id = :run and reason = :reason and component = :component and message = :message
                """);
        for (Incident incident : incidents) {
            count.bind("at", incident.lastSeenAt().toEpochMilli())
                    .bind("run", run.value())
                    .bind("reason", incident.reason())
                    .bind("component", incident.component())
                    .bind("message", incident.message())
                    .add();
        }
        int[] counted = count.execute();
        insertIncidents(
                handle,
                run,
                IntStream.range(0, counted.length)
                        .filter(i -> counted[i] == 0)
                        .mapToObj(incidents::get)
                        .toList());
    }

    private static void insertIncidents(Handle handle, RunId run, List<Incident> incidents) {
        if (incidents.isEmpty()) {
            return;
        }
        PreparedBatch insert = handle.prepareBatch("""
                insert into run_event (run_id, sequence, type, reason, message, component, host, count,
                    first_seen_at, last_seen_at)
                select :run, coalesce(max(sequence), 0) + 1, :type, :reason, :message, :component, :host, 1,
                    :first, :last from run_event where run_id = :run
                """);
        for (Incident incident : incidents) {
            insert.bind("run", run.value())
                    .bind("type", incident.type().word())
                    .bind("reason", incident.reason())
                    .bind("message", incident.message())
                    .bind("component", incident.component())
                    .bind("host", incident.host())
                    .bind("first", incident.firstSeenAt().toEpochMilli())
                    .bind("last", incident.lastSeenAt().toEpochMilli())
                    .add();
        }
        insert.execute();
    }

    List<Incident> incidents(RunId run) {
        return database.read(
                handle -> handle.createQuery("select * from run_event where run_id = :run order by sequence")
                        .bind("run", run.value())
                        .map((row, _) -> incident(row))
                        .list());
    }

    private static Incident incident(ResultSet row) throws SQLException {
        return new Incident(
                row.getString("type").equals("normal") ? Incident.Type.NORMAL : Incident.Type.WARNING,
                row.getString("reason"),
                row.getString("message"),
                row.getString("component"),
                row.getString("host"),
                row.getLong("count"),
                Instant.ofEpochMilli(row.getLong("first_seen_at")),
                Instant.ofEpochMilli(row.getLong("last_seen_at")));
    }

    private static Replica replica(ResultSet row) throws SQLException {
        int code = row.getInt("exit_code");
        boolean coded = !row.wasNull();
        return new Replica(
                new ReplicaId(row.getString("role"), row.getInt("idx")),
                row.getInt("attempt"),
                Replica.State.valueOf(row.getString("state").toUpperCase(java.util.Locale.ROOT)),
                row.getString("reason"),
                row.getString("address"),
                row.getString("host"),
                coded ? code : null,
                instant(row, "started_at"),
                instant(row, "ended_at"));
    }

    private static Map<String, Object> info(String text) {
        return text.equals("{}") ? Map.of() : Json.read(text, INFO);
    }

    private Run run(ResultSet row) throws SQLException {
        StoredState stored = Json.read(row.getString("state_body"), StoredState.class);
        String parent = row.getString("parent_run_id");
        String earlier = row.getString("earlier");
        return new Run(
                new RunId(row.getString("id")),
                new Run.Home(
                        new WorkspaceId(row.getString("workspace_id")),
                        row.getString("workspace_name"),
                        new ProjectId(row.getString("project_id")),
                        row.getString("project_name")),
                row.getLong("number"),
                Run.Kind.valueOf(row.getString("kind").toUpperCase(java.util.Locale.ROOT)),
                new Run.Origin(
                        row.getString("experiment"),
                        row.getString("revision_id"),
                        parent == null ? null : new RunId(parent),
                        row.getString("author"),
                        row.getString("comment"),
                        earlier == null ? null : Json.read(earlier, Run.Earlier.class)),
                specifications.get(row.getString("specification")),
                stored.state(),
                new Timeline(stored.phases()),
                info(row.getString("info")),
                Instant.ofEpochMilli(row.getLong("created_at")),
                instant(row, "started_at"),
                instant(row, "ended_at"),
                Optional.ofNullable(row.getString("handle")),
                Optional.ofNullable(instant(row, "stop_requested_at")));
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    private static @Nullable Long millis(@Nullable Instant instant) {
        return instant == null ? null : instant.toEpochMilli();
    }
}
