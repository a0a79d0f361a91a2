package io.ropewalk.support.http;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.failpoint.Failpoints;
import io.ropewalk.support.text.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Answers a request that was sent twice with the same `Idempotency-Key` as it was answered the first time. One that
/// comes while the first is being carried out waits for it. Answers are kept for a day; of one that holds a secret only
/// that it was given ([RequestKey#keepOnlyThat]).
public final class Idempotency {
    private static final Duration KEPT = Duration.ofDays(1);
    private static final Duration SWEPT = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /// Of a row whose body says why there is no answer.
    private static final int REFUSED = ErrorCode.CONFLICT.status();

    private final Database database;
    private final Clock clock;
    private final Duration patience;
    private final Map<String, First> running = new ConcurrentHashMap<>();
    private final AtomicLong sweepAt = new AtomicLong();

    public record Stored(int status, byte[] body) {}

    interface Action {
        Stored run(RequestKey key) throws Exception;
    }

    /// A request that asks for something to be done once.
    ///
    /// @param caller unlike that of any other caller
    /// @param what the method and the path
    /// @param status of the answer when it succeeds
    record Request(String caller, String key, String what, byte[] body, int status) {
        Request {
            if (key.isBlank() || key.length() > 200) {
                throw new RopewalkException(
                        ErrorCode.INVALID_REQUEST,
                        "An Idempotency-Key has 1 to 200 characters, this one %d.".formatted(key.length()));
            }
        }
    }

    /// The one that is being carried out.
    ///
    /// @param answer empty when it did not succeed
    private record First(String hash, CompletableFuture<Optional<Stored>> answer) {}

    /// Another server has carried the request out; what this one did is undone.
    private static final class Overtaken extends RuntimeException {}

    public Idempotency(Database database, Clock clock) {
        this(database, clock, PATIENCE);
    }

    Idempotency(Database database, Clock clock, Duration patience) {
        this.database = database;
        this.clock = clock;
        this.patience = patience;
    }

    Stored once(Request request, Action action) throws Exception {
        String hash = Fingerprint.of(request.what().getBytes(StandardCharsets.UTF_8), new byte[1], request.body());
        String name = request.caller() + '\n' + request.key();
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            First mine = new First(hash, new CompletableFuture<>());
            First first = running.putIfAbsent(name, mine);
            if (first == null) {
                try {
                    Stored done = carryOut(new Entry(request, hash), action);
                    Failpoints.KEY_ANSWERED.reached();
                    mine.answer().complete(Optional.of(done));
                    return done;
                } finally {
                    running.remove(name, mine);
                    mine.answer().complete(Optional.empty());
                }
            }
            checkSame(first.hash(), hash);
            Optional<Stored> answer = await(first, deadline - System.nanoTime());
            if (answer.isPresent()) {
                return answer.get();
            }
        }
    }

    private static Optional<Stored> await(First first, long nanos) throws InterruptedException {
        try {
            return first.answer().get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new RopewalkException(
                    ErrorCode.IN_PROGRESS,
                    "A request with this Idempotency-Key is still being carried out; send it again for its answer.",
                    e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private Stored carryOut(Entry entry, Action action) throws Exception {
        Optional<Stored> known = entry.find();
        if (known.isPresent()) {
            return known.get();
        }
        RequestKey key = new RequestKey(entry);
        try {
            Stored done = action.run(key);
            if (key.kept().isPresent()) {
                return key.kept().get();
            }
            if (key.secret()) {
                return done;
            }
            Failpoints.KEY_APART_BEFORE.reached();
            database.write(handle -> entry.insert(handle, done));
            Failpoints.KEY_APART_AFTER.reached();
            return done;
        } catch (Overtaken e) {
            return entry.find().orElseThrow(() -> e);
        }
    }

    private static void checkSame(String before, String now) {
        if (!before.equals(now)) {
            throw new RopewalkException(
                    ErrorCode.CONFLICT, "This Idempotency-Key was used for another request; take a new key.");
        }
    }

    /// The row of a request.
    final class Entry {
        private final Request request;
        private final String hash;

        private Entry(Request request, String hash) {
            this.request = request;
            this.hash = hash;
        }

        private Optional<Stored> find() {
            record Row(String hash, Stored stored) {}
            Optional<Row> row = database.read(handle -> handle.createQuery(
                            "select request_hash, status, body from idempotency where caller = :caller and key = :key")
                    .bind("caller", request.caller())
                    .bind("key", request.key())
                    .map((found, _) -> new Row(
                            found.getString("request_hash"),
                            new Stored(
                                    found.getInt("status"),
                                    found.getString("body").getBytes(StandardCharsets.UTF_8))))
                    .findOne());
            row.ifPresent(found -> checkSame(found.hash(), hash));
            row.map(Row::stored).filter(stored -> stored.status() == REFUSED).ifPresent(stored -> {
                throw new RopewalkException(ErrorCode.CONFLICT, new String(stored.body(), StandardCharsets.UTF_8));
            });
            return row.map(Row::stored);
        }

        Stored insert(Handle handle, @Nullable Object answer) {
            return insert(handle, new Stored(request.status(), Answer.json(answer)));
        }

        void insertRefusal(Handle handle, String refusal) {
            insert(handle, new Stored(REFUSED, refusal.getBytes(StandardCharsets.UTF_8)));
        }

        private Stored insert(Handle handle, Stored stored) {
            Failpoints.KEY_ROW_BEFORE.reached();
            sweep(handle);
            int inserted = handle.createUpdate("""
                            insert into idempotency (caller, key, request_hash, status, body, created_at)
                            values (:caller, :key, :hash, :status, :body, :now)
                            on conflict (caller, key) do nothing
                            """)
                    .bind("caller", request.caller())
                    .bind("key", request.key())
                    .bind("hash", hash)
                    .bind("status", stored.status())
                    .bind("body", new String(stored.body(), StandardCharsets.UTF_8))
                    .bind("now", clock.millis())
                    .execute();
            if (inserted == 0) {
                throw new Overtaken();
            }
            Failpoints.KEY_ROW_AFTER.reached();
            return stored;
        }
    }

    private void sweep(Handle handle) {
        long now = clock.millis();
        long due = sweepAt.get();
        if (now >= due && sweepAt.compareAndSet(due, now + SWEPT.toMillis())) {
            handle.createUpdate("delete from idempotency where created_at < :old")
                    .bind("old", now - KEPT.toMillis())
                    .execute();
        }
    }
}
