package io.ropewalk.extensions.executor.local;

import io.ropewalk.spi.executor.LaunchHandle;
import io.ropewalk.spi.executor.ReplicaUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Measures the attempts that run: by their control groups as far as these count, else by their processes.
/// What never changes about an attempt is read once.
final class Meter {
    private final String bootId;
    private final Gpus gpus = new Gpus();
    private final Map<LaunchHandle, Plan> plans = new HashMap<>();
    private final Map<Path, Read> records = new HashMap<>();
    /// Processes that carry an attempt's mark. Without one they are looked at again: they may be about to get
    /// it.
    private final Map<Long, Marked> marked = new HashMap<>();

    Meter(String bootId) {
        this.bootId = bootId;
    }

    /// A record when it was so many bytes long; lines are only ever added.
    private record Read(long bytes, Optional<AttemptRecord> record) {}

    private record Marked(long startTicks, String mark) {}

    /// An attempt that has a program and no exit.
    private record Attempt(
            LaunchHandle handle, Plan.Place place, int number, AttemptRecord.Claim claim, Instant startedAt) {
        private String mark() {
            return LocalExecutor.markOf(handle.launch(), place.replica(), number);
        }
    }

    synchronized Map<LaunchHandle, List<ReplicaUse>> meter(Collection<LaunchHandle> handles) {
        List<Attempt> attempts = running(handles);
        Map<Attempt, Set<Long>> processes = new LinkedHashMap<>();
        Map<Attempt, List<Path>> groups = new HashMap<>();
        List<Attempt> groupless = new ArrayList<>();
        for (Attempt attempt : attempts) {
            List<Path> there =
                    attempt.claim().groups().stream().filter(Files::exists).toList();
            groups.put(attempt, there);
            if (there.isEmpty()) {
                groupless.add(attempt);
            } else {
                Set<Long> members = new LinkedHashSet<>();
                there.forEach(group -> members.addAll(ControlGroups.members(group)));
                if (attempt.claim().process().isAlive()) {
                    members.remove(attempt.claim().process().pid());
                }
                processes.put(attempt, members);
            }
        }
        if (!groupless.isEmpty()) {
            processes.putAll(families(groupless));
        }
        Map<LaunchHandle, List<ReplicaUse>> uses = new LinkedHashMap<>();
        processes.forEach((attempt, members) -> {
            if (!members.isEmpty()) {
                uses.computeIfAbsent(attempt.handle(), _ -> new ArrayList<>())
                        .add(use(attempt, members, groups.getOrDefault(attempt, List.of())));
            }
        });
        return uses;
    }

    private List<Attempt> running(Collection<LaunchHandle> handles) {
        plans.keySet().retainAll(new HashSet<>(handles));
        Map<Path, Read> before = new HashMap<>(records);
        records.clear();
        List<Attempt> running = new ArrayList<>();
        for (LaunchHandle handle : handles) {
            LaunchFiles files = new LaunchFiles(Path.of(handle.reference()));
            if (!plans.containsKey(handle)) {
                files.plan().ifPresent(plan -> plans.put(handle, plan));
            }
            Plan plan = plans.get(handle);
            for (Plan.Place place : plan == null ? List.<Plan.Place>of() : plan.places()) {
                OptionalInt latest = files.latestAttempt(place.replica());
                if (latest.isEmpty()) {
                    continue;
                }
                AttemptFiles attempt = files.attempt(place.replica(), latest.getAsInt());
                Read read = read(attempt, before.get(attempt.directory()));
                records.put(attempt.directory(), read);
                read.record()
                        .flatMap(record -> attempt(handle, place, latest.getAsInt(), record))
                        .ifPresent(running::add);
            }
        }
        return running;
    }

    private static Read read(AttemptFiles attempt, @Nullable Read before) {
        long bytes;
        try {
            bytes = Files.size(attempt.recordFile());
        } catch (IOException e) {
            return new Read(0, Optional.empty());
        }
        return before != null && before.bytes() == bytes ? before : new Read(bytes, attempt.record());
    }

    private Optional<Attempt> attempt(LaunchHandle handle, Plan.Place place, int number, AttemptRecord record) {
        if (record.exit().isPresent()) {
            return Optional.empty();
        }
        return record.claim()
                .filter(claim -> claim.bootId().equals(bootId))
                .flatMap(claim -> record.program()
                        .map(program -> new Attempt(handle, place, number, claim, program.startedAt())));
    }

    /// Whose each process of this machine is: a supervisor's descendants', or by its mark.
    private Map<Attempt, Set<Long>> families(List<Attempt> attempts) {
        Map<Long, ProcessTable.Stat> all = ProcessTable.all();
        Map<Long, Attempt> supervisors = new HashMap<>();
        Map<String, Attempt> marks = new HashMap<>();
        Map<Attempt, Set<Long>> families = new LinkedHashMap<>();
        for (Attempt attempt : attempts) {
            families.put(attempt, new LinkedHashSet<>());
            marks.put(attempt.mark(), attempt);
            ProcessTable.Stat supervisor = all.get(attempt.claim().process().pid());
            if (supervisor != null
                    && supervisor.startTicks() == attempt.claim().process().startTicks()) {
                supervisors.put(supervisor.pid(), attempt);
            }
        }
        marked.keySet().retainAll(all.keySet());
        for (ProcessTable.Stat stat : all.values()) {
            if (!supervisors.containsKey(stat.pid())) {
                ancestor(stat, all, supervisors)
                        .or(() -> mark(stat).map(marks::get))
                        .ifPresent(attempt ->
                                families.getOrDefault(attempt, Set.of()).add(stat.pid()));
            }
        }
        return families;
    }

    private static Optional<Attempt> ancestor(
            ProcessTable.Stat of, Map<Long, ProcessTable.Stat> all, Map<Long, Attempt> supervisors) {
        ProcessTable.Stat stat = of;
        for (int steps = 0; stat != null && steps < 10_000; steps++) {
            Attempt found = supervisors.get(stat.parent());
            if (found != null) {
                return Optional.of(found);
            }
            stat = all.get(stat.parent());
        }
        return Optional.empty();
    }

    private Optional<String> mark(ProcessTable.Stat stat) {
        Marked known = marked.get(stat.pid());
        if (known != null && known.startTicks() == stat.startTicks()) {
            return Optional.of(known.mark());
        }
        Optional<String> mark = ProcessTable.entry(stat.pid(), LocalExecutor.MARK);
        mark.ifPresent(found -> marked.put(stat.pid(), new Marked(stat.startTicks(), found)));
        return mark;
    }

    private ReplicaUse use(Attempt attempt, Set<Long> members, List<Path> groups) {
        OptionalLong groupMemory = ControlGroups.memory(groups);
        ProcessMeter processes = ProcessMeter.of(members, groupMemory.isEmpty());
        OptionalLong groupTime = ControlGroups.cpuNanos(groups);
        return new ReplicaUse(
                attempt.place().replica(),
                attempt.number(),
                attempt.startedAt(),
                Instant.now(),
                groupTime.isPresent() ? groupTime : processes.cpuNanos(),
                groupMemory.isPresent() ? groupMemory : processes.memoryBytes(),
                processes.diskRead(),
                processes.diskWritten(),
                // One machine's replicas share its network: what is whose cannot be told.
                OptionalLong.empty(),
                OptionalLong.empty(),
                gpus.measure(attempt.place().devices()));
    }
}
