package io.ropewalk.admin;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Something long that is done once at a time, in the background, and that can be watched.
final class Job {
    private static final Logger LOG = LoggerFactory.getLogger(Job.class);

    private final String name;
    private final InstantSource clock;
    private volatile JobView view = JobView.NONE;

    enum State {
        none,
        going,
        done,
        failed
    }

    /// @param made null when nothing is made
    record Outcome(Backups.@Nullable Made made, List<String> problems) {}

    interface Work {
        Outcome with(Progress progress) throws IOException;
    }

    Job(String name, InstantSource clock) {
        this.name = name;
        this.clock = clock;
    }

    JobView view() {
        return view;
    }

    /// Begins, and returns at once.
    JobView start(Work work) {
        JobView begun = begin();
        Thread.ofVirtual().name(name).start(() -> carryOut(begun, work));
        return begun;
    }

    /// Begins, and returns when it is over.
    JobView carryOut(Work work) {
        return carryOut(begin(), work);
    }

    private synchronized JobView begin() {
        if (view.state() == State.going) {
            throw new RopewalkException(
                    ErrorCode.CONFLICT, "A %s is going on already. Wait until it is done.".formatted(name));
        }
        JobView begun = JobView.begun(now());
        view = begun;
        return begun;
    }

    private JobView carryOut(JobView begun, Work work) {
        JobView ended = view.failed(now(), "It broke off; the server's log says why.");
        try {
            Outcome outcome = work.with((doing, bytes, total) -> view = begun.at(doing, bytes, total));
            ended = view.done(now(), outcome);
            LOG.info("the {} is done: {}", name, outcome);
        } catch (IOException | UncheckedIOException | RopewalkException | JdbiException e) {
            LOG.warn("the {} failed", name, e);
            ended = view.failed(now(), e instanceof RopewalkException ? String.valueOf(e.getMessage()) : e.toString());
        } finally {
            view = ended;
        }
        return ended;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
