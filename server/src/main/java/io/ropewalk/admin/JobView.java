package io.ropewalk.admin;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How far something long has come; `none` when it was not done since the server has started.
///
/// @param doing what is being done, for people
/// @param total how many bytes there will be; 0 when nobody knows
/// @param made what came of it: a backup's name
/// @param problems what was found wrong
/// @param message why it failed
record JobView(
        Job.State state,
        String doing,
        long bytes,
        long total,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        Backups.@Nullable Made made,
        List<String> problems,
        @Nullable String message) {
    static final JobView NONE = new JobView(Job.State.none, "", 0, 0, null, null, null, List.of(), null);

    JobView {
        problems = List.copyOf(problems);
    }

    static JobView begun(Instant at) {
        return new JobView(Job.State.going, "beginning", 0, 0, at, null, null, List.of(), null);
    }

    JobView at(String doing, long bytes, long total) {
        return new JobView(state, doing, bytes, total, startedAt, null, null, List.of(), null);
    }

    JobView done(Instant at, Job.Outcome outcome) {
        return new JobView(Job.State.done, "", bytes, total, startedAt, at, outcome.made(), outcome.problems(), null);
    }

    JobView failed(Instant at, String why) {
        return new JobView(Job.State.failed, doing, bytes, total, startedAt, at, null, List.of(), why);
    }
}
