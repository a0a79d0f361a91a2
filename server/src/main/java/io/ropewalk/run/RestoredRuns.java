package io.ropewalk.run;

import io.ropewalk.spi.executor.Observation.ReplicaStatus;
import io.ropewalk.support.db.Database;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// Makes the runs of a restored database true for the place where it now is.
public final class RestoredRuns {
    private static final String LOST =
            "The server was restored from a backup that was made while this run was going on; what came of it is not known here. Start it again if it is still wanted.";

    private RestoredRuns() {}

    /// Runs find their files below the new data directory. Those that were going on when the backup was made have
    /// failed: their processes belong to the server that was backed up, and are neither adopted nor ended. Doing it
    /// again does no harm.
    ///
    /// @return how many runs were going on
    public static int settle(Database database, Path before, Path now, Instant at) {
        database.write(handle -> handle.createUpdate("""
                        update run set handle = :now || substr(handle, :rest)
                        where handle is not null and substr(handle, 1, :length) = :before
                        """)
                .bind("now", now + "/")
                .bind("before", before + "/")
                .bind("length", before.toString().length() + 1)
                .bind("rest", before.toString().length() + 2)
                .execute());
        RunStore store = new RunStore(database);
        RunStore.Lease lease = new RunStore.Lease("restored", 0);
        return database.write(handle -> {
            handle.execute(
                    "update run set lease_token = ?, lease_until = 0 where ended_at is null and kind = 'launched'",
                    lease.token());
            int settled = 0;
            for (Run run : store.live(handle, lease.token())) {
                if (!(run.state() instanceof RunState.Queued)) {
                    settle(store, handle, run, lease, at);
                    settled++;
                }
            }
            return settled;
        });
    }

    private static void settle(RunStore store, Handle handle, Run run, RunStore.Lease lease, Instant at) {
        List<Replica> lost = new ArrayList<>();
        for (Replica replica : store.replicas(handle, run.id())) {
            if (!replica.state().ended()) {
                lost.add(replica.seen(new ReplicaStatus.Lost(at, "the server was restored from a backup")));
            }
        }
        Run after = run.after(new RunEvent.Decided(new RunState.Outcome.Failure(FailureCause.CLUSTER_LOST, LOST)), at)
                .after(new RunEvent.AllEnded(), at);
        store.update(handle, after, lease);
        store.saveReplicas(handle, run.id(), lost);
        store.addIncidents(handle, run.id(), LifeEvents.between(run, after, lost));
    }
}
