package io.ropewalk.extensions.executor.local;

import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;

/// What processes use, added up from the kernel's list of them.
///
/// @param cpuNanos with what their ended children used
/// @param memoryBytes what each holds alone, and of what they share the largest part once
/// @param diskRead empty when a process belongs to somebody else, who is not to be looked at
record ProcessMeter(OptionalLong cpuNanos, OptionalLong memoryBytes, OptionalLong diskRead, OptionalLong diskWritten) {
    /// The kernel tells these times in hundredths of a second, whatever it counts in itself.
    private static final long NANOS_PER_TICK = 10_000_000;

    private static final long PAGE = 4096 * pages();

    static ProcessMeter of(Collection<Long> pids, boolean withMemory) {
        long ticks = 0;
        long alone = 0;
        long shared = 0;
        long read = 0;
        long written = 0;
        boolean seen = false;
        boolean diskSeen = true;
        for (long pid : pids) {
            OptionalLong spent = ticks(pid);
            if (spent.isEmpty()) {
                // It has ended meanwhile.
                continue;
            }
            seen = true;
            ticks += spent.getAsLong();
            if (withMemory) {
                String[] pages = KernelFile.text("/proc/" + pid + "/statm")
                        .orElse("0 0 0")
                        .split(" ", 4);
                long resident = Long.parseLong(pages[1]);
                long common = Long.parseLong(pages[2].strip());
                alone += Math.max(0, resident - common);
                shared = Math.max(shared, common);
            }
            Optional<String> io = KernelFile.text("/proc/" + pid + "/io").filter(text -> !text.isEmpty());
            OptionalLong in =
                    io.map(text -> KernelFile.number(text, "read_bytes")).orElse(OptionalLong.empty());
            OptionalLong out =
                    io.map(text -> KernelFile.number(text, "write_bytes")).orElse(OptionalLong.empty());
            diskSeen = diskSeen && in.isPresent() && out.isPresent();
            read += in.orElse(0);
            written += out.orElse(0);
        }
        return new ProcessMeter(
                some(seen, ticks * NANOS_PER_TICK),
                some(seen && withMemory, (alone + shared) * PAGE),
                some(seen && diskSeen, read),
                some(seen && diskSeen, written));
    }

    private static OptionalLong some(boolean measured, long value) {
        return measured ? OptionalLong.of(value) : OptionalLong.empty();
    }

    /// User and system time of a process and of its children that have ended.
    private static OptionalLong ticks(long pid) {
        Optional<String> line = KernelFile.text("/proc/" + pid + "/stat");
        int name = line.map(text -> text.lastIndexOf(')')).orElse(-1);
        if (name < 0) {
            return OptionalLong.empty();
        }
        String[] field = line.get().substring(name + 2).split(" ", 17);
        long sum = 0;
        for (int i = 11; i <= 14; i++) {
            sum += Long.parseLong(field[i]);
        }
        return OptionalLong.of(sum);
    }

    /// How many times 4 KiB a page of this machine has: what this process is said to hold, in pages and in
    /// KiB.
    private static long pages() {
        OptionalLong kilobytes = KernelFile.text("/proc/self/smaps")
                .map(text -> KernelFile.number(text, "KernelPageSize"))
                .orElse(OptionalLong.empty());
        return Math.max(1, kilobytes.orElse(4) / 4);
    }
}
