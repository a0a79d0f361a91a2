package io.ropewalk.extensions.executor.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How this machine lets a replica see files at other paths than they are at.
sealed interface Isolation {
    Logger LOG = LoggerFactory.getLogger(Isolation.class);

    /// Mounts of the replica's own, at any path.
    ///
    /// @param ownProcesses the replica sees only its own processes, and all end with its first
    /// @param layers a private mount is a layer over the tree, made at once; otherwise it is a copy
    record Mounts(Path bubblewrap, boolean ownProcesses, boolean layers) implements Isolation {}

    /// Symbolic links and copies below a directory of the replica's own.
    record Directories(String reason) implements Isolation {}

    /// Finds out by trying.
    ///
    /// @param scratch an existing directory on the file system that replicas will use
    static Isolation detect(LocalSettings settings, Path scratch) {
        if (settings.isolation() == LocalSettings.IsolationWish.DIRECTORIES) {
            return new Directories("local.isolation is set to directories");
        }
        Optional<Path> bubblewrap = find("bwrap");
        if (bubblewrap.isEmpty()) {
            return new Directories("bubblewrap is not installed (package bubblewrap)");
        }
        String program = bubblewrap.get().toString();
        String refusal = refusal(program, "--dev-bind", "/", "/", "--unshare-pid", "--proc", "/proc", "true");
        if (refusal.isEmpty()) {
            return new Mounts(bubblewrap.get(), true, canLayer(scratch));
        }
        if (refusal(program, "--dev-bind", "/", "/", "true").isEmpty()) {
            return new Mounts(bubblewrap.get(), false, canLayer(scratch));
        }
        return new Directories("bubblewrap is installed but may not be used here (" + refusal + ")");
    }

    static Optional<Path> find(String program) {
        return Stream.concat(
                        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1)),
                        Stream.of("/usr/bin", "/bin", "/usr/sbin", "/sbin"))
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static boolean canLayer(Path scratch) {
        Optional<Path> unshare = find("unshare");
        Optional<Path> mount = find("mount");
        if (unshare.isEmpty() || mount.isEmpty()) {
            return false;
        }
        Path place = scratch.resolve("layers-" + UUID.randomUUID());
        List<Path> directories = Stream.of("lower", "upper", "work", "merged")
                .map(place::resolve)
                .toList();
        try {
            for (Path directory : directories) {
                Files.createDirectories(directory);
            }
            return refusal(
                            unshare.get().toString(),
                            "--mount",
                            "--propagation",
                            "private",
                            mount.get().toString(),
                            "-t",
                            "overlay",
                            "overlay",
                            "-o",
                            "lowerdir=%s,upperdir=%s,workdir=%s"
                                    .formatted(directories.get(0), directories.get(1), directories.get(2)),
                            directories.get(3).toString())
                    .isEmpty();
        } catch (IOException e) {
            LOG.debug("Layers cannot be tried below {}", scratch, e);
            return false;
        } finally {
            FileTrees.delete(place);
        }
    }

    /// What a command says when it fails; empty when it succeeds.
    private static String refusal(String... command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().keySet().retainAll(Map.of("PATH", "").keySet());
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "it did not end";
            }
            return process.exitValue() == 0 ? "" : output.isEmpty() ? "exit code " + process.exitValue() : output;
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
