package io.ropewalk.run;

import io.ropewalk.metric.UseStore.Sample;
import io.ropewalk.project.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/// What a run asked for and did not need, so that others waited in vain. Pure.
final class Waste {
    static final String REASON = "AskedTooMuch";

    /// What is asked for is too much when not even this part of it was ever used.
    private static final int PART = 4;
    /// Fewer looks at a replica tell nothing.
    static final int LOOKS = 3;
    /// What is suggested: the peak and half of it, in whole portions.
    private static final double ROOM = 1.5;

    private Waste() {}

    /// What a role asks for, in bytes or thousandths of a CPU.
    private enum Resource {
        MEMORY(UseMetric.MEMORY, 1e6, 1_000_000_000, 256L << 20),
        CPU(UseMetric.CPU, 10, 2000, 500);

        final UseMetric metric;
        /// How many make one of what is measured.
        final double measure;
        /// Less than this is not worth a word.
        final long much;
        final long portion;

        Resource(UseMetric metric, double measure, long much, long portion) {
            this.metric = metric;
            this.measure = measure;
            this.much = much;
            this.portion = portion;
        }

        long askedBy(Role role) {
            return switch (this) {
                case MEMORY -> role.resources().memoryBytes();
                case CPU -> role.resources().milliCpu();
            };
        }

        String told(long asked, double used, long enough) {
            return switch (this) {
                case MEMORY ->
                    "it asked for %s of memory and held %s at most; 'resources: {memory: %dMi}' would be enough, and lets others start"
                            .formatted(size((double) asked), size(used), enough >> 20);
                case CPU ->
                    "it asked for %s CPUs and used %s at most; 'resources: {cpu: %dm}' would be enough, and lets others start"
                            .formatted(number(asked / 1000.0), number(Math.max(0.01, used / 1000)), enough);
            };
        }
    }

    static List<Incident> of(RunSpecification specification, List<Sample> samples, Instant now) {
        List<Incident> told = new ArrayList<>();
        for (Role role : specification.task().roles()) {
            for (Resource resource : Resource.values()) {
                told(role, resource, samples)
                        .ifPresent(text -> told.add(Incident.normal(now, REASON, role.name(), text)));
            }
        }
        return told;
    }

    private static Optional<String> told(Role role, Resource resource, List<Sample> samples) {
        long asked = resource.askedBy(role);
        OptionalDouble peak = peak(role, resource.metric, samples);
        if (asked < resource.much || peak.isEmpty()) {
            return Optional.empty();
        }
        double used = peak.getAsDouble() * resource.measure;
        return used < (double) asked / PART
                ? Optional.of(resource.told(asked, used, portions(used * ROOM, resource.portion)))
                : Optional.empty();
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
