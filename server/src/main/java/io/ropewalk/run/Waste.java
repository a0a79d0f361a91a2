package io.ropewalk.run;

import io.ropewalk.metric.UseStore.Sample;
import io.ropewalk.project.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/// What a run asked for and did not need, so that others waited in vain. Pure.
final class Waste {
    static final String REASON = "AskedTooMuch";

    /// Less than this is not worth a word.
    private static final long MUCH_MEMORY = 1_000_000_000;

    private static final long MANY_CPUS = 2000;
    /// What is asked for is too much when not even this part of it was ever used.
    private static final int PART = 4;
    /// Fewer looks at a replica tell nothing.
    static final int LOOKS = 3;
    /// What is suggested: the peak and half of it, in whole portions.
    private static final double ROOM = 1.5;

    private static final long MEMORY_PORTION = 256L << 20;
    private static final long CPU_PORTION = 500;
    private static final double BYTES = 1e6;
    private static final double MILLI = 10;

    private Waste() {}

    static List<Incident> of(RunSpecification specification, List<Sample> samples, Instant now) {
        List<Incident> told = new ArrayList<>();
        for (Role role : specification.task().roles()) {
            long memory = role.resources().memoryBytes();
            if (memory >= MUCH_MEMORY) {
                peak(role, UseMetric.MEMORY, samples).ifPresent(peak -> {
                    if (peak * BYTES < (double) memory / PART) {
                        long enough = portions(peak * BYTES * ROOM, MEMORY_PORTION);
                        told.add(Incident.normal(
                                now,
                                REASON,
                                role.name(),
                                "it asked for %s of memory and held %s at most; 'resources: {memory: %dMi}' would be enough, and lets others start"
                                        .formatted(size((double) memory), size(peak * BYTES), enough >> 20)));
                    }
                });
            }
            long cpu = role.resources().milliCpu();
            if (cpu >= MANY_CPUS) {
                peak(role, UseMetric.CPU, samples).ifPresent(peak -> {
                    if (peak * MILLI < (double) cpu / PART) {
                        long enough = portions(peak * MILLI * ROOM, CPU_PORTION);
                        told.add(Incident.normal(
                                now,
                                REASON,
                                role.name(),
                                "it asked for %s CPUs and used %s at most; 'resources: {cpu: %dm}' would be enough, and lets others start"
                                        .formatted(number(cpu / 1000.0), number(Math.max(0.01, peak / 100)), enough)));
                    }
                });
            }
        }
        return told;
    }

    /// The most that any of the role's replicas used; empty when they were hardly looked at.
    private static OptionalDouble peak(Role role, UseMetric metric, List<Sample> samples) {
        double[] values = samples.stream()
                .filter(sample -> {
                    UseKey key = UseKey.parse(sample.series());
                    int dash = key.replica().lastIndexOf('-');
                    return key.metric() == metric
                            && key.replica().substring(0, dash).equals(role.name());
                })
                .mapToDouble(Sample::largest)
                .toArray();
        return values.length < LOOKS * role.replicas()
                ? OptionalDouble.empty()
                : Arrays.stream(values).max();
    }

    private static long portions(double amount, long portion) {
        return Math.max(1, (long) Math.ceil(amount / portion)) * portion;
    }

    private static String size(double bytes) {
        return bytes >= 1L << 30 ? number(bytes / (1L << 30)) + " GiB" : number(bytes / (1L << 20)) + " MiB";
    }

    /// At most three digits that count.
    private static String number(double value) {
        String text = String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
        return text.contains(".") ? text.replaceFirst("\\.?0+$", "") : text;
    }
}
