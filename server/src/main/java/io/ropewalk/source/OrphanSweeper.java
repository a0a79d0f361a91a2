package io.ropewalk.source;

import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RopewalkException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Frees the disk of what no project has any more: when a project was deleted, and now and then. Doing it again does
/// no harm, and what one pass left the next one takes.
public final class OrphanSweeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanSweeper.class);
    private static final Duration BETWEEN = Duration.ofHours(1);
    private static final Duration UNTIL_ANOTHER_TRY = Duration.ofSeconds(10);

    private final Uploads uploads;
    private final MaterialisedTrees trees;
    private final Queue<ProjectId> gone = new ConcurrentLinkedQueue<>();
    private final Semaphore wanted = new Semaphore(0);
    private final Thread loop = Thread.ofVirtual().name("orphans").unstarted(this::sweepUntilClosed);

    private volatile boolean closed;

    public OrphanSweeper(Uploads uploads, MaterialisedTrees trees) {
        this.uploads = uploads;
        this.trees = trees;
    }

    public void start() {
        loop.start();
    }

    /// A project is no more.
    public void deleted(ProjectId project) {
        uploads.deleted(project);
        gone.add(project);
        wanted.release();
    }

    /// @return whether there is nothing left to do for now
    boolean pass() {
        try {
            trees.sweep();
            for (ProjectId next = gone.poll(); next != null; next = gone.poll()) {
                trees.forget(next);
            }
            return uploads.sweepOrphans();
        } catch (UncheckedIOException | RopewalkException | JdbiException e) {
            LOG.warn("what deleted projects left could not be removed; it is tried again later", e);
            return true;
        }
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
