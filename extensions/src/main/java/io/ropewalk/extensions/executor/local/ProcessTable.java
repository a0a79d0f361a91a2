package io.ropewalk.extensions.executor.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The kernel's list of processes.
final class ProcessTable {
    private static final Path PROC = Path.of("/proc");

    private ProcessTable() {}

    /// @param startTicks when it started, in clock ticks since the machine did
    record Stat(long pid, char state, long parent, long group, long session, long startTicks) {
        /// Ended, and waiting for its parent to notice.
        boolean isDead() {
            return state == 'Z' || state == 'X';
        }

        /// A line of `/proc/<pid>/stat`. The name in it may hold anything, also spaces and parentheses.
        static Stat parse(String line) {
            int name = line.lastIndexOf(')');
            String[] field = line.substring(name + 2).strip().split(" ", -1);
            return new Stat(
                    Long.parseLong(line, 0, line.indexOf(' '), 10),
                    field[0].charAt(0),
                    Long.parseLong(field[1]),
                    Long.parseLong(field[2]),
                    Long.parseLong(field[3]),
                    Long.parseLong(field[19]));
        }
    }

    static Optional<Stat> stat(long pid) {
        try {
            return Optional.of(Stat.parse(Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Every living process that carries the mark in its environment, descends from the root, or shares a process
    /// group with one that does.
    static List<Stat> family(long root, String mark) {
        Map<Long, Stat> all = all();
        Map<Long, Boolean> known = new HashMap<>();
        List<Stat> family = new ArrayList<>();
        for (Stat stat : all.values()) {
            if (descends(stat, root, all, known) || isMarked(stat.pid(), mark)) {
                family.add(stat);
            }
        }
        return family;
    }

    static boolean isMarked(long pid, String mark) {
        try {
            String environment =
                    "\0" + Files.readString(PROC.resolve(pid + "/environ"), StandardCharsets.ISO_8859_1) + "\0";
            return environment.contains("\0" + mark + "\0");
        } catch (IOException e) {
            // Gone meanwhile, or somebody else's.
            return false;
        }
    }

    /// What a process has in its environment behind these letters, such as `NAME=`; empty when nothing, or
    /// when it is somebody else's.
    static Optional<String> entry(long pid, String letters) {
        try {
            String environment =
                    "\0" + Files.readString(PROC.resolve(pid + "/environ"), StandardCharsets.ISO_8859_1) + "\0";
            int at = environment.indexOf("\0" + letters);
            return at < 0
                    ? Optional.empty()
                    : Optional.of(environment.substring(
                            at + 1 + letters.length(), environment.indexOf('\0', at + 1 + letters.length())));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static boolean isAnyWorkingIn(Path directory) {
        return all().keySet().stream().anyMatch(pid -> {
            try {
                return Files.readSymbolicLink(PROC.resolve(pid + "/cwd")).equals(directory);
            } catch (IOException e) {
                return false;
            }
        });
    }

    private static boolean descends(Stat stat, long root, Map<Long, Stat> all, Map<Long, Boolean> known) {
        if (stat.pid() == root) {
            return true;
        }
        Boolean before = known.get(stat.pid());
        if (before != null) {
            return before;
        }
        known.put(stat.pid(), false);
        Stat parent = all.get(stat.parent());
        boolean answer = parent != null && descends(parent, root, all, known);
        known.put(stat.pid(), answer);
        return answer;
    }

    /// Every living process, by pid.
    static Map<Long, Stat> all() {
        Map<Long, Stat> all = new HashMap<>();
        String[] names = PROC.toFile().list();
        for (String name : names == null ? new String[0] : names) {
            if (Character.isDigit(name.charAt(0))) {
                stat(Long.parseLong(name)).filter(stat -> !stat.isDead()).ifPresent(stat -> all.put(stat.pid(), stat));
            }
        }
        return all;
    }
}
