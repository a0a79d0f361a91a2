package io.ropewalk.run;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a run has spent its time on, in order.
public record Timeline(List<Phase> phases) {
    public static final Timeline EMPTY = new Timeline(List.of());

    public Timeline {
        phases = List.copyOf(phases);
    }

    /// A phase; the last one of a live run has not ended.
    public record Phase(
            Name phase, Instant startedAt, @Nullable Instant endedAt) {}

    public enum Name {
        QUEUED,
        PREPARING,
        STARTING,
        RUNNING,
        ENDING;

        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// The current phase ends and, unless it is the same, another begins. A start that turns out to need preparation
    /// has been that from its beginning.
    public Timeline enter(Name phase, Instant now) {
        Optional<Phase> starting = current().filter(open -> open.phase() == Name.STARTING);
        if (phase == Name.PREPARING && starting.isPresent()) {
            List<Phase> all = new ArrayList<>(phases.subList(0, phases.size() - 1));
            all.add(new Phase(phase, starting.get().startedAt(), null));
            return new Timeline(all);
        }
        if (current().map(open -> open.phase() == phase).orElse(false)) {
            return this;
        }
        List<Phase> all = new ArrayList<>(end(now).phases);
        all.add(new Phase(phase, now, null));
        return new Timeline(all);
    }

    public Timeline end(Instant now) {
        return new Timeline(phases.stream()
                .map(phase -> phase.endedAt() == null ? new Phase(phase.phase(), phase.startedAt(), now) : phase)
                .toList());
    }

    private Optional<Phase> current() {
        return phases.isEmpty() || phases.getLast().endedAt() != null
                ? Optional.empty()
                : Optional.of(phases.getLast());
    }
}
