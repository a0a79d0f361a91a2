package io.ropewalk.run;

import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.time.MachineClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// When each live run last wrote something: a line, a number, or what is known about it. It is remembered with every
/// write and stored now and then, so that writing costs nothing; a server that is killed forgets some seconds of
/// it. A server that has just begun counts silence from its own beginning, since it could not listen before.
/// Thread-safe.
final class LastWrites {
    private static final Logger LOG = LoggerFactory.getLogger(LastWrites.class);
    private static final Duration STORED = Duration.ofSeconds(15);

    private final Database database;
    private final Clock clock;
    private final Duration limit;
    private final Instant began;
    private final Map<RunId, Instant> last = new ConcurrentHashMap<>();
    private final Map<RunId, Long> logged = new ConcurrentHashMap<>();
    private final Set<RunId> unstored = ConcurrentHashMap.newKeySet();
    private volatile Instant storedAt;

    /// @param limit after this a run from outside is silent
    LastWrites(Database database, Clock clock, Duration limit) {
        this.database = database;
        this.clock = clock;
        this.limit = limit;
        this.began = clock.instant();
        this.storedAt = began;
    }

    /// Takes over what an earlier server has stored.
    void recover() {
        database.read(handle -> handle.createQuery("""
                                select h.run_id, h.at from run_heard h join run r on r.id = h.run_id
                                where r.ended_at is null
                                """)
                        .map((row, _) ->
                                Map.entry(new RunId(row.getString("run_id")), Instant.ofEpochMilli(row.getLong("at"))))
                        .list())
                .forEach(entry -> last.put(entry.getKey(), entry.getValue()));
    }

    void wrote(RunId run) {
        last.put(run, clock.instant());
        unstored.add(run);
    }

    /// How many bytes the logs of a run have at a look. A line that has not ended is written once, not at every look.
    void logged(RunId run, long bytes) {
        Long before = logged.put(run, bytes);
        if (before == null || before != bytes) {
            wrote(run);
        }
    }

    void ended(RunId run) {
        logged.remove(run);
        last.remove(run);
        unstored.remove(run);
    }

    /// The last write that is known, else when it started.
    Instant last(RunId run, Instant started) {
        return last.getOrDefault(run, started);
    }

    /// Since when a live run has been silent, if that is so long already.
    Optional<Instant> silentSince(RunId run, Instant started, Duration atLeast) {
        Instant wrote = last(run, started);
        Duration silent = MachineClock.since(clock, wrote);
        Duration listened = MachineClock.since(clock, began);
        return silent.compareTo(atLeast) >= 0 && listened.compareTo(atLeast) >= 0
                ? Optional.of(wrote)
                : Optional.empty();
    }

    /// Since when a run from outside is to be shown as silent. Others are watched by the server itself.
    Optional<Instant> silentSince(Run run) {
        return run.kind() == Run.Kind.TRACKED && !run.ended()
                ? silentSince(run.id(), run.createdAt(), limit)
                : Optional.empty();
    }

    /// Stores what is new when it is time for it.
    void storeNowAndThen() {
        if (MachineClock.since(clock, storedAt).compareTo(STORED) >= 0) {
            store();
        }
    }

    /// Stores what is new; what cannot be stored now is stored later.
    void store() {
        storedAt = clock.instant();
        Set<RunId> runs = Set.copyOf(unstored);
        if (runs.isEmpty()) {
            return;
        }
        unstored.removeAll(runs);
        try {
            database.write(handle -> {
                PreparedBatch batch = handle.prepareBatch("""
                        insert into run_heard (run_id, at) select id, :at from run where id = :run and kind = 'tracked'
                        on conflict (run_id) do update set at = excluded.at
                        """);
                for (RunId run : runs) {
                    Instant at = last.get(run);
                    if (at != null) {
                        batch.bind("run", run.value())
                                .bind("at", at.toEpochMilli())
                                .add();
                    }
                }
                return batch.size() == 0 ? new int[0] : batch.execute();
            });
        } catch (RopewalkException | JdbiException e) {
            unstored.addAll(runs);
            LOG.warn("when runs last wrote is not stored for now", e);
        }
    }
}
