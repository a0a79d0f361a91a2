package io.ropewalk.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.ropewalk.access.Caller;
import io.ropewalk.access.Right;
import io.ropewalk.access.Scope;
import io.ropewalk.metric.UseStore;
import io.ropewalk.metric.UseStore.Sample;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.http.Call;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.http.NoInput;
import io.ropewalk.support.http.Reply;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What runs use of their machines, over HTTP.
final class UseApi {
    private static final Duration LONGEST_WINDOW = Duration.ofDays(7);
    private static final Duration SHORTEST_STEP = Duration.ofSeconds(10);
    private static final Duration LONGEST_STEP = Duration.ofHours(1);
    private static final Pattern STEP = Pattern.compile("([0-9]{1,6})(s|m|h)?");
    /// Steps to choose from, in seconds, when none is asked for; the first that gives no more points than
    /// this.
    private static final List<Integer> STEPS = List.of(10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600);

    private static final int DRAWN = 400;
    private static final int MOST_VALUES = 250_000;

    private final BiFunction<Scope, RunId, Run> runs;
    private final UseCollector collector;
    private final InstantSource clock;

    UseApi(BiFunction<Scope, RunId, Run> runs, UseCollector collector, InstantSource clock) {
        this.runs = runs;
        this.collector = collector;
        this.clock = clock;
    }

    List<Endpoint<?, ?>> endpoints() {
        return List.of(
                Endpoint.get(
                        "/api/v1/runs/{run}/use",
                        Right.READ,
                        OfRun.class,
                        Reply.of(RunUse.class),
                        "Read what a run used of its machines",
                        this::ofRun),
                Endpoint.get(
                        "/api/v1/server/use",
                        Right.READ,
                        NoInput.class,
                        Reply.of(ServerUse.class),
                        "Show what uses this machine now",
                        this::ofServer));
    }

    /// @param from when the window begins, such as `2026-01-31T12:00:00Z`, or in milliseconds since 1970; the run's
    ///     start, or a week before its end, when absent
    /// @param to when it ends; the run's end, or now, when absent
    /// @param step what one value stands for: `10s` to `1h`; chosen when absent
    /// @param replica only this one, such as `worker-0`
    record OfRun(
            String run,
            @Nullable String from,
            @Nullable String to,
            @Nullable String step,
            @Nullable String replica) {}

    /// @param metrics by component, of which a run is one
    /// @param start of the window, in milliseconds since 1970
    record RunUse(List<ComponentUse> metrics, long start, long end) {}

    /// @param metrics of each replica and device
    record ComponentUse(
            @JsonProperty("component_name") String componentName,
            @JsonProperty("component_type") String componentType,
            List<MetricUse> metrics) {}

    /// @param peak the largest that was measured in the window, between the steps too
    record MetricUse(UseMetric name, String unit, Map<String, String> labels, double peak, List<UsedValue> values) {}

    /// @param ts when the step begins, in milliseconds since 1970
    record UsedValue(long ts, double value) {}

    /// @param total of everything that this server runs, also what the caller may not see
    record ServerUse(Amounts total, List<RunNow> runs) {}

    record RunNow(String id, String name, String project, String workspace, int replicas, Amounts use) {}

    /// What is used now, in the units of the series of the same names; what cannot be measured is absent. A
    /// sum over replicas and devices; the temperature is the highest.
    record Amounts(
            @Nullable Double cpu,
            @Nullable Double memory,
            @Nullable Double gpu,
            @JsonProperty("gpu_memory") @Nullable Double gpuMemory,
            @JsonProperty("gpu_power") @Nullable Double gpuPower,
            @JsonProperty("gpu_temperature") @Nullable Double gpuTemperature,
            @JsonProperty("disk_read") @Nullable Double diskRead,
            @JsonProperty("disk_write") @Nullable Double diskWrite,
            @JsonProperty("net_in") @Nullable Double netIn,
            @JsonProperty("net_out") @Nullable Double netOut) {
        static Amounts of(List<Map<UseKey, Double>> uses) {
            Map<UseMetric, Double> sums = new TreeMap<>();
            uses.forEach(use -> use.forEach((key, value) -> sums.merge(
                    key.metric(), value, key.metric() == UseMetric.GPU_TEMPERATURE ? Math::max : Double::sum)));
            return new Amounts(
                    sums.get(UseMetric.CPU),
                    sums.get(UseMetric.MEMORY),
                    sums.get(UseMetric.GPU),
                    sums.get(UseMetric.GPU_MEMORY),
                    sums.get(UseMetric.GPU_POWER),
                    sums.get(UseMetric.GPU_TEMPERATURE),
                    sums.get(UseMetric.DISK_READ),
                    sums.get(UseMetric.DISK_WRITE),
                    sums.get(UseMetric.NET_IN),
                    sums.get(UseMetric.NET_OUT));
        }
    }

    private RunUse ofRun(OfRun request, Call call) {
        Run run = runs.apply(Caller.of(call).scope(), new RunId(request.run()));
        Instant began = run.startedAt() == null ? run.createdAt() : run.startedAt();
        Instant ended = run.endedAt() == null ? clock.instant() : run.endedAt();
        Instant to = time("to", request.to()).orElse(ended);
        Instant aWeekAgo = to.minus(LONGEST_WINDOW);
        Instant from = time("from", request.from()).orElse(began.isAfter(aWeekAgo) ? began : aWeekAgo);
        Duration window = Duration.between(from, to);
        if (window.isNegative() || window.compareTo(LONGEST_WINDOW) > 0) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "A window ends after it begins and is at most 7 days long; this one is from %s to %s."
                            .formatted(from, to));
        }
        long step = step(request.step(), window).toMillis();
        List<Sample> samples = UseStore.stretches(
                collector.samples(run.id(), from.toEpochMilli(), to.toEpochMilli() + 1).stream()
                        .filter(sample -> request.replica() == null
                                || UseKey.parse(sample.series()).replica().equals(request.replica()))
                        .toList(),
                step);
        if (samples.size() > MOST_VALUES) {
            throw new RopewalkException(
                    ErrorCode.TOO_LARGE,
                    "These are %d values and at most %d are sent at once; ask with a longer 'step', or for one 'replica'."
                            .formatted(samples.size(), MOST_VALUES));
        }
        Map<UseKey, List<Sample>> series = new TreeMap<>();
        samples.forEach(sample -> series.computeIfAbsent(UseKey.parse(sample.series()), _ -> new ArrayList<>())
                .add(sample));
        List<MetricUse> metrics = new ArrayList<>();
        series.forEach((key, values) -> metrics.add(new MetricUse(
                key.metric(),
                key.metric().unit(),
                key.labels(),
                rounded(values.stream().mapToDouble(Sample::largest).max().orElseThrow()),
                values.stream()
                        .map(value -> new UsedValue(value.at(), rounded(value.value())))
                        .toList())));
        return new RunUse(
                metrics.isEmpty() ? List.of() : List.of(new ComponentUse(run.name(), "task", metrics)),
                from.toEpochMilli(),
                to.toEpochMilli());
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    private static Optional<Instant> time(String name, @Nullable String text) {
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    text.matches("[0-9]{1,15}") ? Instant.ofEpochMilli(Long.parseLong(text)) : Instant.parse(text));
        } catch (DateTimeParseException e) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "'%s' is a time such as 2026-01-31T12:00:00Z, or milliseconds since 1970; '%s' is neither."
                            .formatted(name, text),
                    e);
        }
    }

    private static Duration step(@Nullable String text, Duration window) {
        if (text == null) {
            int chosen = STEPS.stream()
                    .filter(seconds -> window.toSeconds() / seconds <= DRAWN)
                    .findFirst()
                    .orElse(STEPS.getLast());
            return Duration.ofSeconds(chosen);
        }
        Matcher matcher = STEP.matcher(text);
        if (matcher.matches()) {
            long count = Long.parseLong(matcher.group(1));
            String unit = matcher.group(2) == null ? "s" : matcher.group(2);
            Duration step = switch (unit) {
                case "h" -> Duration.ofHours(count);
                case "m" -> Duration.ofMinutes(count);
                default -> Duration.ofSeconds(count);
            };
            if (step.compareTo(SHORTEST_STEP) >= 0 && step.compareTo(LONGEST_STEP) <= 0) {
                return step;
            }
        }
        throw new RopewalkException(
                ErrorCode.INVALID_REQUEST, "'step' is from 10s to 1h, such as 30s or 5m; '%s' is not.".formatted(text));
    }

    private ServerUse ofServer(NoInput request, Call call) {
        Scope scope = Caller.of(call).scope();
        List<UseCollector.Current> all = collector.now();
        return new ServerUse(
                Amounts.of(all.stream().map(UseCollector.Current::values).toList()),
                all.stream()
                        .filter(use -> sees(scope, use.run()))
                        .map(use -> new RunNow(
                                use.run().id().value(),
                                use.run().name(),
                                use.run().home().project(),
                                use.run().home().workspace(),
                                (int) use.values().keySet().stream()
                                        .map(UseKey::replica)
                                        .distinct()
                                        .count(),
                                Amounts.of(List.of(use.values()))))
                        .toList());
    }

    private static boolean sees(Scope scope, Run run) {
        return switch (scope) {
            case Scope.Everything() -> true;
            case Scope.Nothing() -> false;
            case Scope.OneProject(var workspace, var project) ->
                run.home().workspaceId().equals(workspace)
                        && run.home().projectId().equals(project);
        };
    }
}
