package io.ropewalk.environment;

import io.ropewalk.support.db.Database;
import java.time.InstantSource;

/// The rows of environments: what was built, when, and when it was last used.
final class EnvironmentStore {
    private static final long TOUCH_EVERY = 60_000;

    private final Database database;
    private final InstantSource clock;

    EnvironmentStore(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    void building(String key, String specification) {
        long now = clock.millis();
        database.write(handle -> handle.createUpdate("""
                        insert into environment (key, specification, state, reason, created_at, ready_at, last_used_at)
                        values (:key, :specification, 'building', '', :now, null, :now)
                        on conflict (key) do update set state = 'building', reason = '', ready_at = null,
                            last_used_at = excluded.last_used_at
                        """)
                .bind("key", key)
                .bind("specification", specification)
                .bind("now", now)
                .execute());
    }

    void ready(String key) {
        long now = clock.millis();
        database.write(handle -> handle.createUpdate(
                        "update environment set state = 'ready', ready_at = :now, last_used_at = :now where key = :key")
                .bind("key", key)
                .bind("now", now)
                .execute());
    }

    void failed(String key, String reason) {
        database.write(handle -> handle.createUpdate(
                        "update environment set state = 'failed', reason = :reason where key = :key")
                .bind("key", key)
                .bind("reason", reason)
                .execute());
    }

    void used(String key) {
        long now = clock.millis();
        boolean due =
                database.read(handle -> handle.createQuery("select last_used_at from environment where key = :key")
                        .bind("key", key)
                        .mapTo(Long.class)
                        .findOne()
                        .map(last -> last < now - TOUCH_EVERY)
                        .orElse(false));
        if (due) {
            database.write(handle -> handle.createUpdate("update environment set last_used_at = :now where key = :key")
                    .bind("key", key)
                    .bind("now", now)
                    .execute());
        }
    }
}
