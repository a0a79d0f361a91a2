package io.ropewalk.cli;

import java.time.Duration;

/// One line that says how far something has come: rewritten in place on a terminal, a new line every two seconds
/// elsewhere, nothing at all when it takes less.
final class ProgressLine {
    private static final long PATIENCE = Duration.ofSeconds(2).toNanos();
    private static final long REDRAW = Duration.ofMillis(100).toNanos();

    private final Terminal terminal;
    private long begun = System.nanoTime();
    private long shown = System.nanoTime();
    private boolean drawn;

    ProgressLine(Terminal terminal) {
        this.terminal = terminal;
    }

    void start() {
        begun = System.nanoTime();
    }

    void show(String text) {
        long now = System.nanoTime();
        if (now - begun < PATIENCE / 4 || now - shown < (terminal.colour() ? REDRAW : PATIENCE)) {
            return;
        }
        shown = now;
        if (terminal.colour()) {
            drawn = true;
            terminal.err().print("\r\u001b[K" + text);
            terminal.err().flush();
        } else {
            terminal.note(text);
        }
    }

    void showRate(String verb, long done, long total) {
        double seconds = Math.max(0.001, (System.nanoTime() - begun) / 1e9);
        double rate = done / seconds;
        String left = rate > 0 && done > 0
                ? ", " + Human.duration(Duration.ofMillis((long) ((total - done) / rate * 1000))) + " left"
                : "";
        show(verb + " " + Human.bytes(done) + " of " + Human.bytes(total) + ", " + Human.bytes((long) rate) + "/s"
                + left);
    }

    void clear() {
        if (drawn) {
            terminal.err().print("\r\u001b[K");
            terminal.err().flush();
            drawn = false;
        }
    }
}
