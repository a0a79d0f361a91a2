package io.ropewalk.extensions.executor.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The living processes of one attempt, its supervisor excepted, whatever they have done to get away.
///
/// @param mark the entry of the environment that all of them inherit
record AttemptProcesses(AttemptFiles attempt, String mark, String bootId) {
    /// Asks all to end.
    void terminate() {
        Set<Long> members = members();
        if (isSandboxed()) {
            // Ending the outermost process of a sandbox would leave what is in it without a voice.
            attempt.program()
                    .ifPresent(program -> members.remove(program.process().pid()));
        }
        members.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy));
    }

    /// Ends all that are there now.
    ///
    /// @return whether there were any
    boolean kill() {
        List<Path> groups = groups();
        groups.forEach(group -> ControlGroups.freeze(group, true));
        try {
            Set<Long> members = members();
            members.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            return !members.isEmpty();
        } finally {
            groups.forEach(group -> ControlGroups.freeze(group, false));
        }
    }

    boolean areThere() {
        return !members().isEmpty();
    }

    private boolean isSandboxed() {
        return Files.exists(attempt.directory().resolve("mounts"));
    }

    private List<Path> groups() {
        return attempt.claim().map(AttemptRecord.Claim::groups).orElse(List.of()).stream()
                .filter(Files::exists)
                .toList();
    }

    private Set<Long> members() {
        Set<Long> members = new LinkedHashSet<>();
        Optional<AttemptRecord.Claim> claim =
                attempt.claim().filter(found -> found.bootId().equals(bootId));
        if (claim.isEmpty()) {
            return members;
        }
        List<Path> groups = groups();
        groups.forEach(group -> members.addAll(ControlGroups.members(group)));
        boolean supervised = claim.get().process().isAlive();
        if (groups.isEmpty()) {
            long root = supervised ? claim.get().process().pid() : -1;
            List<ProcessTable.Stat> family = ProcessTable.family(root, mark);
            family.forEach(stat -> members.add(stat.pid()));
        }
        if (supervised) {
            members.remove(claim.get().process().pid());
        }
        return members;
    }
}
