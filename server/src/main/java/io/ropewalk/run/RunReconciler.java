package io.ropewalk.run;

import io.ropewalk.project.Role;
import io.ropewalk.run.RunState.Outcome;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.executor.Executor;
import io.ropewalk.spi.executor.Launch;
import io.ropewalk.spi.executor.LaunchHandle;
import io.ropewalk.spi.executor.Observation;
import io.ropewalk.spi.executor.Observation.ReplicaObservation;
import io.ropewalk.spi.executor.ReplicaId;
import io.ropewalk.spi.executor.SignalsChanges;
import io.ropewalk.support.failpoint.Failpoints;
import io.ropewalk.support.time.MachineClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The loop that brings about what runs ask for. One look at a run reads its row, asks the executor, and
/// writes what has become of it, guarded by the lease; all of it can be repeated after a crash at any line. A
/// hint makes it look at once, a [#pass] looks at all.
public final class RunReconciler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunReconciler.class);
    private static final Duration LEASE = Duration.ofSeconds(60);
    private static final Duration PASS_EVERY = Duration.ofSeconds(10);
    private static final int PLACES = 64;
    private static final int MOST_KNOWN = 10_000;
    private static final Duration LONG_PREPARATION = Duration.ofSeconds(1);
    static final Duration GRACE = Duration.ofSeconds(10);
    /// After the grace: what still runs then cannot be killed.
    private static final Duration GIVE_UP = GRACE.multipliedBy(11);

    private final RunStore store;
    private final Executor executor;
    private final Ledger ledger;
    private final Preparation preparation;
    private final Aftermath aftermath;
    private final Retries retries;
    private final Clock clock;
    private final String lease;
    private final Map<RunId, Look> looks = new ConcurrentHashMap<>();
    /// What this server has stored of runs that it has launched: as long as nobody else changes a row, it need not be
    /// read.
    private final Map<RunId, Known> known = new ConcurrentHashMap<>();
    /// What [#recover] has read, until the first pass.
    private final Map<RunId, Known> recovered = new ConcurrentHashMap<>();
    /// Runs whose rows somebody else may have changed.
    private final Set<RunId> stale = ConcurrentHashMap.newKeySet();
    /// Runs that have been looked at since the last pass has read the rows of all.
    private volatile Set<RunId> looked = ConcurrentHashMap.newKeySet();
    /// Runs whose replicas are submitted again if they have not started by the next look: once a pass.
    private final Set<RunId> unstarted = ConcurrentHashMap.newKeySet();
    /// Runs that are woken when a limit of theirs is reached, with the moment from which that counts.
    private final Map<RunId, Instant> alarms = new ConcurrentHashMap<>();
    private final Semaphore room = new Semaphore(PLACES);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("run-timer").factory());
    private final AtomicBoolean passing = new AtomicBoolean();
    private volatile boolean looking;
    private volatile boolean closed;

    /// @param replicas each with its latest attempt
    record Known(Run run, List<Replica> replicas) {}

    private enum Look {
        ONCE,
        AGAIN
    }

    /// What others want to know when a run has changed.
    interface Aftermath {
        /// Something of the run is different; it has been stored.
        void changed(Run run, List<Incident> incidents);

        /// A line for the run's own log.
        void says(Run run, String line);

        /// Nothing of the run writes any more; called before it is shown as ended, maybe more than once.
        ///
        /// @param replicas each with its latest attempt
        /// @return what people should know about the run as a whole
        List<Incident> ending(Run run, List<Replica> replicas);
    }

    RunReconciler(
            RunStore store,
            Executor executor,
            Ledger ledger,
            Preparation preparation,
            Aftermath aftermath,
            Retries retries,
            Clock clock,
            String lease) {
        this.store = store;
        this.executor = executor;
        this.ledger = ledger;
        this.preparation = preparation;
        this.aftermath = aftermath;
        this.retries = retries;
        this.clock = clock;
        this.lease = lease;
    }

    RunStore.Lease lease() {
        return new RunStore.Lease(lease, clock.millis() + LEASE.toMillis());
    }

    /// Takes over what an earlier server left behind, and puts it back on the account: first what has a place, so
    /// that nothing is given away twice.
    ///
    /// @return how many runs have been taken over
    int recover() {
        store.lease(lease(), Long.MAX_VALUE);
        Failpoints.RECOVER_LEASED.reached();
        List<Run> live = store.live(lease);
        Map<RunId, List<Replica>> replicas = store.latestReplicas(lease);
        for (Run run : live) {
            recovered.put(run.id(), new Known(run, replicas.getOrDefault(run.id(), List.of())));
            if (!(run.state() instanceof RunState.Queued)) {
                ledger.restore(run.id(), run.specification().requested());
                aftermath.changed(run, List.of());
            }
        }
        Failpoints.RECOVER_PLACED.reached();
        for (Run run : live) {
            if (run.state() instanceof RunState.Queued) {
                ledger.request(run.id(), run.specification().requested());
            }
        }
        Failpoints.RECOVER_DONE.reached();
        return live.size();
    }

    /// Begins to look, at hints and by itself.
    public void start() {
        looking = true;
        if (executor instanceof SignalsChanges signals) {
            signals.onChange(launch -> wake(new RunId(launch.value())));
        }
        var _ = timer.scheduleWithFixedDelay(this::passSafely, 0, PASS_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// The timer must not wait for a look: one may take as long as the building of an environment.
    private void passSafely() {
        if (!passing.compareAndSet(false, true)) {
            return;
        }
        Thread.ofVirtual().name("run-pass").start(() -> {
            try {
                lookAtAll(() -> {});
            } catch (Exception e) {
                if (!closed) {
                    LOG.error("a pass over all runs failed; the next one comes in {}", PASS_EVERY, e);
                }
            } finally {
                passing.set(false);
            }
        });
    }

    /// The machine's clock was set: every live run tells it, for its times do not add up any more.
    void clockWasSet(Duration by) {
        timer.execute(() -> {
            List<Incident> incident = List.of(Incident.warning(
                    clock.instant(),
                    "ClockSet",
                    "machine",
                    "the machine's clock was set %s by %s; limits of time go on to count what really passes"
                            .formatted(by.isNegative() ? "back" : "forward", time(by.abs()))));
            for (Run run : store.live(lease)) {
                store.write(handle -> {
                    store.addIncidents(handle, run.id(), incident);
                    return run;
                });
                aftermath.changed(run, incident);
            }
        });
    }

    private static String time(Duration time) {
        return time.toHours() > 0
                ? "%d h %d min".formatted(time.toHours(), time.toMinutesPart())
                : "%d min %d s".formatted(time.toMinutes(), time.toSecondsPart());
    }

    /// Looks at every live run once, and returns when all have been looked at.
    public void pass() throws InterruptedException {
        looking = true;
        Semaphore done = new Semaphore(0);
        done.acquire(lookAtAll(done::release));
    }

    private int lookAtAll(Runnable done) {
        store.lease(lease(), clock.millis());
        looked = ConcurrentHashMap.newKeySet();
        if (!recovered.isEmpty()) {
            return lookAtRecovered(done);
        }
        Map<RunId, List<Replica>> replicas = store.latestReplicas(lease);
        List<Run> live = store.live(lease);
        for (Run run : live) {
            unstarted.add(run.id());
            look(run.id(), Optional.of(new Known(run, replicas.getOrDefault(run.id(), List.of()))), done);
        }
        known.keySet().retainAll(live.stream().map(Run::id).collect(Collectors.toSet()));
        return live.size();
    }

    /// The first pass of a server, which has read these rows a moment ago. What came since then is read by its look.
    private int lookAtRecovered(Runnable done) {
        List<RunId> live = store.liveIds(lease);
        for (RunId run : live) {
            unstarted.add(run);
            look(run, Optional.ofNullable(recovered.get(run)), done);
        }
        recovered.clear();
        return live.size();
    }

    /// A run has just been stored by this server, and need not be read again.
    void begin(Run run) {
        changed(run);
        look(run.id(), Optional.of(new Known(run, List.of())), () -> {});
    }

    /// Something else than this loop has changed a run.
    void changed(Run run) {
        aftermath.changed(run, List.of());
    }

    /// Somebody else than this loop has changed the row of a run, and has stored that.
    void reread(RunId run) {
        stale.add(run);
        wake(run);
    }

    /// A hint that something about a run may have changed.
    void wake(RunId run) {
        look(run, Optional.empty(), () -> {});
    }

    /// One look at a run at a time; a hint during a look makes for another one right after.
    ///
    /// @param read as it was read; of no use when the run has been looked at since
    private void look(RunId run, Optional<Known> read, Runnable done) {
        if (closed || !looking) {
            done.run();
            return;
        }
        AtomicBoolean first = new AtomicBoolean();
        boolean busy = looks.compute(run, (_, before) -> {
                    first.set(looked.add(run));
                    return before == null ? Look.ONCE : Look.AGAIN;
                })
                == Look.AGAIN;
        if (busy) {
            done.run();
            return;
        }
        Thread.ofVirtual().name("run-" + run).start(() -> {
            try {
                lookSafely(run, first.get() ? read : Optional.empty());
                while (looks.computeIfPresent(run, (_, look) -> look == Look.AGAIN ? Look.ONCE : null) != null) {
                    lookSafely(run, Optional.empty());
                }
            } finally {
                done.run();
            }
        });
    }

    private void lookSafely(RunId id, Optional<Known> read) {
        room.acquireUninterruptibly();
        try {
            read.filter(_ -> known.size() < MOST_KNOWN).ifPresent(fresh -> known.put(id, fresh));
            Optional<Run> run = current(id);
            while (run.isPresent() && !closed) {
                run = step(run.get());
            }
        } catch (Exception e) {
            if (closed) {
                LOG.debug("a look at run {} was cut off; the next server looks again", id, e);
                return;
            }
            stale.add(id);
            LOG.error("looking at run {} failed; it is tried again", id, e);
            var _ = timer.schedule(() -> wake(id), 2, TimeUnit.SECONDS);
        } finally {
            // What waits may wait long, and in large numbers.
            known.computeIfPresent(id, (_, here) -> here.replicas().isEmpty() ? null : here);
            room.release();
        }
    }

    /// A live run as this server last saw it, for who looks often and need not know the very newest.
    Optional<Known> known(RunId id) {
        return Optional.ofNullable(known.get(id));
    }

    private Optional<Run> current(RunId id) {
        if (stale.remove(id)) {
            known.remove(id);
        }
        Known here = known.get(id);
        return here == null ? store.live(lease, id) : Optional.of(here.run());
    }

    private List<Replica> latestReplicas(Run run) {
        Known here = known.get(run.id());
        return here != null && here.run().equals(run) ? here.replicas() : store.latestReplicas(run.id());
    }

    /// Does what a run needs next.
    ///
    /// @return the run when there may be more to do at once
    private Optional<Run> step(Run run) {
        return switch (run.state()) {
            case RunState.Queued queued -> queued(run, queued);
            case RunState.Starting _ -> run.handle().isPresent() ? observed(run) : starting(run);
            case RunState.Running _, RunState.Ending _ -> observed(run);
            case RunState.Final _ -> Optional.empty();
        };
    }

    private Optional<Run> queued(Run run, RunState.Queued state) {
        Change change = new Change(run);
        if (run.stopRequestedAt().isPresent()) {
            change.happens(new RunEvent.Decided(new Outcome.Stop("")));
            return apply(change);
        }
        if (ledger.request(run.id(), run.specification().requested())) {
            change.happens(new RunEvent.Admitted());
            return apply(change);
        }
        String reason = ledger.reason(run.id());
        Optional<Duration> left = left(run.specification().scheduleTimeout(), run.createdAt());
        if (left.isPresent() && !left.get().isPositive()) {
            change.happens(new RunEvent.Decided(new Outcome.Failure(
                    FailureCause.SCHEDULE_TIMEOUT,
                    "InsufficientResources: %s, for longer than the task's schedule timeout".formatted(reason))));
            change.incident(Incident.warning(clock.instant(), "InsufficientResources", "run", reason));
            return apply(change);
        }
        left.ifPresent(time -> wakeIn(run, time, run.createdAt()));
        if (!reason.equals(state.reason())) {
            change.happens(new RunEvent.Waits(reason));
            change.incident(LifeEvents.queued(clock.instant(), reason));
            apply(change);
        }
        return Optional.empty();
    }

    /// What is left of a limit that counts from a moment; empty when there is no limit.
    private Optional<Duration> left(Optional<Duration> limit, Instant since) {
        return limit.map(time -> time.minus(MachineClock.since(clock, since)));
    }

    /// Asked at every look; set once, also by a server that took the run over.
    private void wakeIn(Run run, Duration left, Instant since) {
        if (since.equals(alarms.put(run.id(), since))) {
            return;
        }
        var _ = timer.schedule(
                () -> {
                    alarms.remove(run.id(), since);
                    wake(run.id());
                },
                left.toMillis() + 1,
                TimeUnit.MILLISECONDS);
    }

    private Optional<Run> starting(Run run) {
        Change change = new Change(run);
        if (run.stopRequestedAt().isPresent()) {
            return giveUp(change, new Outcome.Stop(""));
        }
        Failpoints.START_BEFORE.reached();
        Instant began = clock.instant();
        try {
            Launch launch = preparation.launch(run, firstAttempts(run), new Progress(change));
            if (closed) {
                return Optional.empty();
            }
            if (MachineClock.since(clock, began).compareTo(LONG_PREPARATION) > 0 && isToStop(run)) {
                return giveUp(change, new Outcome.Stop(""));
            }
            change.happens(new RunEvent.Prepares(""));
            Failpoints.SUBMIT_BEFORE.reached();
            LaunchHandle submitted = executor.submit(launch);
            Failpoints.SUBMIT_AFTER.reached();
            begun(change, submitted);
            notices(run).forEach(change::incident);
        } catch (Preparation.Failed e) {
            if (closed) {
                // What was cut off with this server is not the run's failure; the next server prepares again.
                return Optional.empty();
            }
            change.incident(
                    Incident.warning(clock.instant(), e.reason(), e.component(), String.valueOf(e.getMessage())));
            return giveUp(change, new Outcome.Failure(e.failure(), String.valueOf(e.getMessage())));
        } catch (RopewalkException e) {
            if (e.code() == ErrorCode.UNAVAILABLE) {
                // Some replicas may have been started. Submitting again starts the others.
                throw e;
            }
            change.incident(Incident.warning(clock.instant(), "LaunchRefused", "run", String.valueOf(e.getMessage())));
            return giveUp(change, new Outcome.Failure(FailureCause.SETUP_FAILED, String.valueOf(e.getMessage())));
        }
        look(change);
        Failpoints.SUBMIT_SEEN.reached();
        apply(change);
        return Optional.empty();
    }

    private static Map<ReplicaId, Integer> firstAttempts(Run run) {
        Map<ReplicaId, Integer> attempts = new LinkedHashMap<>();
        run.specification().replicaIds().forEach(id -> attempts.put(id, 1));
        return attempts;
    }

    private static void begun(Change change, LaunchHandle handle) {
        change.handle(handle);
        firstAttempts(change.run()).forEach((id, attempt) -> change.replica(Replica.waiting(id, attempt)));
    }

    private boolean isToStop(Run run) {
        return store.live(lease, run.id()).flatMap(Run::stopRequestedAt).isPresent();
    }

    /// Ends a start. A server that died in the middle of it may have left processes, which end first.
    private Optional<Run> giveUp(Change change, Outcome outcome) {
        Run run = change.run();
        change.happens(new RunEvent.Decided(outcome));
        Failpoints.GIVE_UP_BEFORE.reached();
        executor.find(run.launch(), preparation.directory(run))
                .ifPresentOrElse(handle -> begun(change, handle), () -> change.happens(new RunEvent.AllEnded()));
        Failpoints.GIVE_UP_AFTER.reached();
        return apply(change);
    }

    /// What the task asks for and no cluster of this server gives: programs run without it.
    private List<Incident> notices(Run run) {
        List<Incident> notices = new ArrayList<>();
        for (Role role : run.specification().task().roles()) {
            String image = role.resources().gpus() > 0 && role.images().gpu() != null
                    ? role.images().gpu()
                    : role.images().cpu();
            if (image != null) {
                notices.add(Incident.normal(
                        clock.instant(),
                        "ImageIgnored",
                        role.name(),
                        "programs run without images here, so '%s' is not used".formatted(image)));
            }
            if (role.nodes() != null) {
                notices.add(Incident.normal(
                        clock.instant(),
                        "NodesIgnored",
                        role.name(),
                        "there is one machine only, so '%s' does not choose".formatted(role.nodes())));
            }
        }
        return notices;
    }

    /// Tells people what is being made ready, while it is: every line in the run's own log, the state now and
    /// then.
    private final class Progress implements Consumer<String> {
        private static final Duration BETWEEN = Duration.ofSeconds(1);
        private final Change change;
        private Instant told = Instant.EPOCH;

        Progress(Change change) {
            this.change = change;
        }

        @Override
        public synchronized void accept(String line) {
            aftermath.says(change.run(), line);
            if (MachineClock.since(clock, told).compareTo(BETWEEN) >= 0) {
                told = clock.instant();
                change.happens(new RunEvent.Prepares(line));
                store.write(handle -> store.update(handle, change.run(), lease()));
                Failpoints.PROGRESS_STORED.reached();
                aftermath.changed(change.run(), List.of());
            }
        }
    }

    private Optional<Run> observed(Run run) {
        Change change = new Change(run);
        latestReplicas(run).forEach(change::replica);
        change.forgetReplicaChanges();
        look(change);
        boolean ours = change.isEmpty() || stored(change);
        if (ours && change.isToBeSubmitted()) {
            Failpoints.RESTART_STORED.reached();
            submitAgain(change);
        }
        // Everything that follows from this look has been done; what comes later gives a hint.
        return Optional.empty();
    }

    /// Sees what has become of the replicas and decides what follows.
    private void look(Change change) {
        LaunchHandle handle = change.run().launchHandle().orElseThrow();
        Observation observation = executor.observe(List.of(handle)).get(handle);
        see(change, observation);
        if (change.run().state() instanceof RunState.Starting && change.allStarted()) {
            change.happens(new RunEvent.Started());
        }
        if (!(change.run().state() instanceof RunState.Ending)) {
            decide(change).ifPresent(outcome -> change.happens(new RunEvent.Decided(outcome)));
        }
        if (change.run().state() instanceof RunState.Ending(Instant since, Outcome _)) {
            end(change, handle, since);
        } else {
            restart(change);
        }
    }

    private void see(Change change, @Nullable Observation observation) {
        Map<ReplicaId, ReplicaObservation> seen = new HashMap<>();
        if (observation != null) {
            observation.replicas().forEach(replica -> seen.put(replica.replica(), replica));
        }
        for (Replica replica : List.copyOf(change.replicas())) {
            ReplicaObservation now = seen.get(replica.id());
            if (now == null) {
                change.replica(replica.seen(
                        new Observation.ReplicaStatus.Lost(clock.instant(), "the cluster does not know it any more")));
            } else if (now.attempt() >= replica.attempt()) {
                Replica current =
                        now.attempt() == replica.attempt() ? replica : Replica.waiting(replica.id(), now.attempt());
                change.replica(current.seen(now.status()));
            } else if (change.run().state() instanceof RunState.Ending) {
                // The attempt was decided on and will not be submitted any more.
                change.replica(replica.neverStarted());
            }
        }
    }

    /// How the run ends, once that is known: stopped by a person, out of time, or decided by the roles that
    /// are not permanent.
    private Optional<Outcome> decide(Change change) {
        Run run = change.run();
        if (run.stopRequestedAt().isPresent()) {
            return Optional.of(new Outcome.Stop(""));
        }
        Instant started = run.startedAt() == null ? run.createdAt() : run.startedAt();
        Optional<Duration> left = run.startedAt() == null
                ? Optional.empty()
                : left(run.specification().timeout(), started);
        if (left.isPresent() && !left.get().isPositive()) {
            return Optional.of(new Outcome.Failure(
                    FailureCause.TIMED_OUT,
                    "it ran longer than its task's timeout of %s"
                            .formatted(run.specification().timeout().orElseThrow())));
        }
        left.ifPresent(time -> wakeIn(run, time, started));
        List<Replica> deciding = change.replicas().stream()
                .filter(replica -> run.specification().decides(replica.id()))
                .toList();
        for (Replica replica : deciding) {
            boolean bad = replica.state() == Replica.State.FAILED
                    || replica.state() == Replica.State.LOST
                    || replica.state() == Replica.State.STOPPED;
            if (bad && replica.attempt() > run.specification().restarts(replica.id())) {
                return Optional.of(failure(replica));
            }
        }
        boolean done = deciding.stream().allMatch(replica -> replica.state() == Replica.State.SUCCEEDED);
        return done ? Optional.of(new Outcome.Success()) : Optional.empty();
    }

    private static Outcome failure(Replica replica) {
        String who = replica.id() + (replica.attempt() > 1 ? " (attempt %d)".formatted(replica.attempt()) : "");
        if (replica.state() == Replica.State.LOST) {
            return new Outcome.Failure(FailureCause.CLUSTER_LOST, "%s was lost: %s".formatted(who, replica.reason()));
        }
        return switch (replica.reason()) {
            case "out of memory" ->
                new Outcome.Failure(
                        FailureCause.OUT_OF_MEMORY,
                        "%s used more memory than its limit; give the role more with 'limits: {memory: …}'"
                                .formatted(who));
            case "work dir not found" ->
                new Outcome.Failure(
                        FailureCause.SETUP_FAILED,
                        "WorkDirNotFound: the work directory of %s does not exist".formatted(who));
            case "setup failed" ->
                new Outcome.Failure(
                        FailureCause.SETUP_FAILED, "%s could not be set up; its log says why".formatted(who));
            default ->
                new Outcome.Failure(
                        FailureCause.USER_EXIT, "%s ended with exit code %s".formatted(who, replica.exitCode()));
        };
    }

    /// Decides which replicas begin another attempt. They are submitted when that has been stored: what the cluster
    /// runs is never more than what the row says.
    private void restart(Change change) {
        Run run = change.run();
        for (Replica replica : List.copyOf(change.replicas())) {
            boolean failed = replica.state() == Replica.State.FAILED || replica.state() == Replica.State.LOST;
            if (failed && replica.attempt() <= run.specification().restarts(replica.id())) {
                Replica next = Replica.waiting(replica.id(), replica.attempt() + 1);
                change.replica(next);
                change.incident(Incident.warning(
                        clock.instant(),
                        "Restarted",
                        replica.id().toString(),
                        "attempt %d ended with exit code %s; attempt %d of %d begins"
                                .formatted(
                                        replica.attempt(),
                                        replica.exitCode(),
                                        next.attempt(),
                                        run.specification().restarts(replica.id()) + 1)));
                unstarted.add(run.id());
                Failpoints.RESTART_DECIDED.reached();
            }
        }
        boolean waiting = change.replicas().stream().anyMatch(replica -> replica.state() == Replica.State.WAITING);
        if (unstarted.remove(run.id()) && waiting) {
            change.submit();
        }
    }

    private void submitAgain(Change change) {
        Run run = change.run();
        Map<ReplicaId, Integer> attempts = new LinkedHashMap<>();
        change.replicas().forEach(replica -> attempts.put(replica.id(), replica.attempt()));
        try {
            executor.submit(preparation.launch(run, attempts, _ -> {}));
            Failpoints.RESTART_SUBMITTED.reached();
        } catch (Preparation.Failed e) {
            Change failure = new Change(run);
            failure.incident(
                    Incident.warning(clock.instant(), e.reason(), e.component(), String.valueOf(e.getMessage())));
            failure.happens(new RunEvent.Decided(new Outcome.Failure(e.failure(), String.valueOf(e.getMessage()))));
            apply(failure);
            wake(run.id());
        } catch (RopewalkException e) {
            // The attempt stays waiting, and the next look tries again.
            unstarted.add(run.id());
            throw e;
        }
    }

    private void end(Change change, LaunchHandle handle, Instant since) {
        boolean ended =
                change.replicas().stream().allMatch(replica -> replica.state().ended());
        if (!ended) {
            Duration grace = change.run().stopRequestedAt().isPresent()
                    ? store.stopGrace(change.run().id()).orElse(GRACE)
                    : GRACE;
            Failpoints.CANCEL_BEFORE.reached();
            executor.cancel(handle, grace);
            Failpoints.CANCEL_AFTER.reached();
            if (MachineClock.since(clock, since).compareTo(grace.plus(GIVE_UP)) < 0) {
                return;
            }
        }
        if (!change.isHandleStored()) {
            // Its logs are found by the handle; what they say is taken when that is known.
            unstarted.remove(change.run().id());
            wake(change.run().id());
            return;
        }
        Failpoints.DRAIN_BEFORE.reached();
        aftermath.ending(change.run(), change.replicas()).forEach(change::incident);
        Failpoints.DRAIN_AFTER.reached();
        try {
            executor.release(handle);
        } catch (RopewalkException e) {
            change.incident(Incident.warning(clock.instant(), "NotReleased", "run", String.valueOf(e.getMessage())));
        }
        Failpoints.RELEASE_AFTER.reached();
        change.happens(new RunEvent.AllEnded());
    }

    /// Stores what has been found out.
    ///
    /// @return the run as stored when there may be more to do; empty when another server has it
    private Optional<Run> apply(Change change) {
        return stored(change) && change.stateChanged() ? Optional.of(change.run()) : Optional.empty();
    }

    /// @return false when another server has the run
    private boolean stored(Change change) {
        Optional<Retries.Next> written = store.write(handle -> {
            Failpoints.LOOK_ROW_BEFORE.reached();
            if (!store.update(handle, change.run(), lease())) {
                return Optional.empty();
            }
            Failpoints.LOOK_ROW_AFTER.reached();
            Retries.Next follows =
                    change.run().ended() ? retries.store(handle, change.run(), lease()) : Retries.Next.NOTHING;
            if (follows.run().isPresent()) {
                Failpoints.RETRY_ROW.reached();
            }
            store.saveReplicas(handle, change.run().id(), change.changedReplicas());
            Failpoints.LOOK_REPLICAS_AFTER.reached();
            store.addIncidents(handle, change.run().id(), change.incidents(follows.told()));
            Failpoints.LOOK_EVENTS_AFTER.reached();
            return Optional.of(follows);
        });
        Failpoints.LOOK_STORED.reached();
        if (written.isEmpty()) {
            known.remove(change.run().id());
            return false;
        }
        looked.add(change.run().id());
        if (!change.run().ended() && change.hasReplicas() && known.size() < MOST_KNOWN) {
            known.put(change.run().id(), new Known(change.run(), change.replicas()));
        } else {
            known.remove(change.run().id());
        }
        if (change.run().ended()) {
            Failpoints.ENDED_STORED.reached();
            stale.remove(change.run().id());
            unstarted.remove(change.run().id());
            alarms.remove(change.run().id());
            ledger.release(change.run().id()).forEach(this::wake);
        }
        Retries.Next follows = written.get();
        aftermath.changed(change.run(), change.incidents(follows.told()));
        follows.run().ifPresent(next -> {
            changed(next);
            wake(next.id());
        });
        return true;
    }

    /// Stops looking; what runs goes on running. Looks in progress have a few seconds to write what they found.
    @Override
    public void close() {
        closed = true;
        timer.shutdownNow();
        try {
            if (!room.tryAcquire(PLACES, 3, TimeUnit.SECONDS)) {
                LOG.debug("some looks are cut off");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        store.unlease(lease);
    }

    /// What one look at a run has found, not stored yet.
    private final class Change {
        private final Run before;
        private final Map<ReplicaId, Replica> replicas = new LinkedHashMap<>();
        private final Map<ReplicaId, Replica> stored = new HashMap<>();
        private final List<Replica> superseded = new ArrayList<>();
        private final List<Incident> incidents = new ArrayList<>();
        private Run run;
        private boolean toBeSubmitted;

        Change(Run run) {
            this.before = run;
            this.run = run;
        }

        Run run() {
            return run;
        }

        void happens(RunEvent event) {
            run = run.after(event, clock.instant());
        }

        /// Replicas wait for a start that follows when this is stored.
        void submit() {
            toBeSubmitted = true;
        }

        boolean isToBeSubmitted() {
            return toBeSubmitted;
        }

        boolean isHandleStored() {
            return before.handle().isPresent();
        }

        void handle(LaunchHandle handle) {
            run = run.with(handle);
        }

        void replica(Replica replica) {
            Replica old = replicas.put(replica.id(), replica);
            if (old != null && old.attempt() < replica.attempt()) {
                superseded.add(old);
            }
        }

        /// What has been added so far is as it is stored.
        void forgetReplicaChanges() {
            stored.putAll(replicas);
        }

        /// False before the launch, and where only the run's own state matters.
        boolean hasReplicas() {
            return !replicas.isEmpty();
        }

        List<Replica> replicas() {
            return List.copyOf(replicas.values());
        }

        List<Replica> changedReplicas() {
            List<Replica> changed = new ArrayList<>(superseded);
            replicas.values().stream()
                    .filter(replica -> !replica.equals(stored.get(replica.id())))
                    .forEach(changed::add);
            return changed;
        }

        boolean allStarted() {
            return replicas.values().stream().noneMatch(replica -> replica.state() == Replica.State.WAITING);
        }

        void incident(Incident incident) {
            incidents.add(incident);
        }

        /// @param more what was found out while storing
        List<Incident> incidents(List<Incident> more) {
            List<Incident> all = new ArrayList<>(incidents);
            all.addAll(LifeEvents.between(before, run, replicas()));
            all.addAll(more);
            return all;
        }

        boolean stateChanged() {
            return !before.state().equals(run.state());
        }

        boolean isEmpty() {
            return before.equals(run)
                    && incidents.isEmpty()
                    && changedReplicas().isEmpty();
        }
    }
}
