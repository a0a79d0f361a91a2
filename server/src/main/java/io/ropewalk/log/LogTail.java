package io.ropewalk.log;

import io.ropewalk.support.http.EventStream;
import io.ropewalk.support.time.Signals;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A log as it grows, as events: `lines`, each with the position after it as its id, and `end` when nothing
/// will follow. Programs write their logs without telling, so it looks for growth by itself; a signal makes it
/// look at once.
public final class LogTail implements EventStream {
    private static final int LINES_PER_EVENT = 500;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(80);

    private final Signals signals;
    private final String topic;
    private final Pages pages;
    private final boolean partial;
    private String position;

    /// Reads a page from a position.
    @FunctionalInterface
    public interface Pages {
        /// @param woken something is known to have happened, so what was seen a moment ago is not good enough
        LogPage from(String position, LogSearch search, boolean woken);
    }

    /// What an event carries.
    public record Lines(List<LogLine> lines, Object next) {}

    /// @param position where to begin
    /// @param partial also send what there is of a last line that has no end yet, and again whenever it has
    ///     changed
    public LogTail(Signals signals, String topic, String position, boolean partial, Pages pages) {
        this.signals = signals;
        this.topic = topic;
        this.position = position;
        this.partial = partial;
        this.pages = pages;
    }

    @Override
    public void writeTo(Sink sink) throws InterruptedException {
        LogSearch search = new LogSearch(LinePattern.ANY, LINES_PER_EVENT, 0, partial);
        List<LogLine> unfinished = List.of();
        boolean woken = true;
        try (Signals.Watch watch = signals.watch(topic)) {
            while (!sink.closed()) {
                LogPage page = pages.from(position, search, woken);
                String next = String.valueOf(page.next());
                boolean moved = !next.equals(position);
                position = next;
                if (!page.lines().isEmpty() && (moved || !page.lines().equals(unfinished))) {
                    sink.send("lines", next, new Lines(page.lines(), page.next()));
                    unfinished = page.lines().stream()
                            .filter(line -> line.partial() != null)
                            .toList();
                }
                if (page.complete()) {
                    sink.send("end", next, Map.of());
                    return;
                }
                if (!moved) {
                    woken = watch.await(BETWEEN_LOOKS);
                }
            }
        }
    }
}
