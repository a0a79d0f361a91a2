package io.ropewalk.extensions.executor.local;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.executor.Resources;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts supervisors. A few spares are kept started and waiting in their control groups, so that what they cost is
/// not part of a start. When many starts come at once, a nursery forks further ones, which costs a tenth of starting
/// each from here. When the server dies, the nursery and the spares end by themselves.
final class Supervisors implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisors.class);
    private static final int SPARES = 4;
    /// Signals 2 and 3 in a signal mask.
    private static final long INTERRUPT_AND_QUIT = 0b110;
    /// Spares are made when starts have paused for so long, not in their way.
    private static final long PAUSE_NANOS = 50_000_000;

    private static final Duration FORKING_TAKES_LESS_THAN = Duration.ofSeconds(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    /// @param groups that it and all its descendants are in
    private record Supervisor(Process process, List<Path> groups) {}

    /// One that the nursery was told to fork. It is no child of ours, so it must be looked at.
    private record Forked(AttemptFiles attempt, List<Path> groups, Process nursery, Instant at, Runnable onEnd) {
        boolean isGone() {
            return attempt.claim()
                    .map(claim -> !claim.process().isAlive())
                    .orElseGet(() ->
                            !nursery.isAlive() || at.isBefore(Instant.now().minus(FORKING_TAKES_LESS_THAN)));
        }
    }

    private final List<String> command;
    private final Map<String, String> environment;
    private final Supplier<ControlGroups> groups;
    private final ConcurrentLinkedDeque<Supervisor> spares = new ConcurrentLinkedDeque<>();
    private final AtomicBoolean refilling = new AtomicBoolean();
    private final Set<Forked> forked = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean watching = new AtomicBoolean();
    private final Object nurseryLock = new Object();
    private @Nullable Process nursery;
    private volatile long lastStart = System.nanoTime();
    private volatile boolean closed;

    /// @param environment that every program begins with
    Supervisors(Path home, Path hints, Map<String, String> environment, Supplier<ControlGroups> groups)
            throws IOException {
        this.environment = Map.copyOf(environment);
        this.groups = groups;
        command = new ArrayList<>();
        Isolation.find("setsid").ifPresent(setsid -> command.add(setsid.toString()));
        if (interruptsAreIgnored()) {
            // A shell cannot undo what it was started with; whoever starts the server in the background ignores them.
            Isolation.find("env")
                    .ifPresent(env -> command.addAll(List.of(env.toString(), "--default-signal=INT,QUIT")));
        }
        // Job control without a terminal is what bash has and other shells have not.
        command.add(Isolation.find("bash").orElse(Path.of("/bin/sh")).toString());
        command.add(install(home).toString());
        command.add(hints.toString());
        refill();
    }

    private static boolean interruptsAreIgnored() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("SigIgn:")) {
                return (Long.parseUnsignedLong(line.substring(7).strip(), 16) & INTERRUPT_AND_QUIT) != 0;
            }
        }
        return false;
    }

    /// Has an attempt looked after, by starting it. If another supervisor has claimed it, this one ends at once.
    ///
    /// @param onEnd runs when the supervisor is gone, in whatever way
    void start(AttemptFiles attempt, Resources limits, Runnable onEnd) {
        lastStart = System.nanoTime();
        Supervisor spare = spares.poll();
        Optional<List<Path>> assigned = spare == null ? Optional.empty() : assign(spare, attempt, limits);
        if (spare == null || assigned.isEmpty()) {
            fork(attempt, limits, onEnd);
        } else {
            List<Path> held = assigned.get();
            CompletableFuture<Void> _ = spare.process()
                    .onExit()
                    .thenRunAsync(
                            () -> {
                                ControlGroups.remove(held);
                                onEnd.run();
                            },
                            Background.THREADS);
        }
        refill();
    }

    /// Lets the spares go. Supervisors that have work stay.
    @Override
    public void close() {
        closed = true;
        for (Supervisor spare = spares.poll(); spare != null; spare = spares.poll()) {
            dismiss(spare);
        }
        synchronized (nurseryLock) {
            letGo(nursery);
            nursery = null;
        }
    }

    private void fork(AttemptFiles attempt, Resources limits, Runnable onEnd) {
        List<Path> own = new ArrayList<>(groups.get().createToHold());
        try {
            if (limits.memoryBytes() > 0 || limits.milliCpu() > 0) {
                own.addAll(groups.get().limit(own, limits));
            }
            Process told = tell(line(attempt, own));
            forked.add(new Forked(attempt, own, told, Instant.now(), onEnd));
        } catch (IOException e) {
            ControlGroups.remove(own);
            throw new RopewalkException(
                    ErrorCode.UNAVAILABLE,
                    "No supervisor could be started for '%s' (%s). The start is tried again."
                            .formatted(attempt.directory(), e.getMessage()),
                    e);
        }
        if (watching.compareAndSet(false, true)) {
            Background.THREADS.execute(this::watch);
        }
    }

    /// @return the nursery that has been told
    private Process tell(byte[] line) throws IOException {
        synchronized (nurseryLock) {
            Process told = nursery;
            if (told == null || !told.isAlive()) {
                letGo(told);
                told = start(List.of("nursery"));
                nursery = told;
            }
            told.getOutputStream().write(line);
            told.getOutputStream().flush();
            return told;
        }
    }

    private static byte[] line(AttemptFiles attempt, List<Path> further) {
        StringBuilder line = new StringBuilder(attempt.directory().toString());
        further.forEach(group -> line.append('\t').append(group));
        return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    private void watch() {
        try {
            while (!closed && !forked.isEmpty()) {
                Thread.sleep(BETWEEN_LOOKS);
                List<Forked> gone = forked.stream().filter(Forked::isGone).toList();
                gone.forEach(one -> {
                    forked.remove(one);
                    ControlGroups.remove(one.groups());
                    one.onEnd().run();
                });
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            watching.set(false);
        }
        if (!closed && !forked.isEmpty() && watching.compareAndSet(false, true)) {
            watch();
        }
    }

    /// @return all groups of the attempt, or nothing when the supervisor is gone
    private Optional<List<Path>> assign(Supervisor supervisor, AttemptFiles attempt, Resources limits) {
        List<Path> all = new ArrayList<>(supervisor.groups());
        try (OutputStream input = supervisor.process().getOutputStream()) {
            List<Path> further = limits.memoryBytes() > 0 || limits.milliCpu() > 0
                    ? groups.get().limit(supervisor.groups(), limits)
                    : List.of();
            all.addAll(further);
            input.write(line(attempt, further));
            return Optional.of(all);
        } catch (IOException e) {
            LOG.warn("A supervisor could not be given '{}'", attempt.directory(), e);
            ControlGroups.remove(all);
            dismiss(supervisor);
            return Optional.empty();
        }
    }

    private Supervisor spawn(List<Path> own) {
        List<String> line = new ArrayList<>(List.of("one"));
        own.forEach(group -> line.add(group.toString()));
        try {
            return new Supervisor(start(line), own);
        } catch (IOException e) {
            ControlGroups.remove(own);
            throw new RopewalkException(
                    ErrorCode.UNAVAILABLE,
                    "This machine cannot start another process (%s). The start is tried again."
                            .formatted(e.getMessage()),
                    e);
        }
    }

    private Process start(List<String> arguments) throws IOException {
        List<String> line = new ArrayList<>(command);
        line.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static void dismiss(Supervisor spare) {
        letGo(spare.process());
        CompletableFuture<Void> _ =
                spare.process().onExit().thenRunAsync(() -> ControlGroups.remove(spare.groups()), Background.THREADS);
    }

    private static void letGo(@Nullable Process waiting) {
        try {
            if (waiting != null) {
                waiting.getOutputStream().close();
            }
        } catch (IOException e) {
            LOG.debug("A waiting supervisor is already gone", e);
        }
    }

    private void refill() {
        if (!closed && refilling.compareAndSet(false, true)) {
            Background.THREADS.execute(this::makeSpares);
        }
    }

    private void makeSpares() {
        try {
            long wait = PAUSE_NANOS;
            while (wait > 0) {
                Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
                wait = PAUSE_NANOS - (System.nanoTime() - lastStart);
            }
            while (!closed && spares.size() < SPARES) {
                spares.add(spawn(groups.get().createAll()));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RopewalkException | UncheckedIOException e) {
            LOG.warn("No supervisor could be started ahead of need", e);
        } finally {
            refilling.set(false);
        }
        if (closed) {
            close();
        }
    }

    /// A shell reads its script as it goes, so a script that may be running is never changed: each text has its own
    /// file.
    private static Path install(Path home) throws IOException {
        try (InputStream resource =
                Objects.requireNonNull(Supervisors.class.getResourceAsStream("supervise.sh"), "supervise.sh")) {
            byte[] text = resource.readAllBytes();
            String hash = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text), 0, 8);
            Path script = home.resolve("supervise-" + hash);
            if (!Files.exists(script)) {
                Path draft = Files.write(home.resolve("supervise-" + UUID.randomUUID()), text);
                Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rwx------"));
                Files.move(draft, script, StandardCopyOption.ATOMIC_MOVE);
            }
            return script;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
