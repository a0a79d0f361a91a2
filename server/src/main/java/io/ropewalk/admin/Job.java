package io.ropewalk.admin;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
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
    private volatile View view = View.NONE;

    /// How far it has come; `none` when it was not done since the server has started.
    ///
    /// @param doing what is being done, for people
    /// @param total how many bytes there will be; 0 when nobody knows
    /// @param made what came of it: a backup's name
    /// @param problems what was found wrong
    /// @param message why it failed
    record View(
            State state,
            String doing,
            long bytes,
            long total,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            Backups.@Nullable Made made,
            List<String> problems,
            @Nullable String message) {
        private static final View NONE = new View(State.none, "", 0, 0, null, null, null, List.of(), null);

        View {
            problems = List.copyOf(problems);
        }
    }

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

    View view() {
        return view;
    }

    /// Begins, and returns at once.
    View start(Work work) {
        View begun = begin();
        Thread.ofVirtual().name(name).start(() -> carryOut(begun, work));
        return begun;
    }

    /// Begins, and returns when it is over.
    View carryOut(Work work) {
        return carryOut(begin(), work);
    }

    private synchronized View begin() {
        if (view.state() == State.going) {
            throw new RopewalkException(
                    ErrorCode.CONFLICT, "A %s is going on already. Wait until it is done.".formatted(name));
        }
        View begun = new View(State.going, "beginning", 0, 0, clock.instant(), null, null, List.of(), null);
        view = begun;
        return begun;
    }

    private View carryOut(View begun, Work work) {
        View ended;
        try {
            Outcome outcome = work.with((doing, bytes, total) ->
                    view = new View(State.going, doing, bytes, total, begun.startedAt(), null, null, List.of(), null));
            View last = view;
            ended = new View(
                    State.done,
                    "",
                    last.bytes(),
                    last.total(),
                    begun.startedAt(),
                    clock.instant(),
                    outcome.made(),
                    outcome.problems(),
                    null);
            LOG.info("the {} is done: {}", name, outcome);
        } catch (IOException | UncheckedIOException | RopewalkException | JdbiException e) {
            LOG.warn("the {} failed", name, e);
            View last = view;
            ended = new View(
                    State.failed,
                    last.doing(),
                    last.bytes(),
                    last.total(),
                    begun.startedAt(),
                    clock.instant(),
                    null,
                    List.of(),
                    e instanceof RopewalkException ? e.getMessage() : e.toString());
        }
        view = ended;
        return ended;
    }
}
