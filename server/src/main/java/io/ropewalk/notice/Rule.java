package io.ropewalk.notice;

import io.ropewalk.run.Run;
import io.ropewalk.run.RunNews;
import io.ropewalk.run.RunState;
import java.time.Instant;
import java.util.List;

/// What a person has asked to be told.
///
/// @param channels ids of those over which it goes beside the pages, where it always stands
public record Rule(String id, String person, About about, Occasion on, List<String> channels, Instant createdAt) {
    public Rule {
        channels = List.copyOf(channels);
    }

    boolean concerns(Run run) {
        return about.has(run.id(), run.home().projectId(), run.origin().author());
    }

    boolean concerns(RunNews.Alive run) {
        return about.has(run.run(), run.project(), run.author());
    }

    /// Whether the end of a run is something to tell by this rule.
    boolean wants(RunState.Final end) {
        return switch (on) {
            case Occasion.Ended() -> true;
            case Occasion.Failed() -> end instanceof RunState.Failed;
            case Occasion.Silent _, Occasion.Crossing _ -> false;
        };
    }
}
