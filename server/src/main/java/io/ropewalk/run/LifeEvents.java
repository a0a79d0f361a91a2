package io.ropewalk.run;

import io.ropewalk.project.ProjectDocument.Source;
import io.ropewalk.spi.source.SourceType.Pin;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What people are told of the life that every run has. Pure: the same change always tells the same, so it can be
/// stored with the change itself.
final class LifeEvents {
    private static final int NAMED = 10;

    private LifeEvents() {}

    /// Of a run that has just been accepted.
    static List<Incident> first(Run run) {
        Instant at = run.createdAt();
        if (run.kind() == Run.Kind.TRACKED) {
            return List.of(Incident.normal(at, "Started", "run", "it runs outside this server"));
        }
        List<Incident> told = new ArrayList<>();
        Run.Earlier earlier = run.origin().earlier();
        if (earlier != null) {
            told.add(Incident.normal(at, "GoesOn", "run", "it goes on from run " + earlier.name()));
        }
        run.specification().pins().forEach((source, pin) -> {
            if (!pin.revision().isEmpty()) {
                told.add(Incident.normal(at, "Pinned", "source " + source, "it stands for " + words(pin)));
            }
        });
        if (run.state() instanceof RunState.Queued(Instant _, String reason)) {
            told.add(queued(at, reason));
        } else {
            told.add(Incident.normal(at, "Scheduled", "run", "there was room for it at once"));
        }
        return told;
    }

    static Incident queued(Instant at, String reason) {
        return Incident.normal(at, "Queued", "run", reason);
    }

    static Incident stopping(Instant at, String by) {
        return Incident.normal(at, "Stopping", "run", by + " asked it to end");
    }

    /// Of a run between two moments.
    ///
    /// @param replicas as they are at the second one
    static List<Incident> between(Run before, Run after, List<Replica> replicas) {
        List<Incident> told = new ArrayList<>();
        Instant at = after.state().since();
        if (before.state() instanceof RunState.Queued && after.state() instanceof RunState.Starting) {
            told.add(Incident.normal(
                    at, "Scheduled", "run", "there is room for it, after " + length(before.createdAt(), at)));
        }
        boolean launched = after.startedAt() != null || after.state() instanceof RunState.Starting;
        if (launched && before.handle().isEmpty() && after.handle().isPresent()) {
            ready(after, at, told);
        }
        boolean decided = !isDecided(before) && isDecided(after);
        Instant began = began(after, replicas);
        if (began != null && before.startedAt() == null && (after.startedAt() != null || decided)) {
            told.add(Incident.normal(began, "Started", "run", names(replicas)));
        }
        boolean asked = after.stopRequestedAt().isPresent();
        boolean others = replicas.stream().anyMatch(replica -> !replica.state().ended());
        if (decided
                && !asked
                && others
                && after.state() instanceof RunState.Ending(Instant since, RunState.Outcome outcome)) {
            told.add(Incident.normal(since, "Stopping", "run", why(outcome)));
        }
        if (after.state() instanceof RunState.Final end && !before.ended()) {
            told.add(last(end, began));
        }
        return told;
    }

    private static void ready(Run run, Instant at, List<Incident> told) {
        RunSpecification specification = run.specification();
        for (Source source : Preparation.inUse(specification)) {
            Pin pin = specification.pins().getOrDefault(source.name(), Pin.NOTHING);
            String what = pin.revision().isEmpty() ? "its files are there" : words(pin) + " is there";
            told.add(Incident.normal(at, "SourceReady", "source " + source.name(), what));
        }
        boolean packages = !specification.document().packages().isEmpty();
        if (packages || specification.task().environment() != null) {
            told.add(Incident.normal(at, "EnvironmentReady", "environment", "its packages are installed"));
        }
    }

    private static boolean isDecided(Run run) {
        return run.state() instanceof RunState.Ending || run.ended();
    }

    /// When the first of its programs started; a run may be over before the last one has.
    private static @Nullable Instant began(Run run, List<Replica> replicas) {
        return run.startedAt() != null
                ? run.startedAt()
                : replicas.stream()
                        .map(Replica::startedAt)
                        .filter(Objects::nonNull)
                        .min(Comparator.naturalOrder())
                        .orElse(null);
    }

    private static String names(List<Replica> all) {
        List<Replica> replicas = all.stream()
                .filter(replica -> replica.state() != Replica.State.WAITING)
                .toList();
        String named = replicas.stream()
                .limit(NAMED)
                .map(replica ->
                        replica.host().isEmpty() ? replica.id().toString() : replica.id() + " on " + replica.host())
                .collect(Collectors.joining(", "));
        return replicas.size() <= NAMED ? named : named + " and %d more".formatted(replicas.size() - NAMED);
    }

    private static String why(RunState.Outcome outcome) {
        return switch (outcome) {
            case RunState.Outcome.Success() -> "what decides has succeeded; the others are told to end";
            case RunState.Outcome.Failure(FailureCause _, String message) -> message + "; the others are told to end";
            case RunState.Outcome.Stop(String _) -> "it was asked to end";
        };
    }

    private static Incident last(RunState.Final end, @Nullable Instant began) {
        String ran = began == null ? "before it started" : "after " + length(began, end.since());
        return switch (end) {
            case RunState.Succeeded(Instant at) -> Incident.normal(at, "Succeeded", "run", ran);
            case RunState.Stopped(Instant at, String by) ->
                Incident.normal(at, "Stopped", "run", by.isEmpty() ? ran : "by " + by + ", " + ran);
            case RunState.Failed(Instant at, FailureCause cause, String message) ->
                Incident.warning(at, "Failed", "run", message.isEmpty() ? cause.word() : cause.word() + ": " + message);
        };
    }

    private static String words(Pin pin) {
        return pin.description().isEmpty() ? pin.revision() : pin.description();
    }

    /// `0.4 s`, `12 s`, `1 h 5 min`.
    private static String length(Instant from, Instant to) {
        Duration length = Duration.between(from, to);
        if (length.toSeconds() < 10) {
            return "%d.%d s".formatted(length.toSeconds(), length.toMillisPart() / 100);
        }
        if (length.toMinutes() == 0) {
            return length.toSeconds() + " s";
        }
        return length.toHours() == 0
                ? "%d min %d s".formatted(length.toMinutes(), length.toSecondsPart())
                : "%d h %d min".formatted(length.toHours(), length.toMinutesPart());
    }
}
