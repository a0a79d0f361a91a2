package io.ropewalk.access;

import io.ropewalk.support.db.Database;
import io.ropewalk.support.text.Fingerprint;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Browsers that have signed in. Only hashes are stored.
public final class Sessions {
    public static final Duration LIFETIME = Duration.ofDays(30);

    private final Database database;
    private final Clock clock;
    private final Map<String, Session> known = new ConcurrentHashMap<>();

    /// A signed-in browser.
    ///
    /// @param csrf what this site's pages, and no others, can show with a changing request
    public record Session(String subject, String csrf, long expiresAt) {}

    /// @param cookie told to the browser only
    public record Opened(String cookie, Session session) {}

    public Sessions(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    public Opened open(String subject) {
        String cookie = Tokens.random();
        long now = clock.millis();
        Session session = new Session(subject, Tokens.random(), now + LIFETIME.toMillis());
        database.write(handle -> {
            handle.createUpdate("delete from session where expires_at < :now")
                    .bind("now", now)
                    .execute();
            return handle.createUpdate("""
                            insert into session (hash, subject, csrf, created_at, expires_at)
                            values (:hash, :subject, :csrf, :now, :expires)
                            """)
                    .bind("hash", Fingerprint.of(cookie))
                    .bind("subject", subject)
                    .bind("csrf", session.csrf())
                    .bind("now", now)
                    .bind("expires", session.expiresAt())
                    .execute();
        });
        return new Opened(cookie, session);
    }

    public Optional<Session> find(String cookie) {
        String hash = Fingerprint.of(cookie);
        Session session = known.get(hash);
        if (session == null) {
            Optional<Session> stored = stored(hash);
            if (stored.isEmpty()) {
                return Optional.empty();
            }
            session = stored.get();
            known.put(hash, session);
        }
        return session.expiresAt() > clock.millis() ? Optional.of(session) : Optional.empty();
    }

    private Optional<Session> stored(String hash) {
        return database.read(
                handle -> handle.createQuery("select subject, csrf, expires_at from session where hash = :hash")
                        .bind("hash", hash)
                        .map((row, _) ->
                                new Session(row.getString("subject"), row.getString("csrf"), row.getLong("expires_at")))
                        .findOne());
    }

    public void close(String cookie) {
        String hash = Fingerprint.of(cookie);
        database.write(handle -> handle.createUpdate("delete from session where hash = :hash")
                .bind("hash", hash)
                .execute());
        known.remove(hash);
    }
}
