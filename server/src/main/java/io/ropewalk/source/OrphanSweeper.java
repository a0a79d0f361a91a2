package io.ropewalk.source;

import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.failpoint.Failpoints;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Frees the disk of what no project has any more: when a project was deleted, and now and then. Doing it again does
/// no harm, and what one pass left the next one takes.
public final class OrphanSweeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanSweeper.class);
    private static final Duration BETWEEN = Duration.ofHours(1);
    private static final Duration UNTIL_ANOTHER_TRY = Duration.ofSeconds(10);

    private final Database database;
    private final Uploads uploads;
    private final MaterialisedTrees trees;
    private final Runnable others;
    private final Semaphore wanted = new Semaphore(0);
    private final Thread loop = Thread.ofVirtual().name("orphans").unstarted(this::sweepUntilClosed);

    private final Semaphore sweeping = new Semaphore(1);

    private volatile boolean closed;

    /// While it is held, nothing is removed.
    public interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    /// @param others sweeps what else deleted projects left
    public OrphanSweeper(Database database, Uploads uploads, MaterialisedTrees trees, Runnable others) {
        this.database = database;
        this.uploads = uploads;
        this.trees = trees;
        this.others = others;
    }

    public void start() {
        loop.start();
    }

    /// Notes that a project goes, inside the transaction that deletes it, so that a crash does not forget its trees.
    public void note(Handle handle, ProjectId project) {
        handle.createUpdate("insert into leaving_project (project_id) values (:project)")
                .bind("project", project.value())
                .execute();
    }

    /// A project is no more.
    public void deleted(ProjectId project) {
        uploads.deleted(project);
        wanted.release();
    }

    /// Keeps every file that is there now until the hold is closed. Waits for the pass that goes on.
    public Hold hold() {
        sweeping.acquireUninterruptibly();
        return sweeping::release;
    }

    /// @return whether there is nothing left to do for now
    boolean pass() {
        if (!sweeping.tryAcquire()) {
            return false;
        }
        try {
            trees.sweep();
            for (ProjectId project : leaving()) {
                trees.forget(project);
                Failpoints.LEAVING_TREES.reached();
                database.write(handle -> handle.createUpdate("delete from leaving_project where project_id = :project")
                        .bind("project", project.value())
                        .execute());
            }
            others.run();
            return uploads.sweepOrphans();
        } catch (UncheckedIOException | RopewalkException | JdbiException e) {
            LOG.warn("what deleted projects left could not be removed; it is tried again later", e);
            return true;
        } finally {
            sweeping.release();
        }
    }

    private List<ProjectId> leaving() {
        return database.read(handle -> handle.createQuery("select project_id from leaving_project")
                .map((row, _) -> new ProjectId(row.getString("project_id")))
                .list());
    }

    private void sweepUntilClosed() {
        try {
            while (!closed) {
                Duration wait = pass() ? BETWEEN : UNTIL_ANOTHER_TRY;
                if (wanted.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                    wanted.drainPermits();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Returns when the pass that goes on has ended.
    @Override
    public void close() {
        closed = true;
        wanted.release();
        try {
            loop.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
