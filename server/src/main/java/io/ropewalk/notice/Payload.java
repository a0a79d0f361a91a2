package io.ropewalk.notice;

import io.ropewalk.run.FailureCause;
import io.ropewalk.run.Run;
import io.ropewalk.run.RunState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What goes over a channel.
///
/// @param type `run.failed` and the like, or `test`
record Payload(String type, Instant timestamp, Data data) {
    record Data(String title, String text, @Nullable AboutRun run) {}

    /// @param url of its page
    record AboutRun(
            String id,
            String name,
            long number,
            String workspace,
            String project,
            String task,
            String experiment,
            String author,
            String state,
            @Nullable FailureCause cause,
            Instant createdAt,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            String url) {}

    /// @param server where its pages are
    static Payload of(Notice.News news, Run run, Instant now, String server) {
        return new Payload(
                "run." + news.kind().word(),
                now,
                new Data(
                        news.told().title(),
                        news.told().text(),
                        new AboutRun(
                                run.id().value(),
                                run.name(),
                                run.number(),
                                run.home().workspace(),
                                run.home().project(),
                                run.task(),
                                run.origin().experiment(),
                                run.origin().author(),
                                run.state().word(),
                                run.state() instanceof RunState.Failed failed ? failed.cause() : null,
                                run.createdAt(),
                                run.startedAt(),
                                run.endedAt(),
                                server + "/runs/" + run.id())));
    }

    static Payload test(Channel channel, Instant now) {
        return new Payload(
                "test",
                now,
                new Data(
                        "A test from Ropewalk",
                        "The channel '%s' works when this has arrived.".formatted(channel.name()),
                        null));
    }
}
