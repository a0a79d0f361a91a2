package io.ropewalk.extensions.executor.local;

import io.ropewalk.spi.DurableStep;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.ExtensionContext;
import io.ropewalk.spi.LaunchId;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.executor.DescribesIsolation;
import io.ropewalk.spi.executor.EndCause;
import io.ropewalk.spi.executor.Executor;
import io.ropewalk.spi.executor.Launch;
import io.ropewalk.spi.executor.LaunchHandle;
import io.ropewalk.spi.executor.LimitsLogs;
import io.ropewalk.spi.executor.LogChunk;
import io.ropewalk.spi.executor.MetersReplicas;
import io.ropewalk.spi.executor.Observation;
import io.ropewalk.spi.executor.Observation.ReplicaObservation;
import io.ropewalk.spi.executor.Observation.ReplicaStatus;
import io.ropewalk.spi.executor.ReplicaId;
import io.ropewalk.spi.executor.ReplicaUse;
import io.ropewalk.spi.executor.ReportsCapacity;
import io.ropewalk.spi.executor.Resources;
import io.ropewalk.spi.executor.SignalsChanges;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs launches as processes of this machine. All that is known is in files (see the package), so any number of
/// executors on one data directory see the same, one after the other or at once.
public final class LocalExecutor
        implements Executor, LimitsLogs, ReportsCapacity, SignalsChanges, DescribesIsolation, MetersReplicas {
    private static final Logger LOG = LoggerFactory.getLogger(LocalExecutor.class);
    private static final Pattern ROLE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    /// A supervisor that has claimed an attempt says within this time who it is, or it is gone.
    private static final Duration CLAIMING_TAKES_LESS_THAN = Duration.ofSeconds(10);
    /// Whoever takes over an earlier server's launches looks at all of them first. That is what people wait for, and
    /// adopting takes time from it.
    private static final Duration ADOPTING_BEGINS_AFTER = Duration.ofSeconds(2);
    /// A longer text is no argument of a command and goes through a file.
    private static final int LONGEST_ARGUMENT = 100_000;
    /// The variable by which a process is known as one of an attempt.
    static final String MARK = "ROPEWALK_ATTEMPT=";

    private final LocalSettings settings;
    private final Machine machine;
    private final Leases leases;
    private final CompletableFuture<Isolation> isolation;
    private final CompletableFuture<ControlGroups> groups;
    private final Supervisors supervisors;
    private final Hints hints;
    private final Meter meter;
    private final List<Consumer<LaunchId>> listeners = new CopyOnWriteArrayList<>();
    /// Attempts that this executor has given to a supervisor.
    private final Set<Path> given = ConcurrentHashMap.newKeySet();
    /// How attempts ended that hold something, by directory: that never changes.
    private final Map<Path, ReplicaStatus> settled = new ConcurrentHashMap<>();
    /// Supervisors that an earlier server has started, by attempt.
    private final Map<Path, Adopted> adopted = new ConcurrentHashMap<>();

    private volatile boolean closed;

    private record Adopted(LaunchId launch, AttemptRecord.Identity supervisor) {}

    public LocalExecutor(ExtensionContext context) {
        this(
                context,
                CompletableFuture.supplyAsync(
                        () -> ControlGroups.detect(prefix(context.dataDirectory())), Background.THREADS));
    }

    LocalExecutor(ExtensionContext context, CompletableFuture<ControlGroups> groups) {
        this.groups = groups;
        try {
            Path home = Files.createDirectories(
                    context.dataDirectory().toAbsolutePath().normalize().resolve("local"));
            Path hintsDirectory = Files.createDirectories(home.resolve("hints"));
            settings = LocalSettings.of(context.settings());
            machine = new Machine(settings);
            meter = new Meter(machine.bootId());
            leases = new Leases(home);
            isolation = CompletableFuture.supplyAsync(() -> Isolation.detect(settings, home), Background.THREADS);
            hints = new Hints(hintsDirectory, this::changed);
            supervisors = new Supervisors(
                    home,
                    Hints.file(hintsDirectory),
                    Environment.inherited(System.getenv(), settings.environment()),
                    groups::join);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        CompletableFuture.delayedExecutor(ADOPTING_BEGINS_AFTER.toSeconds(), TimeUnit.SECONDS, Background.THREADS)
                .execute(this::adopt);
        Background.THREADS.execute(() -> {
            leases.sweep();
            groups.join().sweep();
        });
        // What a crash has left just now is old enough then.
        CompletableFuture.delayedExecutor(
                        Leases.MAKING_A_PLAN_TAKES_LESS_THAN.toSeconds() + 1, TimeUnit.SECONDS, Background.THREADS)
                .execute(this::sweepAgain);
    }

    private void sweepAgain() {
        if (!closed) {
            leases.sweep();
        }
    }

    private static String prefix(Path dataDirectory) {
        return Integer.toHexString(dataDirectory.toAbsolutePath().normalize().hashCode()) + "-";
    }

    @Override
    public String name() {
        return "local";
    }

    @Override
    public LaunchHandle submit(Launch launch) {
        LaunchFiles files = new LaunchFiles(launch.directory());
        for (Launch.Replica replica : launch.replicas()) {
            if (!ROLE.matcher(replica.id().role()).matches() || replica.attempt() < 1) {
                throw new RopewalkException(
                        ErrorCode.INVALID_REQUEST,
                        "Attempt %d of '%s' cannot be started: a role is named with letters, digits, '.', '_' and '-', and attempts count from 1."
                                .formatted(replica.attempt(), replica.id()));
            }
        }
        Plan plan = files.isReleased() ? replan(launch, files) : files.plan().orElseGet(() -> plan(launch, files));
        Map<AttemptFiles, Launch.Replica> starting = new LinkedHashMap<>();
        for (Launch.Replica replica : launch.replicas()) {
            AttemptFiles attempt = files.attempt(replica.id(), replica.attempt());
            if (!attempt.isClaimed() && given.add(attempt.directory())) {
                starting.put(attempt, replica);
            }
        }
        Set<AttemptFiles> waiting = new HashSet<>(starting.keySet());
        try {
            // All are written before the first is started, so that a gang starts together.
            starting.forEach((attempt, replica) -> write(launch, replica, plan, attempt));
            starting.forEach((attempt, replica) -> {
                DurableStep.reached("local.supervisor.before");
                supervisors.start(attempt, replica.limits(), () -> supervisorEnded(launch.id(), attempt));
                DurableStep.reached("local.supervisor.after");
                waiting.remove(attempt);
            });
        } finally {
            waiting.forEach(attempt -> given.remove(attempt.directory()));
        }
        return new LaunchHandle(launch.id(), files.directory().toString());
    }

    @Override
    public Optional<LaunchHandle> find(LaunchId launch, Path directory) {
        LaunchFiles files = new LaunchFiles(directory);
        return files.plan().map(_ -> new LaunchHandle(launch, files.directory().toString()));
    }

    @Override
    public Map<LaunchHandle, Observation> observe(Collection<LaunchHandle> handles) {
        Map<LaunchHandle, Observation> observations = new LinkedHashMap<>();
        for (LaunchHandle handle : handles) {
            LaunchFiles files = files(handle);
            files.plan().ifPresent(plan -> {
                List<ReplicaObservation> replicas = new ArrayList<>();
                for (Plan.Place place : plan.places()) {
                    OptionalInt latest = files.latestAttempt(place.replica());
                    if (latest.isPresent()) {
                        replicas.add(new ReplicaObservation(
                                place.replica(),
                                latest.getAsInt(),
                                status(handle.launch(), files, place, latest.getAsInt())));
                    }
                }
                observations.put(handle, new Observation(replicas));
            });
        }
        return observations;
    }

    @Override
    public void cancel(LaunchHandle handle, Duration grace) {
        LaunchFiles files = files(handle);
        if (files.plan().isEmpty()) {
            return;
        }
        Instant deadline = Instant.now().plus(grace);
        // What was asked for first is not put off by asking again.
        if (files.cancel()
                .filter(before -> before.deadline().isBefore(deadline))
                .isEmpty()) {
            files.recordCancel(new LaunchFiles.Cancel(deadline, grace));
        }
        DurableStep.reached("local.cancel.recorded");
        Background.THREADS.execute(() -> end(handle.launch(), files));
    }

    @Override
    public LogChunk readLog(LaunchHandle handle, ReplicaId replica, int attempt, long offset, int limit) {
        LaunchFiles files = files(handle);
        AttemptFiles attemptFiles = files.attempt(replica, attempt);
        if (attempt < 1 || !Files.isDirectory(attemptFiles.directory())) {
            throw new RopewalkException(
                    ErrorCode.NOT_FOUND,
                    "There is no log of attempt %d of '%s': it was never started.".formatted(attempt, replica));
        }
        if (offset < 0 || limit < 0) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST, "A log is read from an offset and up to a limit of 0 or more.");
        }
        boolean ended = limit > 0 && isOver(files, replica, attempt, handle.launch());
        try (SeekableByteChannel log = Files.newByteChannel(attemptFiles.log())) {
            long size = log.size();
            LogGap gap = LogGap.of(attemptFiles);
            long from = Math.min(offset >= gap.from() && offset < gap.to() ? gap.to() : offset, size);
            long to = from < gap.from() ? Math.min(size, gap.from()) : size;
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(to - from, limit));
            log.position(from);
            while (bytes.hasRemaining() && log.read(bytes) >= 0) {}
            byte[] read =
                    bytes.hasRemaining() ? java.util.Arrays.copyOf(bytes.array(), bytes.position()) : bytes.array();
            return new LogChunk(from, read, ended && from + read.length >= size);
        } catch (NoSuchFileException e) {
            return new LogChunk(0, new byte[0], ended);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public OptionalLong limitLog(LaunchHandle handle, ReplicaId replica, int attempt, long most) {
        return LogGap.keeping(files(handle).attempt(replica, attempt), most).stream()
                .mapToLong(LogGap::length)
                .findFirst();
    }

    @Override
    public void release(LaunchHandle handle) {
        LaunchFiles files = files(handle);
        Optional<Plan> plan = files.plan();
        if (plan.isEmpty() || files.isReleased()) {
            return;
        }
        for (Plan.Place place : plan.get().places()) {
            OptionalInt latest = files.latestAttempt(place.replica());
            if (latest.isPresent() && !isOver(files, place.replica(), latest.getAsInt(), handle.launch())) {
                throw new RopewalkException(
                        ErrorCode.CONFLICT,
                        "What launch '%s' holds cannot be freed: '%s' has not ended. Cancel it first."
                                .formatted(handle.launch(), place.replica()));
            }
        }
        leases.release(plan.get(), files.directory());
        DurableStep.reached("local.leases.freed");
        for (Plan.Place place : plan.get().places()) {
            int attempts = files.latestAttempt(place.replica()).orElse(0);
            for (int number = 1; number <= attempts; number++) {
                AttemptFiles attempt = files.attempt(place.replica(), number);
                attempt.claim().ifPresent(claim -> ControlGroups.remove(claim.groups()));
                FileTrees.delete(attempt.privateCopies());
                given.remove(attempt.directory());
                settled.remove(attempt.directory());
            }
        }
        files.markReleased();
        DurableStep.reached("local.released");
    }

    @Override
    public Resources capacity() {
        return machine.capacity();
    }

    @Override
    public Map<LaunchHandle, List<ReplicaUse>> meter(Collection<LaunchHandle> handles) {
        return meter.meter(handles);
    }

    @Override
    public void onChange(Consumer<LaunchId> listener) {
        listeners.add(listener);
    }

    @Override
    public String isolation() {
        String files = switch (isolation.join()) {
            case Isolation.Mounts mounts ->
                "mounts of its own at any path (bubblewrap), %s, private mounts are %s"
                        .formatted(
                                mounts.ownProcesses() ? "its own process tree" : "but a shared process tree",
                                mounts.layers() ? "layers" : "copies");
            case Isolation.Directories directories ->
                "links below its own directory, which cannot refuse writes: " + directories.reason();
        };
        ControlGroups limits = groups.join();
        String limited = limits.canLimit("memory") && limits.canLimit("cpu")
                ? "memory and processors are limited by control groups"
                : limits.canLimit("memory")
                        ? "memory is limited by control groups, processors are not"
                        : "processors are not limited and memory only by address space: no control group with limits may be made here";
        String trees = limits.holdTrees()
                ? "nothing escapes the end of its tree"
                : "trees are found by a mark in their environment: no control group may be made here";
        return "A replica gets %s; %s; %s.".formatted(files, limited, trees);
    }

    @Override
    public void close() {
        closed = true;
        hints.close();
        supervisors.close();
    }

    private static LaunchFiles files(LaunchHandle handle) {
        return new LaunchFiles(Path.of(handle.reference()));
    }

    // --- submit

    /// Settles who gets which address, port and devices.
    private Plan plan(Launch launch, LaunchFiles files) {
        Path owner = files.directory();
        Plan wanted;
        try {
            List<Plan.Place> places = new ArrayList<>();
            for (Launch.Replica replica : launch.replicas()) {
                places.add(new Plan.Place(
                        replica.id(),
                        leases.address(owner),
                        replica.port() > 0 ? leases.port(replica.port(), owner) : 0,
                        replica.limits().gpus() > 0
                                ? leases.devices(replica.limits().gpus(), machine.gpus(), owner)
                                : List.of()));
            }
            wanted = new Plan(launch.id(), places);
            DurableStep.reached("local.plan.before");
            files.settle(wanted);
            DurableStep.reached("local.plan.settled");
        } catch (RopewalkException | UncheckedIOException e) {
            if (files.plan().isEmpty()) {
                leases.releaseAll(owner);
            }
            throw e;
        }
        Plan settled = files.plan()
                .orElseThrow(() -> new RopewalkException(
                        ErrorCode.CONFLICT, "Launch '%s' was removed while it started.".formatted(launch.id())));
        leases.release(wanted.without(settled), owner);
        return settled;
    }

    private Plan replan(Launch launch, LaunchFiles files) {
        files.forgetPlan();
        return plan(launch, files);
    }

    private void write(Launch launch, Launch.Replica replica, Plan plan, AttemptFiles attempt) {
        Plan.Place place = plan.of(replica.id())
                .orElseThrow(() -> new RopewalkException(
                        ErrorCode.CONFLICT,
                        "Launch '%s' was first submitted without '%s'; all replicas are settled at the first submit."
                                .formatted(launch.id(), replica.id())));
        try {
            Files.createDirectories(attempt.root());
            DurableStep.reached("local.script.before");
            Arrangement arrangement = Arrangement.make(
                    isolation.join(), attempt, new LaunchFiles(launch.directory()).directory(), replica.mounts());
            Environment environment = Environment.of(replica, plan, place, arrangement.paths(), machine.gpus() > 0);
            replace(attempt.script(), script(launch, replica, attempt, arrangement, environment));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String script(
            Launch launch,
            Launch.Replica replica,
            AttemptFiles attempt,
            Arrangement arrangement,
            Environment environment)
            throws IOException {
        boolean limitsMemory = replica.limits().memoryBytes() > 0;
        ControlGroups available = groups.join();
        String limit = limitsMemory && !available.canLimit("memory")
                ? "ulimit -v %d || exit 1".formatted(replica.limits().memoryBytes() / 1024)
                : ":";
        return """
                _rw_launch=%s
                _rw_signal=%s
                _rw_limited=%s
                _rw_command=%s
                _rw_prepare() {
                    %s
                }
                _rw_export() {
                %sexport %s
                }
                _rw_start() {
                    %s
                    %s
                }
                """.formatted(
                Shell.quote(new LaunchFiles(launch.directory()).directory().toString()),
                Shell.quote("%s,%s,%d".formatted(launch.id(), replica.id(), replica.attempt())),
                limitsMemory || replica.limits().milliCpu() > 0 ? "yes" : "no",
                Shell.quote(text(replica, attempt)),
                arrangement.preparation(),
                environment.script(),
                Shell.quote(mark(launch.id(), replica.id(), replica.attempt())),
                limit,
                start(replica, arrangement, environment));
    }

    /// How the program is started: by a shell, where it needs one or people want theirs to read a file first.
    private static String start(Launch.Replica replica, Arrangement arrangement, Environment environment) {
        Optional<List<String>> words = arrangement.sandboxed()
                ? Optional.empty()
                : PlainCommand.words(replica.command(), environment.variables());
        return words.map(plain -> """
                        [ -z "${BASH_ENV:-}" ] && type -P %s > /dev/null || %s
                        %sexec %s""".formatted(
                                Shell.quote(plain.getFirst()),
                                arrangement.start(),
                                begin(replica),
                                plain.stream().map(Shell::quote).collect(Collectors.joining(" "))))
                .orElse(arrangement.start());
    }

    /// What bash runs: first to the work directory, then the command as it was given.
    private static String text(Launch.Replica replica, AttemptFiles attempt) throws IOException {
        String command = replica.command();
        if (command.length() > LONGEST_ARGUMENT / 4
                && command.getBytes(StandardCharsets.UTF_8).length > LONGEST_ARGUMENT) {
            Path file = attempt.directory().resolve("command");
            replace(file, command);
            command = ". " + Shell.quote(file.toString());
        }
        return begin(replica) + command;
    }

    private static String begin(Launch.Replica replica) {
        String enter = replica.workDir().isBlank() ? "" : """
                  cd -- %1$s > /dev/null 2>&1 || {
                  echo 'ropewalk: the work directory does not exist or cannot be entered:' %1$s >&2
                  echo workdir >&9
                  exit 1
                  }
                  """.formatted(Shell.expandable(replica.workDir()));
        return "echo began >&9\n" + enter + "exec 9>&-\n";
    }

    private static void replace(Path file, String text) throws IOException {
        Path draft = Files.writeString(file.resolveSibling(file.getFileName() + "-" + UUID.randomUUID()), text);
        DurableStep.reached("local.script.drafted");
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String mark(LaunchId launch, ReplicaId replica, int attempt) {
        return MARK + markOf(launch, replica, attempt);
    }

    static String markOf(LaunchId launch, ReplicaId replica, int attempt) {
        return "%s/%s/%d".formatted(launch, replica, attempt);
    }

    private void supervisorEnded(LaunchId launch, AttemptFiles attempt) {
        if (attempt.exit().isPresent()) {
            // It said so before it went.
            return;
        }
        if (!attempt.isClaimed()) {
            // It was killed before it could begin: the next submit may try again.
            given.remove(attempt.directory());
        }
        changed(launch);
    }

    private void changed(LaunchId launch) {
        if (!closed) {
            listeners.forEach(listener -> listener.accept(launch));
        }
    }

    // --- observe

    private boolean isOver(LaunchFiles files, ReplicaId replica, int attempt, LaunchId launch) {
        if (files.isReleased()) {
            // Nothing of it is released before all has ended, and nothing is remembered of it.
            return true;
        }
        Plan.Place place = files.plan()
                .flatMap(plan -> plan.of(replica))
                .orElseGet(() -> new Plan.Place(replica, "", 0, List.of()));
        return switch (status(launch, files, place, attempt)) {
            case ReplicaStatus.Ended _, ReplicaStatus.Lost _ -> true;
            case ReplicaStatus.Waiting _, ReplicaStatus.Running _ -> false;
        };
    }

    private ReplicaStatus status(LaunchId launch, LaunchFiles files, Plan.Place place, int number) {
        AttemptFiles attempt = files.attempt(place.replica(), number);
        ReplicaStatus known = settled.get(attempt.directory());
        if (known != null) {
            return known;
        }
        AttemptProcesses processes = processes(launch, attempt, place.replica(), number);
        ReplicaStatus status = look(attempt, processes, place);
        switch (status) {
            case ReplicaStatus.Waiting _, ReplicaStatus.Running _ -> {}
            case ReplicaStatus.Ended _ -> {
                if (attempt.claim().filter(claim -> claim.groups().isEmpty()).isPresent()) {
                    // Without a control group the supervisor cannot find what has left the program's process group;
                    // an attempt is not over before that is gone.
                    killAll(List.of(processes));
                }
                settled.put(attempt.directory(), status);
            }
            case ReplicaStatus.Lost _ -> {
                settled.put(attempt.directory(), status);
                // What the program has left behind must not stay.
                Background.THREADS.execute(() -> killAll(List.of(processes)));
            }
        }
        return status;
    }

    /// The truth, from files and the kernel. Looks for the exit first and again at the end: whoever finds no
    /// supervisor must look once more, since it may have written the exit just before it went.
    private ReplicaStatus look(AttemptFiles attempt, AttemptProcesses processes, Plan.Place place) {
        Optional<AttemptRecord> found = attempt.record();
        if (found.isEmpty()) {
            return new ReplicaStatus.Waiting("waiting for its supervisor");
        }
        AttemptRecord record = found.get();
        if (record.exit().isPresent()) {
            return ended(record.exit().get());
        }
        if (record.claim().isEmpty()) {
            // Between making the claim and saying whose it is, a supervisor can only be found by where it works.
            boolean recent = record.claimedAt().isAfter(Instant.now().minus(CLAIMING_TAKES_LESS_THAN));
            return recent || ProcessTable.isAnyWorkingIn(attempt.directory())
                    ? new ReplicaStatus.Waiting("its supervisor is starting")
                    : new ReplicaStatus.Lost(Instant.now(), "its supervisor ended before it had started the program");
        }
        AttemptRecord.Claim claim = record.claim().get();
        if (!claim.bootId().equals(machine.bootId())) {
            return new ReplicaStatus.Lost(Instant.now(), "the machine was restarted");
        }
        boolean supervised = claim.process().isAlive();
        Optional<AttemptRecord.Program> program = record.program();
        if (supervised) {
            return program.<ReplicaStatus>map(running -> running(running.startedAt(), place))
                    .orElseGet(() -> new ReplicaStatus.Waiting("its supervisor is starting it"));
        }
        boolean alive = program.map(running -> running.process().isAlive()).orElseGet(processes::areThere);
        if (alive) {
            return running(program.map(AttemptRecord.Program::startedAt).orElse(record.claimedAt()), place);
        }
        return attempt.exit()
                .<ReplicaStatus>map(LocalExecutor::ended)
                .orElseGet(() -> new ReplicaStatus.Lost(
                        Instant.now(), "its supervisor was killed, so nobody knows how the program ended"));
    }

    private ReplicaStatus running(Instant since, Plan.Place place) {
        return new ReplicaStatus.Running(since, place.address(), machine.host());
    }

    private static ReplicaStatus ended(AttemptRecord.Exit exit) {
        return new ReplicaStatus.Ended(exit.startedAt(), exit.endedAt(), exit.code(), cause(exit));
    }

    private static EndCause cause(AttemptRecord.Exit exit) {
        if (exit.cancelled()) {
            return EndCause.CANCELLED;
        }
        if (exit.killedForMemory() > 0 && exit.code() != 0) {
            return EndCause.OUT_OF_MEMORY;
        }
        if (!exit.began()) {
            return EndCause.SETUP_FAILED;
        }
        return exit.foundWorkDir() ? EndCause.EXITED : EndCause.WORK_DIR_NOT_FOUND;
    }

    private AttemptProcesses processes(LaunchId launch, AttemptFiles attempt, ReplicaId replica, int number) {
        return new AttemptProcesses(attempt, mark(launch, replica, number), machine.bootId());
    }

    // --- cancel

    /// Brings a recorded cancel to its end, from wherever it has got to.
    private void end(LaunchId launch, LaunchFiles files) {
        if (!files.isCancelSent()) {
            unfinished(launch, files).forEach(AttemptProcesses::terminate);
            DurableStep.reached("local.cancel.sent");
            files.markCancelSent();
        }
        Optional<LaunchFiles.Cancel> cancel = files.cancel();
        long end = end(cancel);
        try {
            for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
                if (unfinished(launch, files).isEmpty() || closed) {
                    return;
                }
                Thread.sleep(Math.clamp(left / 1_000_000, 1, 20));
                Optional<LaunchFiles.Cancel> now = files.cancel();
                if (!now.equals(cancel)) {
                    cancel = now;
                    end = end(cancel);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return;
        }
        List<AttemptProcesses> left = unfinished(launch, files);
        left.stream()
                .map(AttemptProcesses::attempt)
                .filter(attempt -> !attempt.isClaimed() && Files.exists(attempt.script()))
                // A submit was cut short. A supervisor sees the cancel and records the end without a start.
                .forEach(attempt -> supervisors.start(attempt, Resources.NONE, () -> changed(launch)));
        killAll(left);
    }

    /// In the machine's own count of time, which nobody sets.
    private static long end(Optional<LaunchFiles.Cancel> cancel) {
        return System.nanoTime()
                + cancel.map(LaunchFiles.Cancel::left).orElse(Duration.ZERO).toNanos();
    }

    private List<AttemptProcesses> unfinished(LaunchId launch, LaunchFiles files) {
        List<AttemptProcesses> unfinished = new ArrayList<>();
        files.plan()
                .ifPresent(plan -> plan.places().forEach(place -> {
                    OptionalInt latest = files.latestAttempt(place.replica());
                    if (latest.isPresent() && !isOver(files, place.replica(), latest.getAsInt(), launch)) {
                        AttemptFiles attempt = files.attempt(place.replica(), latest.getAsInt());
                        unfinished.add(processes(launch, attempt, place.replica(), latest.getAsInt()));
                    }
                }));
        return unfinished;
    }

    /// Until none is left: while some are killed, others may fork.
    private void killAll(List<AttemptProcesses> trees) {
        try {
            for (int round = 0; round < 200; round++) {
                boolean some = false;
                for (AttemptProcesses tree : trees) {
                    some |= tree.kill();
                }
                if (!some) {
                    return;
                }
                Thread.sleep(5);
            }
            LOG.warn("Some processes cannot be killed; they are most likely waiting for a device: {}", trees);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    // --- after a restart

    /// Finds again what earlier servers have started, and ends what they were asked to end. Whatever has not been
    /// released has an address.
    private void adopt() {
        if (closed) {
            return;
        }
        for (Path directory : leases.owners()) {
            LaunchFiles files = new LaunchFiles(directory);
            files.plan().filter(_ -> !files.isReleased()).ifPresent(plan -> {
                if (files.cancel().isPresent()) {
                    Background.THREADS.execute(() -> end(plan.launch(), files));
                }
                for (Plan.Place place : plan.places()) {
                    int latest = files.latestAttempt(place.replica()).orElse(1);
                    AttemptFiles attempt = files.attempt(place.replica(), latest);
                    attempt.record()
                            .filter(found -> found.exit().isEmpty())
                            .flatMap(AttemptRecord::claim)
                            .ifPresent(claim ->
                                    adopted.put(attempt.directory(), new Adopted(plan.launch(), claim.process())));
                }
            });
        }
        DurableStep.reached("local.adopted");
        watchAdopted();
    }

    /// A supervisor that ends properly says so. One that is killed says nothing and, not being a child of ours, must
    /// be looked at.
    private void watchAdopted() {
        try {
            while (!closed && !adopted.isEmpty()) {
                adopted.forEach((attempt, supervised) -> {
                    if (!supervised.supervisor().isAlive()) {
                        adopted.remove(attempt);
                        changed(supervised.launch());
                    }
                });
                Thread.sleep(500);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
