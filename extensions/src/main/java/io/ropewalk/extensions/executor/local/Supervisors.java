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
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts supervisors. A few are kept started and waiting in their control groups, so that what they cost is not part
/// of a start; when the server dies, those that wait end by themselves.
final class Supervisors implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisors.class);
    private static final int SPARES = 4;
    /// Signals 2 and 3 in a signal mask.
    private static final long INTERRUPT_AND_QUIT = 0b110;
    /// Spares are made when starts have paused for so long, not in their way.
    private static final long PAUSE_NANOS = 50_000_000;

    /// @param groups that it and all its descendants are in
    private record Supervisor(Process process, List<Path> groups) {}

    private final List<String> command;
    private final Map<String, String> environment;
    private final Supplier<ControlGroups> groups;
    private final ConcurrentLinkedDeque<Supervisor> spares = new ConcurrentLinkedDeque<>();
    private final AtomicBoolean refilling = new AtomicBoolean();
    private volatile long lastStart = System.nanoTime();
    private volatile boolean closed;

    /// @param environment that every program begins with
    Supervisors(Path home, Path signals, Map<String, String> environment, Supplier<ControlGroups> groups)
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
        command.add(signals.toString());
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
        Supervisor supervisor = spare;
        if (supervisor == null || assigned.isEmpty()) {
            supervisor = spawn(groups.get().createToHold());
            assigned = assign(supervisor, attempt, limits);
            if (assigned.isEmpty()) {
                throw new RopewalkException(
                        ErrorCode.UNAVAILABLE,
                        "The supervisor of '%s' ended before it was told what to do. The start is tried again."
                                .formatted(attempt.directory()));
            }
        }
        List<Path> held = assigned.get();
        CompletableFuture<Void> _ = supervisor
                .process()
                .onExit()
                .thenRunAsync(
                        () -> {
                            ControlGroups.remove(held);
                            onEnd.run();
                        },
                        Background.THREADS);
        refill();
    }

    /// Lets the spares go. Supervisors that have work stay.
    @Override
    public void close() {
        closed = true;
        for (Supervisor spare = spares.poll(); spare != null; spare = spares.poll()) {
            dismiss(spare);
        }
    }

    /// @return all groups of the attempt, or nothing when the supervisor is gone
    private Optional<List<Path>> assign(Supervisor supervisor, AttemptFiles attempt, Resources limits) {
        List<Path> all = new ArrayList<>(supervisor.groups());
        try (OutputStream input = supervisor.process().getOutputStream()) {
            StringBuilder line = new StringBuilder(attempt.directory().toString());
            if (limits.memoryBytes() > 0 || limits.milliCpu() > 0) {
                for (Path group : groups.get().limit(supervisor.groups(), limits)) {
                    all.add(group);
                    line.append('\t').append(group);
                }
            }
            input.write(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
            return Optional.of(all);
        } catch (IOException e) {
            LOG.warn("A supervisor could not be given '{}'", attempt.directory(), e);
            ControlGroups.remove(all);
            dismiss(supervisor);
            return Optional.empty();
        }
    }

    private Supervisor spawn(List<Path> own) {
        List<String> line = new ArrayList<>(command);
        own.forEach(group -> line.add(group.toString()));
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            return new Supervisor(builder.start(), own);
        } catch (IOException e) {
            ControlGroups.remove(own);
            throw new RopewalkException(
                    ErrorCode.UNAVAILABLE,
                    "This machine cannot start another process (%s). The start is tried again."
                            .formatted(e.getMessage()),
                    e);
        }
    }

    private static void dismiss(Supervisor spare) {
        try {
            spare.process().getOutputStream().close();
        } catch (IOException e) {
            LOG.debug("A waiting supervisor is already gone", e);
        }
        CompletableFuture<Void> _ =
                spare.process().onExit().thenRunAsync(() -> ControlGroups.remove(spare.groups()), Background.THREADS);
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
