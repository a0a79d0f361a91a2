package io.ropewalk.notice;

import com.fasterxml.jackson.core.type.TypeReference;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The rows of channels and of what is on its way over them.
final class ChannelStore {
    private final Database database;

    ChannelStore(Database database) {
        this.database = database;
    }

    <T> T write(Database.Work<T> work) {
        return database.write(work);
    }

    /// @return false when the person has one of that name
    boolean insert(Handle handle, Channel channel) {
        return handle.createUpdate("""
                                insert into notice_channel (id, person, kind, name, target, created_at)
                                values (:id, :person, :kind, :name, :target, :at) on conflict do nothing
                                """)
                        .bind("id", channel.id())
                        .bind("person", channel.person())
                        .bind("kind", channel.kind().word())
                        .bind("name", channel.name())
                        .bind("target", channel.target())
                        .bind("at", channel.createdAt().toEpochMilli())
                        .execute()
                == 1;
    }

    List<Channel> of(Handle handle, String person) {
        return handle.createQuery("select * from notice_channel where person = :person order by created_at, id")
                .bind("person", person)
                .map((row, _) -> channel(row))
                .list();
    }

    Optional<Channel> find(String person, String id) {
        return database.read(
                handle -> handle.createQuery("select * from notice_channel where id = :id and person = :person")
                        .bind("id", id)
                        .bind("person", person)
                        .map((row, _) -> channel(row))
                        .findOne());
    }

    Optional<Channel> find(String id) {
        return database.read(handle -> handle.createQuery("select * from notice_channel where id = :id")
                .bind("id", id)
                .map((row, _) -> channel(row))
                .findOne());
    }

    /// With everything that is on its way over it.
    boolean delete(Handle handle, String person, String id) {
        int deleted = handle.createUpdate("delete from notice_channel where id = :id and person = :person")
                .bind("id", id)
                .bind("person", person)
                .execute();
        if (deleted == 1) {
            handle.createUpdate("delete from notice_delivery where channel_id = :id")
                    .bind("id", id)
                    .execute();
        }
        return deleted == 1;
    }

    /// @param project the one that it goes with
    void insert(Handle handle, Delivery delivery, @Nullable ProjectId project) {
        handle.createUpdate("""
                        insert into notice_delivery
                            (id, channel_id, project_id, body, state, attempts, due_at, log, created_at)
                        values (:id, :channel, :project, :body, :state, :attempts, :due, :log, :at)
                        """)
                .bind("id", delivery.id())
                .bind("channel", delivery.channel())
                .bind("project", project == null ? null : project.value())
                .bind("body", delivery.body())
                .bind("state", delivery.state().word())
                .bind("attempts", delivery.log().size())
                .bind("due", delivery.dueAt().toEpochMilli())
                .bind("log", Json.write(delivery.log()))
                .bind("at", delivery.createdAt().toEpochMilli())
                .execute();
    }

    void update(Delivery delivery) {
        database.write(handle -> handle.createUpdate("""
                        update notice_delivery set state = :state, attempts = :attempts, due_at = :due, log = :log
                        where id = :id
                        """)
                .bind("id", delivery.id())
                .bind("state", delivery.state().word())
                .bind("attempts", delivery.log().size())
                .bind("due", delivery.dueAt().toEpochMilli())
                .bind("log", Json.write(delivery.log()))
                .execute());
    }

    /// What is to be sent by now, over channels that are not busy; also what would wait for longer than anything does,
    /// since the clock has been set back.
    List<Delivery> due(Instant now, Collection<String> busy, int limit) {
        List<String> others = busy.isEmpty() ? List.of("") : List.copyOf(busy);
        return database.read(handle -> handle.createQuery("""
                        select * from notice_delivery
                        where state = 'waiting' and (due_at <= :now or due_at > :never) and channel_id not in (<busy>)
                        order by due_at, created_at, id limit :limit
                        """)
                .bind("now", now.toEpochMilli())
                .bind("never", now.plus(Delivery.LONGEST_PAUSE).toEpochMilli())
                .bindList("busy", others)
                .bind("limit", limit)
                .map((row, _) -> delivery(row))
                .list());
    }

    /// The latest of a channel.
    List<Delivery> latest(Handle handle, String channel, int limit) {
        return handle.createQuery("""
                        select * from notice_delivery where channel_id = :channel
                        order by created_at desc, id desc limit :limit
                        """)
                .bind("channel", channel)
                .bind("limit", limit)
                .map((row, _) -> delivery(row))
                .list();
    }

    void deleteOlder(Handle handle, Instant than) {
        handle.createUpdate("delete from notice_delivery where created_at < :than and state <> 'waiting'")
                .bind("than", than.toEpochMilli())
                .execute();
    }

    private static Channel channel(ResultSet row) throws SQLException {
        return new Channel(
                row.getString("id"),
                row.getString("person"),
                Channel.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                row.getString("name"),
                row.getString("target"),
                Instant.ofEpochMilli(row.getLong("created_at")));
    }

    private static Delivery delivery(ResultSet row) throws SQLException {
        return new Delivery(
                row.getString("id"),
                row.getString("channel_id"),
                row.getString("body"),
                Delivery.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                Instant.ofEpochMilli(row.getLong("due_at")),
                Json.read(row.getString("log"), new TypeReference<List<Delivery.Attempt>>() {}),
                Instant.ofEpochMilli(row.getLong("created_at")));
    }
}
