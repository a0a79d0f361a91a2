import com.sun.management.OperatingSystemMXBean;
import io.ropewalk.extensions.executor.local.LocalExecutor;
import io.ropewalk.spi.ExtensionContext;
import io.ropewalk.spi.LaunchId;
import io.ropewalk.spi.executor.Launch;
import io.ropewalk.spi.executor.LaunchHandle;
import io.ropewalk.spi.executor.ReplicaId;
import io.ropewalk.spi.executor.Resources;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What it costs to measure many replicas every five seconds, in part of one core: the processor time of this
/// process over looks that are that far apart. Run by `bench/meter/run`.
public final class ReplicaMetering {
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final int WARM = 4;
    private static final int LOOKS = 12;

    public static void main(String[] arguments) throws Exception {
        int replicas = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200;
        Path directory = Files.createTempDirectory("meter-").toRealPath();
        OperatingSystemMXBean own = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (LocalExecutor executor = new LocalExecutor(new ExtensionContext(directory, Map.of()))) {
            System.out.println(executor.isolation());
            List<LaunchHandle> handles = new ArrayList<>();
            for (int i = 0; i < replicas; i++) {
                LaunchId id = LaunchId.mint();
                Path place = Files.createDirectories(directory.resolve("runs").resolve(id.value()));
                // A program and a child, as most have.
                handles.add(executor.submit(new Launch(
                        id,
                        "bench",
                        place,
                        List.of(new Launch.Replica(
                                new ReplicaId("main", 0),
                                1,
                                "sleep 1000; echo over",
                                "",
                                List.of(),
                                List.of(),
                                0,
                                Resources.NONE)))));
            }
            try {
                while (executor.meter(handles).size() < replicas) {
                    Thread.sleep(200);
                }
                for (int i = 0; i < WARM; i++) {
                    executor.meter(handles);
                    Thread.sleep(EVERY.toMillis());
                }
                long before = own.getProcessCpuTime();
                long began = System.nanoTime();
                long looked = 0;
                for (int i = 0; i < LOOKS; i++) {
                    long look = System.nanoTime();
                    executor.meter(handles);
                    looked += System.nanoTime() - look;
                    Thread.sleep(EVERY.toMillis() - (System.nanoTime() - look) / 1_000_000);
                }
                double used = own.getProcessCpuTime() - before;
                double passed = System.nanoTime() - began;
                System.out.printf(
                        "%d replicas every %d s: %.2f %% of a core (all of this process); a look takes %.1f ms%n",
                        replicas, EVERY.toSeconds(), 100 * used / passed, looked / 1e6 / LOOKS);
            } finally {
                handles.forEach(handle -> executor.cancel(handle, Duration.ZERO));
                while (!executor.meter(handles).isEmpty()) {
                    Thread.sleep(100);
                }
            }
        }
    }
}
