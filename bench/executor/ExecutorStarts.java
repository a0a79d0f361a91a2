import io.ropewalk.extensions.executor.local.LocalExecutor;
import io.ropewalk.spi.ExtensionContext;
import io.ropewalk.spi.LaunchId;
import io.ropewalk.spi.executor.Launch;
import io.ropewalk.spi.executor.LaunchHandle;
import io.ropewalk.spi.executor.Mount;
import io.ropewalk.spi.executor.Observation.ReplicaStatus;
import io.ropewalk.spi.executor.ReplicaId;
import io.ropewalk.spi.executor.Resources;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/// How long the local executor takes from submit to the first line of the user's program, one after the other with
/// pauses, and how many starts a second it makes in a burst. Run by `bench/executor/run`.
public final class ExecutorStarts {
    private static Path directory;

    public static void main(String[] arguments) throws Exception {
        directory = Files.createTempDirectory("starts-").toRealPath();
        int burst = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 500;
        try (LocalExecutor executor = new LocalExecutor(new ExtensionContext(directory, Map.of()))) {
            System.out.println(executor.isolation());
            Path origin = Files.createDirectories(directory.resolve("origin"));
            List<Mount> mounted = List.of(new Mount("data", origin, "/mounted-here", Mount.Access.READ_ONLY));
            List<Mount> layered = List.of(new Mount("data", origin, "/mounted-here", Mount.Access.PRIVATE));
            Resources limits = new Resources(1000, 1L << 30, 0);
            alone(executor, "warm-up", List.of(), Resources.NONE, 30);
            alone(executor, "no mounts", List.of(), Resources.NONE, 40);
            alone(executor, "limits", List.of(), limits, 40);
            alone(executor, "read-only mount", mounted, Resources.NONE, 40);
            alone(executor, "private mount", layered, Resources.NONE, 40);
            for (int round = 0; round < 3; round++) {
                burst(executor, burst, List.of());
            }
            burst(executor, burst, mounted);
        }
    }

    private static Launch launch(List<Mount> mounts, Resources limits) throws Exception {
        LaunchId id = LaunchId.mint();
        Path own = Files.createDirectories(directory.resolve("runs").resolve(id.value()));
        List<Launch.Variable> environment = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            environment.add(new Launch.Variable(
                    "VARIABLE_" + i, new io.ropewalk.spi.executor.EnvironmentValue.Literal("value " + i)));
        }
        return new Launch(
                id,
                "bench",
                own,
                List.of(new Launch.Replica(
                        new ReplicaId("main", 0), 1, "echo $EPOCHREALTIME", "", environment, mounts, 0, limits)));
    }

    private static void alone(LocalExecutor executor, String what, List<Mount> mounts, Resources limits, int count)
            throws Exception {
        double[] millis = new double[count];
        double[] submits = new double[count];
        for (int i = 0; i < count; i++) {
            Launch launch = launch(mounts, limits);
            Thread.sleep(150);
            Instant before = Instant.now();
            LaunchHandle handle = executor.submit(launch);
            submits[i] = Duration.between(before, Instant.now()).toNanos() / 1e6;
            millis[i] = Duration.between(before, firstLine(executor, handle)).toNanos() / 1e6;
            executor.release(handle);
        }
        Arrays.sort(millis);
        Arrays.sort(submits);
        System.out.printf(
                "%-16s submit to first line: p50 %.2f ms, p90 %.2f ms, max %.2f ms; submit returns after %.2f ms%n",
                what, millis[count / 2], millis[count * 9 / 10], millis[count - 1], submits[count / 2]);
    }

    private static void burst(LocalExecutor executor, int count, List<Mount> mounts) throws Exception {
        List<Launch> launches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            launches.add(launch(mounts, Resources.NONE));
        }
        Semaphore width = new Semaphore(16);
        List<LaunchHandle> handles = new ArrayList<>();
        double own = processorMillis("self", 11);
        double children = outsideMillis();
        Instant before = Instant.now();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<LaunchHandle>> submitted = new ArrayList<>();
            for (Launch launch : launches) {
                submitted.add(threads.submit(() -> {
                    width.acquire();
                    try {
                        return executor.submit(launch);
                    } finally {
                        width.release();
                    }
                }));
            }
            for (Future<LaunchHandle> handle : submitted) {
                handles.add(handle.get());
            }
        }
        Instant last = before;
        for (LaunchHandle handle : handles) {
            Instant line = firstLine(executor, handle);
            last = line.isAfter(last) ? line : last;
        }
        double seconds = Duration.between(before, last).toNanos() / 1e9;
        Thread.sleep(500);
        System.out.printf(
                "burst of %d%s: %.0f starts/s, %.2f ms of processor each in the server, %.2f ms outside%n",
                count,
                mounts.isEmpty() ? "" : " with mounts",
                count / seconds,
                (processorMillis("self", 11) - own) / count,
                (outsideMillis() - children) / count);
        for (LaunchHandle handle : handles) {
            executor.release(handle);
        }
    }

    /// What this process has waited for, and what the supervisors that its children have forked have.
    private static double outsideMillis() throws Exception {
        double millis = processorMillis("self", 13);
        for (ProcessHandle child : ProcessHandle.current().children().toList()) {
            millis += processorMillis(Long.toString(child.pid()), 11) + processorMillis(Long.toString(child.pid()), 13);
        }
        return millis;
    }

    /// What a process (11) or its children that have ended (13) have used, by the place in its `stat`.
    private static double processorMillis(String process, int place) throws Exception {
        String stat = Files.readString(Path.of("/proc/" + process + "/stat"));
        String[] field = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(field[place]) + Long.parseLong(field[place + 1])) * 10.0;
    }

    private static Instant firstLine(LocalExecutor executor, LaunchHandle handle) throws Exception {
        while (true) {
            ReplicaStatus status = executor.observe(List.of(handle)).get(handle).replicas().get(0).status();
            if (status instanceof ReplicaStatus.Ended || status instanceof ReplicaStatus.Lost) {
                byte[] log = executor.readLog(handle, new ReplicaId("main", 0), 1, 0, 1000).bytes();
                String[] parts = new String(log, StandardCharsets.UTF_8).strip().split("\\.");
                return Instant.ofEpochSecond(Long.parseLong(parts[0]), Long.parseLong(parts[1]) * 1000);
            }
            Thread.sleep(2);
        }
    }
}
