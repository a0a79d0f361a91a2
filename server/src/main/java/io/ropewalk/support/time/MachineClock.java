package io.ropewalk.support.time;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the machine's clock says, and how long ago something really was, though the clock has been set meanwhile (by a
/// person, by a time server, or by a machine that was asleep). Thread-safe.
///
/// Only what happens while this clock lives is known, and what others have kept in its file ([#keep]) since the machine
/// began: of a moment before, the clock is believed.
public final class MachineClock extends Clock {
    private static final Logger LOG = LoggerFactory.getLogger(MachineClock.class);
    /// A clock that is slowly put right is not one that is set.
    private static final Duration SET = Duration.ofSeconds(5);
    /// Between reading the one and the other nobody may be away for longer.
    private static final long AT_ONCE = 100_000_000;

    private static final int MOST_STRETCHES = 100;
    /// Boot, what the clock says, nanoseconds since the boot.
    private static final Pattern LINE = Pattern.compile("(\\S+) (-?[0-9]{1,15}) ([0-9]{1,18}) [.]");

    private final InstantSource wall;
    private final LongSupplier steady;
    /// In each the clock and the steady count go together; none is empty, and the last one goes on.
    private final CopyOnWriteArrayList<Reading> stretches = new CopyOnWriteArrayList<>();
    private volatile Reading last;
    private volatile Consumer<Duration> listener = _ -> {};
    private volatile Consumer<Reading> keeper = _ -> {};

    public MachineClock() {
        this(InstantSource.system(), System::nanoTime);
    }

    /// @param steady nanoseconds from whenever, which nobody sets
    MachineClock(InstantSource wall, LongSupplier steady) {
        this.wall = wall;
        this.steady = steady;
        last = read();
        stretches.add(last);
    }

    private record Reading(Instant wall, long nanos) {
        /// What the clock would say at a steady count, were it not set.
        Instant at(long count) {
            return wall.plusNanos(count - nanos);
        }
    }

    /// Keeps in a file when the clock is set, from now on, and knows what is there of the time since this boot.
    ///
    /// @param file in the directory of the one process that has it; without one every moment before is believed
    /// @param boot names this boot of the machine
    /// @param uptime since when that is
    void keep(Path file, String boot, Duration uptime) {
        long toUptime = uptime.toNanos() - steady.getAsLong();
        List<Reading> known = new ArrayList<>();
        try {
            if (Files.exists(file)) {
                for (String line : Files.readAllLines(file)) {
                    Matcher words = LINE.matcher(line);
                    if (words.matches() && words.group(1).equals(boot)) {
                        known.add(new Reading(
                                Instant.ofEpochMilli(Long.parseLong(words.group(2))),
                                Long.parseLong(words.group(3)) - toUptime));
                    }
                }
            }
        } catch (IOException e) {
            LOG.warn("when the clock was set is not known: '{}' cannot be read", file, e);
        }
        Reading now = look();
        synchronized (this) {
            boolean goesOn = !known.isEmpty() && !isSet(known.getLast(), now);
            if (goesOn) {
                stretches.removeFirst();
            }
            stretches.addAll(0, known);
            keeper = reading -> append(
                    file, "\n%s %d %d .\n".formatted(boot, reading.wall().toEpochMilli(), reading.nanos() + toUptime));
            if (!goesOn) {
                keeper.accept(now);
            }
        }
    }

    /// The same, of this machine; nothing is kept where it does not tell of its boots.
    public void keep(Path file) {
        try {
            String boot =
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            String seconds = Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0];
            keep(file, boot, Duration.ofMillis((long) (1000 * Double.parseDouble(seconds))));
        } catch (IOException e) {
            LOG.info("when the clock is set is not kept: {}", e.getMessage());
        }
    }

    /// In a line of its own, whatever a full disk has left of the one before.
    private static void append(Path file, String line) {
        try {
            Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            LOG.warn("that the clock was set is not kept: '{}' cannot be written", file, e);
        }
    }

    /// Who is told by how much the clock was set: from whichever thread noticed, and so quickly.
    public void onSet(Consumer<Duration> told) {
        listener = told;
    }

    @Override
    public Instant instant() {
        return look().wall();
    }

    private Reading look() {
        Reading now = read();
        if (isSet(last, now)) {
            set(now);
        }
        last = now;
        return now;
    }

    private static boolean isSet(Reading before, Reading now) {
        return by(before, now).abs().compareTo(SET) > 0;
    }

    private static Duration by(Reading before, Reading now) {
        return Duration.between(before.at(now.nanos()), now.wall());
    }

    private void set(Reading now) {
        Duration by;
        synchronized (this) {
            Reading before = last;
            by = by(before, now);
            if (!isSet(before, now)) {
                // Another thread has noticed it.
                return;
            }
            stretches.add(now);
            if (stretches.size() > MOST_STRETCHES) {
                stretches.removeFirst();
            }
            last = now;
            keeper.accept(now);
        }
        LOG.warn("the machine's clock was set by {}: limits of time go on to count what really passes", by);
        listener.accept(by);
    }

    private Reading read() {
        while (true) {
            long before = steady.getAsLong();
            Instant now = wall.instant();
            long after = steady.getAsLong();
            if (after - before < AT_ONCE) {
                return new Reading(now, after);
            }
        }
    }

    /// How long ago a moment was at which some clock told this time.
    public static Duration since(Clock clock, Instant then) {
        return clock instanceof MachineClock machine ? machine.since(then) : Duration.between(then, clock.instant());
    }

    private Duration since(Instant then) {
        Reading now = look();
        List<Reading> known = List.copyOf(stretches);
        for (int i = known.size() - 1; i >= 0; i--) {
            Reading begin = known.get(i);
            Instant end = i == known.size() - 1
                    ? now.wall()
                    : begin.at(known.get(i + 1).nanos());
            if ((i == 0 || !then.isBefore(begin.wall())) && !then.isAfter(end)) {
                return Duration.ofNanos(now.nanos() - begin.nanos()).plus(Duration.between(then, begin.wall()));
            }
        }
        // It is still to come, or the clock has never said so.
        return Duration.between(then, now.wall());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return Clock.systemUTC().withZone(zone);
    }
}
