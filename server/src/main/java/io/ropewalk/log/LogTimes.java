package io.ropewalk.log;

import io.ropewalk.spi.RunId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// When lines were written. Programs write straight into their logs, without a time, so whoever looks at the logs
/// notes here how far each has got: every second in a run's first hour, and then the more rarely the longer it has
/// gone on. The file `log-times` in the run's directory holds it; a line is `from until log.attempt=offset,…`, the
/// time of the look before and of this one, and the logs that have grown between the two. It only puts lines in
/// order and gives them a time: without it they are shown one log after the other. Thread-safe.
public final class LogTimes {
    private static final Logger LOG = LoggerFactory.getLogger(LogTimes.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    /// After the first hour a look is worth a line when this part of the run's time has passed.
    private static final long PARTS = 3_600;
    private static final int KEPT = 32;
    private static final Offsets NEVER = new Offsets(new long[0], new long[0], new long[0], 0);

    private final Function<RunId, Path> directories;
    private final InstantSource clock;
    private final Map<RunId, Noted> noting = new HashMap<>();
    private final Map<RunId, Times> read = new LinkedHashMap<>(KEPT, 0.75f, true);

    /// What was noted of a run last.
    private static final class Noted {
        private long first;
        private long looked;
        private LogPosition reached = LogPosition.START;
        private boolean torn;
    }

    /// @param directories where each run keeps its files
    public LogTimes(Function<RunId, Path> directories, InstantSource clock) {
        this.directories = directories;
        this.clock = clock;
    }

    /// The logs of a run as they are now.
    ///
    /// @param last nothing will be written any more
    public void saw(RunId run, List<LogFile> files, boolean last) {
        synchronized (noting) {
            long now = clock.millis();
            Noted noted = noting.computeIfAbsent(run, id -> begin(id, now));
            long wait = Math.max(BETWEEN_LOOKS.toMillis(), (now - noted.first) / PARTS);
            if (last || now - noted.looked >= wait || noted.reached.logs().isEmpty()) {
                note(run, noted, files, now);
            }
            if (last) {
                noting.remove(run);
            }
        }
    }

    private Noted begin(RunId run, long now) {
        Noted noted = new Noted();
        noted.first = now;
        noted.looked = now;
        Times before = of(run);
        if (before.until > 0) {
            noted.first = before.first;
            noted.looked = before.until;
            noted.reached = before.reached();
            noted.torn = before.torn;
        }
        return noted;
    }

    private void note(RunId run, Noted noted, List<LogFile> files, long now) {
        Map<String, LogPosition.At> grown = new HashMap<>();
        for (LogFile file : files) {
            LogPosition.At at = new LogPosition.At(file.attempt(), file.bytes());
            LogPosition.At before = noted.reached.logs().getOrDefault(file.name(), new LogPosition.At(1, 0));
            if (!file.name().equals(LogFile.MASTER) && !at.equals(before)) {
                grown.put(file.name(), at);
            }
        }
        if (!grown.isEmpty()) {
            LogPosition position = new LogPosition(grown);
            String line = (noted.torn ? "\n" : "") + noted.looked + " " + now + " " + position + "\n";
            try {
                Files.writeString(
                        file(run),
                        line,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND);
                noted.torn = false;
            } catch (NoSuchFileException _) {
                LOG.debug("The directory of run {} is gone", run);
            } catch (IOException e) {
                // A full disk must not keep anything else from going on; the next look covers this one.
                noted.torn = true;
                LOG.debug("The times of the logs of run {} are not noted for now", run, e);
                return;
            }
            Map<String, LogPosition.At> reached = new HashMap<>(noted.reached.logs());
            reached.putAll(grown);
            noted.reached = new LogPosition(reached);
        }
        noted.looked = now;
    }

    /// What is known of a run now.
    public Times of(RunId run) {
        synchronized (read) {
            Times known = read.computeIfAbsent(run, _ -> new Times());
            if (read.size() > KEPT) {
                read.remove(read.keySet().iterator().next());
            }
            return readOn(run, known);
        }
    }

    private Times readOn(RunId run, Times known) {
        try (var channel = Files.newByteChannel(file(run))) {
            if (channel.size() <= known.bytes) {
                return known;
            }
            channel.position(known.bytes);
            byte[] more = java.nio.channels.Channels.newInputStream(channel).readAllBytes();
            Times times = new Times(known);
            times.add(more);
            read.put(run, times);
            return times;
        } catch (NoSuchFileException _) {
            return known;
        } catch (IOException e) {
            LOG.debug("The times of the logs of run {} cannot be read for now", run, e);
            return known;
        }
    }

    private Path file(RunId run) {
        return directories.apply(run).resolve("log-times");
    }

    /// When the lines of a run's logs were written. Never changed once it is handed out.
    public static final class Times {
        public static final Times NONE = new Times();
        /// A line that nobody has noted the time of stands behind all others.
        public static final long UNKNOWN = Long.MAX_VALUE;

        private final Map<String, Offsets> logs = new HashMap<>();
        private final Map<String, Integer> attempts = new HashMap<>();
        private long bytes;
        private long first;
        private long until;
        private boolean torn;

        private Times() {}

        private Times(Times before) {
            logs.putAll(before.logs);
            attempts.putAll(before.attempts);
            bytes = before.bytes;
            first = before.first;
            until = before.until;
        }

        /// In milliseconds, when what stands at this place of a log was written, as near as it is known.
        public long at(String log, int attempt, long offset) {
            return logs.getOrDefault(log + "." + attempt, NEVER).at(offset);
        }

        private LogPosition reached() {
            Map<String, LogPosition.At> reached = new HashMap<>();
            attempts.forEach((log, attempt) -> reached.put(
                    log,
                    new LogPosition.At(
                            attempt,
                            logs.getOrDefault(log + "." + attempt, NEVER).last())));
            return new LogPosition(reached);
        }

        private void add(byte[] more) {
            int end = more.length;
            while (end > 0 && more[end - 1] != '\n') {
                end--;
            }
            torn = end < more.length;
            bytes += end;
            for (String line : new String(more, 0, end, StandardCharsets.UTF_8).split("\n", -1)) {
                String[] parts = line.split(" ", 3);
                // A crash may have torn a line.
                if (parts.length == 3 && isTime(parts[0]) && isTime(parts[1])) {
                    add(Long.parseLong(parts[0]), Long.parseLong(parts[1]), parts[2]);
                }
            }
        }

        private static boolean isTime(String text) {
            return text.length() < 19 && !text.isEmpty() && text.chars().allMatch(sign -> sign >= '0' && sign <= '9');
        }

        private void add(long from, long to, String position) {
            LogPosition.tryParse(position).ifPresent(grown -> {
                first = first == 0 ? from : first;
                until = to;
                grown.logs().forEach((log, at) -> {
                    logs.merge(
                            log + "." + at.attempt(),
                            NEVER.and(at.offset(), from, to),
                            (before, _) -> before.and(at.offset(), from, to));
                    attempts.merge(log, at.attempt(), Math::max);
                });
            });
        }
    }

    /// How far a log had got when. Versions share arrays: what stands behind a version's `size` is a later one's.
    @SuppressWarnings("ArrayRecordComponent")
    private record Offsets(long[] offsets, long[] from, long[] to, int size) {
        Offsets and(long offset, long begin, long end) {
            boolean full = size == offsets.length;
            int room = Math.max(8, size * 2);
            Offsets more = full
                    ? new Offsets(
                            Arrays.copyOf(offsets, room), Arrays.copyOf(from, room), Arrays.copyOf(to, room), size + 1)
                    : new Offsets(offsets, from, to, size + 1);
            more.offsets[size] = offset;
            more.from[size] = begin;
            more.to[size] = end;
            return more;
        }

        long last() {
            return size == 0 ? 0 : offsets[size - 1];
        }

        long at(long offset) {
            int found = Arrays.binarySearch(offsets, 0, size, offset);
            int index = found >= 0 ? found + 1 : -found - 1;
            if (index >= size) {
                return Times.UNKNOWN;
            }
            long before = index == 0 ? 0 : offsets[index - 1];
            double part = (double) (offset - before) / Math.max(1, offsets[index] - before);
            return from[index] + Math.round(part * (to[index] - from[index]));
        }
    }
}
