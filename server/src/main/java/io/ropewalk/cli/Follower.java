package io.ropewalk.cli;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Shows a run's log as it grows and ends with the run. Ctrl-C lets go of the run, which goes on; a second one within
/// two seconds stops it. A server that goes away is waited for.
final class Follower {
    private static final Duration SECOND_THOUGHT = Duration.ofSeconds(2);
    private static final Duration SERVER_AWAY = Duration.ofMinutes(5);
    /// What a shell reports of a program that Ctrl-C ended.
    static final int INTERRUPTED = 130;

    private static final String[] COLOURS = {"36", "33", "35", "32", "34", "31"};

    private final Terminal terminal;
    private final Client client;

    private final InstantSource clock;

    Follower(Terminal terminal, Client client) {
        this(terminal, client, InstantSource.system());
    }

    Follower(Terminal terminal, Client client, InstantSource clock) {
        this.terminal = terminal;
        this.client = client;
        this.clock = clock;
    }

    /// Catches Ctrl-C while it is followed.
    private static final class Hold {
        private final AtomicInteger presses = new AtomicInteger();
        private final CountDownLatch second = new CountDownLatch(1);
        private final Client.Subscription subscription;

        Hold(Client.Subscription subscription) {
            this.subscription = subscription;
        }

        void press() {
            int times = presses.incrementAndGet();
            if (times == 1) {
                subscription.close();
            } else if (times == 2) {
                second.countDown();
            } else {
                Runtime.getRuntime().halt(INTERRUPTED);
            }
        }

        boolean pressed() {
            return presses.get() > 0;
        }
    }

    /// @param keyboard whether Ctrl-C is this method's to handle
    /// @return the exit code to end with: that of the last run where it is tried again
    int follow(Tree run, boolean keyboard) {
        Client.Subscription subscription = new Client.Subscription();
        Hold hold = new Hold(subscription);
        if (keyboard) {
            Interrupts.handle(hold::press);
        }
        show(run, subscription, true);
        Tree last = hold.pressed() ? run : awaitEnd(run.at("id").text(), subscription);
        if (hold.pressed()) {
            return letGo(run, hold);
        }
        int code = report(last);
        Optional<String> later = last.at("later", "run").optional();
        if (later.isEmpty()) {
            return code;
        }
        Tree next = client.get("/api/v1/runs/" + later.get());
        terminal.note("It is tried again: " + terminal.bold(name(next)));
        return follow(next, keyboard);
    }

    /// Prints log lines until the log ends or the subscription does.
    void show(Tree run, Client.Subscription subscription, boolean serverLines) {
        boolean many = run.at("replicas").items().size() > 1;
        String offset = "";
        Instant awaySince = clock.instant();
        long pause = 100;
        while (!subscription.closed()) {
            Cursor cursor = new Cursor(offset);
            try {
                client.events(tail(run, offset), subscription, (event, data) -> {
                    if (event.equals("end")) {
                        cursor.ended = true;
                        return false;
                    }
                    for (Tree line : data.at("lines").items()) {
                        print(line, many, serverLines);
                    }
                    data.at("next").optional().ifPresent(next -> cursor.next = next);
                    cursor.moved = true;
                    return true;
                });
            } catch (IOException e) {
                if (subscription.closed()) {
                    return;
                }
            }
            offset = cursor.next;
            if (cursor.ended) {
                return;
            }
            Instant now = clock.instant();
            if (subscription.answered()) {
                // It was there until now, however long the run said nothing.
                awaySince = now;
            }
            if (cursor.moved) {
                pause = 100;
            }
            if (Duration.between(awaySince, now).compareTo(SERVER_AWAY) > 0) {
                throw new Failure(
                        Failure.UNREACHABLE,
                        "The server at " + client.server().url() + " went away and has not come back for "
                                + Human.duration(SERVER_AWAY)
                                + ". The run may still be going on; come back with `ropewalk logs -f "
                                + name(run) + "`.");
            }
            pause(pause);
            pause = Math.min(2000, pause * 2);
        }
    }

    private static final class Cursor {
        private String next;
        private boolean ended;
        private boolean moved;

        Cursor(String next) {
            this.next = next;
        }
    }

    private static String tail(Tree run, String offset) {
        return "/api/v1/runs/" + run.at("id").text() + "/logs/all/tail" + Client.query("offset", offset);
    }

    private void print(Tree line, boolean many, boolean serverLines) {
        String log = line.at("log").text();
        if (log.equals("master")) {
            if (serverLines) {
                terminal.note(terminal.dim("· " + line.at("text").text()));
            }
            return;
        }
        String text = terminal.shown(line.at("text").text());
        terminal.say(many && !log.isEmpty() ? prefix(log) + text : text);
    }

    private String prefix(String log) {
        return terminal.paint(COLOURS[Math.floorMod(log.hashCode(), COLOURS.length)], log + " |") + " ";
    }

    private int letGo(Tree run, Hold hold) {
        terminal.note("");
        terminal.note("Let go; " + name(run) + " goes on. Come back with `ropewalk logs -f " + name(run)
                + "`. Ctrl-C again within 2 s stops it.");
        boolean stop;
        try {
            stop = hold.second.await(SECOND_THOUGHT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return INTERRUPTED;
        }
        if (!stop) {
            return INTERRUPTED;
        }
        terminal.note("Stopping " + name(run) + " …");
        client.post("/api/v1/runs/" + run.at("id").text() + "/stop", Map.of());
        Client.Subscription rest = new Client.Subscription();
        show(run, rest, true);
        return report(awaitEnd(run.at("id").text(), rest));
    }

    private int report(Tree last) {
        String state = last.at("state").text();
        StringBuilder line = new StringBuilder(name(last)).append(' ').append(terminal.state(state));
        String took =
                Human.between(last.at("startedAt").text(), last.at("endedAt").text(), Instant.now());
        if (!took.isEmpty()) {
            line.append(" after ").append(took);
        }
        last.at("reason").optional().ifPresent(reason -> line.append(": ").append(reason));
        terminal.note(line.toString());
        Reason.of(client, last).ifPresent(reason -> reason.print(terminal, terminal::note));
        return exitCode(last);
    }

    /// The final state may come a moment after the log's end.
    private Tree awaitEnd(String id, Client.Subscription subscription) {
        Tree run = client.get("/api/v1/runs/" + id);
        long deadline = System.nanoTime() + SERVER_AWAY.toNanos();
        while (!ended(run) && !subscription.closed() && System.nanoTime() < deadline) {
            Tree[] latest = {run};
            try {
                client.events("/api/v1/runs/" + id + "/updates", subscription, (event, data) -> {
                    if (event.equals("run")) {
                        latest[0] = data;
                    }
                    return !ended(latest[0]);
                });
            } catch (IOException e) {
                pause(subscription.closed() ? 0 : 500);
            }
            run = ended(latest[0]) ? latest[0] : client.get("/api/v1/runs/" + id);
        }
        return run;
    }

    static boolean ended(Tree run) {
        return List.of("succeeded", "failed", "stopped")
                .contains(run.at("state").text());
    }

    /// The run's own exit code: that of the first replica which failed by itself.
    static int exitCode(Tree run) {
        return switch (run.at("state").text()) {
            case "succeeded" -> 0;
            case "stopped" -> INTERRUPTED;
            default ->
                (int) run.at("replicas").items().stream()
                        .filter(replica -> replica.at("state").text().equals("failed"))
                        .mapToLong(replica -> replica.at("exitCode").number(0))
                        .filter(code -> code != 0)
                        .findFirst()
                        .orElse(1);
        };
    }

    /// How a person names the run: `digits/7`.
    static String name(Tree run) {
        String project = run.at("project").text();
        return project.isEmpty()
                ? run.at("id").text()
                : project + "/" + run.at("number").text();
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
