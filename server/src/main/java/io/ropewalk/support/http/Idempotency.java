package io.ropewalk.support.http;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.db.Database;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Answers a request that was sent twice with the same `Idempotency-Key` as it was answered the first time. Answers
/// are kept for a day.
public final class Idempotency {
    private static final Duration KEPT = Duration.ofDays(1);

    private final Database database;
    private final Clock clock;
    private final Map<String, Object> running = new ConcurrentHashMap<>();

    public record Stored(int status, byte[] body) {}

    public interface Action {
        Stored run() throws Exception;
    }

    public Idempotency(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    Stored once(String caller, String key, String what, byte[] body, Action action) throws Exception {
        if (key.isBlank() || key.length() > 200) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "An Idempotency-Key has 1 to 200 characters, this one %d.".formatted(key.length()));
        }
        String hash = hash(what, body);
        Object mine = new Object();
        Object before = running.putIfAbsent(caller + '\n' + key, mine);
        if (before != null) {
            throw new RopewalkException(
                    ErrorCode.CONFLICT,
                    "A request with this Idempotency-Key is being carried out; ask again for its answer.");
        }
        try {
            Optional<Stored> known = find(caller, key, hash);
            if (known.isPresent()) {
                return known.get();
            }
            Stored done = action.run();
            store(caller, key, hash, done);
            return done;
        } finally {
            running.remove(caller + '\n' + key, mine);
        }
    }

    private Optional<Stored> find(String caller, String key, String hash) {
        record Row(String hash, Stored stored) {}
        return database.read(handle -> handle.createQuery(
                        "select request_hash, status, body from idempotency where caller = :caller and key = :key")
                .bind("caller", caller)
                .bind("key", key)
                .map((row, _) -> new Row(
                        row.getString("request_hash"),
                        new Stored(row.getInt("status"), row.getString("body").getBytes(StandardCharsets.UTF_8))))
                .findOne()
                .map(found -> {
                    if (!found.hash().equals(hash)) {
                        throw new RopewalkException(
                                ErrorCode.CONFLICT,
                                "This Idempotency-Key was used for another request; take a new key.");
                    }
                    return found.stored();
                }));
    }

    private void store(String caller, String key, String hash, Stored stored) {
        long now = clock.millis();
        database.write(handle -> {
            handle.createUpdate("delete from idempotency where created_at < :old")
                    .bind("old", now - KEPT.toMillis())
                    .execute();
            return handle.createUpdate("""
                            insert into idempotency (caller, key, request_hash, status, body, created_at)
                            values (:caller, :key, :hash, :status, :body, :now)
                            """)
                    .bind("caller", caller)
                    .bind("key", key)
                    .bind("hash", hash)
                    .bind("status", stored.status())
                    .bind("body", new String(stored.body(), StandardCharsets.UTF_8))
                    .bind("now", now)
                    .execute();
        });
    }

    private static String hash(String what, byte[] body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(what.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return HexFormat.of().formatHex(digest.digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
