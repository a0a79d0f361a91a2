package io.ropewalk.notice;

import io.ropewalk.access.Caller;
import io.ropewalk.support.http.EventStream;
import io.ropewalk.support.time.Signals;
import java.time.Duration;
import java.util.function.Function;

/// Tells a page how many notices nobody has read, as they come and go.
final class NoticeUpdates {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(20);

    private final Notices notices;
    private final Signals signals;
    private final Function<Notices.Unread, NoticeApi.UnreadView> views;

    NoticeUpdates(Notices notices, Signals signals, Function<Notices.Unread, NoticeApi.UnreadView> views) {
        this.notices = notices;
        this.signals = signals;
        this.views = views;
    }

    EventStream follow(Caller caller) {
        String topic = Notices.topic(caller);
        return sink -> {
            try (Signals.Watch watch = signals.watch(topic)) {
                NoticeApi.UnreadView last = null;
                while (!sink.closed()) {
                    NoticeApi.UnreadView now = views.apply(notices.unread(caller));
                    if (!now.equals(last)) {
                        sink.send("unread", "", now);
                        last = now;
                    }
                    watch.await(LOOK_AGAIN);
                }
            }
        };
    }
}
