package io.ropewalk.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A run's state role by role, in the words of Kubernetes, which existing dashboards read.
///
/// @param reasonCode `insufficient` when it waits for a place, else `error`
public record RunStatus(
        String type,
        String name,
        String status,
        String health,
        @Nullable String reason,
        @JsonProperty("ReasonCode") @Nullable String reasonCode,
        @JsonProperty("resource_states") List<ResourceState> resourceStates) {

    public record ResourceState(String name, String status, List<Resource> resources, List<Event> events) {}

    public record Resource(String name, String status) {}

    public record Event(
            String reason,
            String message,
            EventSource source,
            Instant firstTimestamp,
            Instant lastTimestamp,
            long count,
            String type) {}

    public record EventSource(String component, String host) {}

    static RunStatus of(Run run, List<Replica> attempts, List<Incident> incidents) {
        Map<String, List<Resource>> roles = new LinkedHashMap<>();
        Map<String, Replica> latest = new LinkedHashMap<>();
        attempts.forEach(replica -> latest.put(replica.id().toString(), replica));
        for (var id : run.specification().replicaIds()) {
            Replica replica = latest.getOrDefault(id.toString(), Replica.waiting(id, 1));
            roles.computeIfAbsent(id.role(), _ -> new ArrayList<>())
                    .add(new Resource(id.toString(), word(run, replica)));
        }
        List<ResourceState> states = new ArrayList<>();
        List<String> all = new ArrayList<>();
        roles.forEach((role, resources) -> {
            List<String> words = resources.stream().map(Resource::status).toList();
            all.addAll(words);
            boolean settled = words.stream().allMatch(word -> word.equals("Running") || word.equals("Completed"));
            states.add(new ResourceState(
                    role, overall(words), resources, settled ? List.of() : eventsOf(role, resources, incidents)));
        });
        String reason = reason(run, incidents);
        return new RunStatus(
                "task",
                run.name(),
                overall(all),
                run.state() instanceof RunState.Failed ? "unhealthy" : "healthy",
                reason,
                reason == null
                        ? null
                        : reason.toLowerCase(java.util.Locale.ROOT).contains("insufficient") ? "insufficient" : "error",
                states);
    }

    /// One word for many: of two different ones the more telling, else the one that most have.
    static String overall(List<String> words) {
        Set<String> distinct = new LinkedHashSet<>(words);
        if (distinct.isEmpty()) {
            return "Unknown";
        }
        if (distinct.size() == 2) {
            for (String telling : List.of("Terminating", "ContainerCreating")) {
                if (distinct.contains(telling)) {
                    return telling;
                }
            }
            if (distinct.equals(Set.of("Completed", "Running"))) {
                return "Running";
            }
            if (distinct.contains("CrashLoopBackOff")) {
                return "CrashLoopBackOff";
            }
        }
        return distinct.stream()
                .max(java.util.Comparator.comparingLong(
                        word -> words.stream().filter(word::equals).count()))
                .orElseThrow();
    }

    private static String word(Run run, Replica replica) {
        return switch (replica.state()) {
            case WAITING ->
                switch (run.state()) {
                    case RunState.Queued _ -> "Pending";
                    case RunState.Starting _ -> "ContainerCreating";
                    case RunState.Running _, RunState.Ending _ -> "CrashLoopBackOff";
                    case RunState.Final _ -> "Terminated";
                };
            case RUNNING -> run.state() instanceof RunState.Ending ? "Terminating" : "Running";
            case SUCCEEDED -> "Completed";
            case FAILED -> "Error";
            case STOPPED -> "Terminated";
            case LOST -> "Unknown";
        };
    }

    private static List<Event> eventsOf(String role, List<Resource> resources, List<Incident> incidents) {
        Set<String> names = new LinkedHashSet<>(List.of("run", "environment", role));
        resources.forEach(resource -> names.add(resource.name()));
        return incidents.stream()
                .filter(incident -> names.contains(incident.component())
                        || incident.component().startsWith("source "))
                .map(incident -> new Event(
                        incident.reason(),
                        incident.message(),
                        new EventSource(incident.component(), incident.host()),
                        incident.firstSeenAt(),
                        incident.lastSeenAt(),
                        incident.count(),
                        incident.type() == Incident.Type.NORMAL ? "Normal" : "Warning"))
                .toList();
    }

    private static @Nullable String reason(Run run, List<Incident> incidents) {
        if (run.state() instanceof RunState.Queued queued && !queued.reason().isEmpty()) {
            return "Insufficient: " + queued.reason();
        }
        if (run.state() instanceof RunState.Failed failed) {
            return failed.message();
        }
        return incidents.stream()
                .filter(incident -> incident.reason().equals("FailedMount"))
                .reduce((_, later) -> later)
                .map(Incident::message)
                .orElse(null);
    }
}
