package io.ropewalk.extensions.executor.local;

import io.ropewalk.spi.executor.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The control groups that this process may make: one in each hierarchy for an attempt, so that no process can leave
/// it and limits hold for all of it together. Where the machine permits none, the list of hierarchies is empty.
final class ControlGroups {
    private static final Logger LOG = LoggerFactory.getLogger(ControlGroups.class);
    private static final Duration STARTING_TAKES_LESS_THAN = Duration.ofMinutes(1);

    private static final String PARENT = "ropewalk";

    /// A directory below which this process may make groups.
    ///
    /// @param version 1 or 2
    /// @param controllers what groups below it can limit: `memory`, `cpu`
    record Hierarchy(Path base, int version, Set<String> controllers) {
        Hierarchy {
            controllers = Set.copyOf(controllers);
        }
    }

    private final List<Hierarchy> hierarchies;
    private final String prefix;

    ControlGroups(List<Hierarchy> hierarchies, String prefix) {
        this.hierarchies = List.copyOf(hierarchies);
        this.prefix = prefix;
    }

    /// Finds out by trying.
    ///
    /// @param prefix of the names of all groups, unlike that of any other server on this machine
    static ControlGroups detect(String prefix) {
        List<Hierarchy> found = new ArrayList<>();
        try {
            List<String> mine = Files.readAllLines(Path.of("/proc/self/cgroup"));
            for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
                place(line, mine).ifPresent(hierarchy -> {
                    if (canBeJoined(hierarchy)) {
                        found.add(hierarchy);
                    } else {
                        discard(hierarchy.base());
                    }
                });
            }
        } catch (IOException e) {
            LOG.debug("Control groups cannot be looked up", e);
        }
        return new ControlGroups(found, prefix);
    }

    boolean canLimit(String controller) {
        return hierarchies.stream()
                .anyMatch(hierarchy -> hierarchy.controllers().contains(controller));
    }

    boolean holdTrees() {
        return hierarchies.stream().anyMatch(hierarchy -> hierarchy.version() == 2);
    }

    /// Makes a group that holds the processes of one attempt together, where that is cheap. A group of version 1
    /// takes about as long as the start of a program.
    List<Path> createToHold() {
        return create(hierarchies.stream()
                .filter(hierarchy -> hierarchy.version() == 2)
                .toList());
    }

    /// Makes every group that an attempt may need.
    List<Path> createAll() {
        return create(hierarchies);
    }

    /// Sets the limits, and makes the groups that are wanting for them.
    ///
    /// @param groups that the attempt has already
    /// @return the others
    List<Path> limit(List<Path> groups, Resources limits) throws IOException {
        List<Path> further = create(hierarchies.stream()
                .filter(hierarchy -> groups.stream().noneMatch(group -> group.startsWith(hierarchy.base())))
                .filter(hierarchy -> (limits.memoryBytes() > 0
                                && hierarchy.controllers().contains("memory"))
                        || (limits.milliCpu() > 0 && hierarchy.controllers().contains("cpu")))
                .toList());
        set(groups, limits);
        set(further, limits);
        return further;
    }

    private List<Path> create(List<Hierarchy> where) {
        List<Path> groups = new ArrayList<>();
        String name = prefix + UUID.randomUUID();
        for (Hierarchy hierarchy : where) {
            try {
                groups.add(Files.createDirectory(hierarchy.base().resolve(name)));
            } catch (NoSuchFileException e) {
                // Somebody has tidied up the parent.
                groups.add(recreate(hierarchy, name));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return groups;
    }

    private static Path recreate(Hierarchy hierarchy, String name) {
        try {
            return Files.createDirectories(hierarchy.base().resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void set(List<Path> groups, Resources limits) throws IOException {
        for (Path group : groups) {
            if (limits.memoryBytes() > 0) {
                set(group, "memory.limit_in_bytes", Long.toString(limits.memoryBytes()));
                trySet(group, "memory.memsw.limit_in_bytes", Long.toString(limits.memoryBytes()));
                set(group, "memory.max", Long.toString(limits.memoryBytes()));
                trySet(group, "memory.swap.max", "0");
            }
            if (limits.milliCpu() > 0) {
                set(group, "cpu.cfs_quota_us", Long.toString(Math.max(1000, limits.milliCpu() * 100)));
                set(group, "cpu.max", Math.max(1000, limits.milliCpu() * 100) + " 100000");
            }
        }
    }

    /// Processor time of all that was ever in one of these groups; empty when none of them counts it.
    static OptionalLong cpuNanos(List<Path> groups) {
        for (Path group : groups) {
            OptionalLong micros = KernelFile.number(group.resolve("cpu.stat"), "usage_usec ");
            if (micros.isPresent()) {
                return OptionalLong.of(micros.getAsLong() * 1000);
            }
            OptionalLong nanos = KernelFile.number(group.resolve("cpuacct.usage"));
            if (nanos.isPresent()) {
                return nanos;
            }
        }
        return OptionalLong.empty();
    }

    /// The working set: all that is accounted to a group but files that were not used for a while, which the
    /// kernel drops when it needs room. Empty when none of the groups counts it.
    static OptionalLong memory(List<Path> groups) {
        for (Path group : groups) {
            OptionalLong all = KernelFile.number(group.resolve("memory.current"));
            String idle = "inactive_file ";
            if (all.isEmpty()) {
                all = KernelFile.number(group.resolve("memory.usage_in_bytes"));
                idle = "total_inactive_file ";
            }
            if (all.isPresent()) {
                return OptionalLong.of(Math.max(
                        0,
                        all.getAsLong()
                                - KernelFile.number(group.resolve("memory.stat"), idle)
                                        .orElse(0)));
            }
        }
        return OptionalLong.empty();
    }

    /// The processes in a group; none when the group is gone.
    static List<Long> members(Path group) {
        try {
            return Files.readAllLines(group.resolve("cgroup.procs"), StandardCharsets.US_ASCII).stream()
                    .filter(line -> !line.isEmpty())
                    .map(Long::valueOf)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /// Stops or lets go all processes of a group, where the kernel can do so.
    static void freeze(Path group, boolean frozen) {
        trySet(group, "cgroup.freeze", frozen ? "1" : "0");
    }

    /// Removes groups that are empty; leaves others.
    static void remove(List<Path> groups) {
        groups.forEach(ControlGroups::discard);
    }

    /// Removes the groups that crashes have left.
    void sweep() {
        for (Hierarchy hierarchy : hierarchies) {
            try (DirectoryStream<Path> groups = Files.newDirectoryStream(hierarchy.base(), prefix + "*")) {
                for (Path group : groups) {
                    if (Files.isDirectory(group)
                            && Files.getLastModifiedTime(group)
                                    .toInstant()
                                    .isBefore(Instant.now().minus(STARTING_TAKES_LESS_THAN))) {
                        discard(group);
                    }
                }
            } catch (IOException e) {
                LOG.debug("Control groups below {} cannot be listed", hierarchy.base(), e);
            }
        }
    }

    private static void discard(Path group) {
        try {
            Files.deleteIfExists(group);
        } catch (IOException e) {
            LOG.debug("The control group {} is still in use", group);
        }
    }

    private static void set(Path group, String file, String value) throws IOException {
        Path path = group.resolve(file);
        if (Files.exists(path)) {
            Files.writeString(path, value);
        }
    }

    private static void trySet(Path group, String file, String value) {
        try {
            set(group, file, value);
        } catch (IOException e) {
            LOG.debug("{} of {} cannot be set to {}", file, group, value, e);
        }
    }

    /// @param mount a line of `/proc/self/mountinfo`
    /// @param mine the lines of `/proc/self/cgroup`
    private static Optional<Hierarchy> place(String mount, List<String> mine) {
        String[] field = mount.split(" ", -1);
        int dash = List.of(field).indexOf("-");
        String type = field[dash + 1];
        Set<String> options = Set.of(field[dash + 3].split(",", -1));
        Path mountPoint = Path.of(field[4].replace("\\040", " "));
        if (type.equals("cgroup2")) {
            return placeInVersion2(below(mountPoint, field[3], mine, ""), mountPoint);
        }
        if (type.equals("cgroup") && (options.contains("memory") || options.contains("cpu"))) {
            String controller = options.contains("memory") ? "memory" : "cpu";
            return make(below(mountPoint, field[3], mine, controller).resolve(PARENT))
                    .map(base -> new Hierarchy(base, 1, Set.of(controller)));
        }
        return Optional.empty();
    }

    /// Below a group that holds processes no group can have limits, except below the root; so the search goes up from
    /// our own group to the first that lets us make groups with limits.
    private static Optional<Hierarchy> placeInVersion2(Path own, Path mountPoint) {
        Optional<Hierarchy> withoutLimits = Optional.empty();
        for (Path parent = own; parent != null && parent.startsWith(mountPoint); parent = parent.getParent()) {
            Optional<Path> base = make(parent.resolve(PARENT));
            if (base.isEmpty()) {
                continue;
            }
            Set<String> controllers = new LinkedHashSet<>();
            for (String controller : List.of("memory", "cpu")) {
                trySet(parent, "cgroup.subtree_control", "+" + controller);
                trySet(base.get(), "cgroup.subtree_control", "+" + controller);
                if (words(base.get().resolve("cgroup.subtree_control")).contains(controller)) {
                    controllers.add(controller);
                }
            }
            Hierarchy hierarchy = new Hierarchy(base.get(), 2, controllers);
            if (!controllers.isEmpty()) {
                withoutLimits.ifPresent(worse -> discard(worse.base()));
                return Optional.of(hierarchy);
            }
            if (withoutLimits.isEmpty()) {
                withoutLimits = Optional.of(hierarchy);
            } else {
                discard(hierarchy.base());
            }
        }
        return withoutLimits;
    }

    /// Where this process is in a hierarchy, as seen through its mount.
    private static Path below(Path mountPoint, String mountRoot, List<String> mine, String controller) {
        for (String line : mine) {
            String[] field = line.split(":", 3);
            if (List.of(field[1].split(",", -1)).contains(controller)) {
                Path root = Path.of(mountRoot);
                Path own = Path.of(field[2]);
                return own.startsWith(root) ? mountPoint.resolve(root.relativize(own)) : mountPoint;
            }
        }
        return mountPoint;
    }

    private static Optional<Path> make(Path directory) {
        try {
            return Optional.of(Files.createDirectories(directory));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Set<String> words(Path file) {
        try {
            return Set.of(Files.readString(file).strip().split(" ", -1));
        } catch (IOException e) {
            return Set.of();
        }
    }

    /// Making a group is often permitted where moving a process into it is not.
    private static boolean canBeJoined(Hierarchy hierarchy) {
        Path probe = hierarchy.base().resolve("probe-" + UUID.randomUUID());
        try {
            Files.createDirectory(probe);
            Process shell = new ProcessBuilder(
                            "/bin/sh",
                            "-c",
                            "echo $$ > \"$1\"",
                            "sh",
                            probe.resolve("cgroup.procs").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return shell.waitFor(10, TimeUnit.SECONDS) && shell.exitValue() == 0;
        } catch (NotDirectoryException e) {
            return false;
        } catch (IOException e) {
            LOG.debug("No control groups below {}", hierarchy.base(), e);
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            discard(probe);
        }
    }
}
