package io.ropewalk.extensions.executor.local;

import io.ropewalk.spi.executor.Resources;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this machine is and has.
final class Machine {
    private static final Logger LOG = LoggerFactory.getLogger(Machine.class);

    private final LocalSettings settings;
    private final String bootId;
    private final String host;
    private final CompletableFuture<Integer> gpus;

    Machine(LocalSettings settings) throws IOException {
        this.settings = settings;
        bootId = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        gpus = settings.gpus().isPresent()
                ? CompletableFuture.completedFuture(settings.gpus().getAsInt())
                : CompletableFuture.supplyAsync(Machine::countGpus, Background.THREADS);
    }

    String bootId() {
        return bootId;
    }

    String host() {
        return host;
    }

    int gpus() {
        return gpus.join();
    }

    Resources capacity() {
        return new Resources(
                settings.milliCpu().orElseGet(Machine::processors),
                settings.memoryBytes().orElseGet(Machine::memory),
                gpus());
    }

    private static long processors() {
        // The JVM counts within the quota of the control group that it is in.
        return 1000L * Runtime.getRuntime().availableProcessors();
    }

    private static long memory() {
        // The JVM asks the control group, and where that has no limit the kernel.
        return ((com.sun.management.OperatingSystemMXBean)
                        java.lang.management.ManagementFactory.getOperatingSystemMXBean())
                .getTotalMemorySize();
    }

    /// The driver's tool knows best; where it is absent or silent, the device files tell.
    private static int countGpus() {
        if (!Files.exists(Path.of("/dev/nvidiactl")) && !Files.exists(Path.of("/dev/dxg"))) {
            return 0;
        }
        try {
            Process list = new ProcessBuilder("nvidia-smi", "-L")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            list.getOutputStream().close();
            CompletableFuture<Integer> lines = CompletableFuture.supplyAsync(
                    () -> (int) list.inputReader()
                            .lines()
                            .filter(line -> line.startsWith("GPU "))
                            .count(),
                    Background.THREADS);
            if (list.waitFor(20, TimeUnit.SECONDS) && list.exitValue() == 0) {
                return lines.join();
            }
            list.destroyForcibly();
        } catch (IOException e) {
            LOG.debug("nvidia-smi cannot be run", e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return countDeviceFiles();
    }

    private static int countDeviceFiles() {
        int count = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/dev"), "nvidia[0-9]*")) {
            for (Path _ : files) {
                count++;
            }
        } catch (IOException e) {
            LOG.warn("The devices of this machine cannot be listed: no GPU is given out.", e);
        }
        return count;
    }
}
