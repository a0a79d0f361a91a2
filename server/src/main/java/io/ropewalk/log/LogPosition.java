package io.ropewalk.log;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How far several logs have been read together, as text: `master.1=120,worker-0.2=4096`.
public record LogPosition(Map<String, At> logs) {
    public static final LogPosition START = new LogPosition(Map.of());
    private static final Pattern PART = Pattern.compile("([a-zA-Z0-9][-a-zA-Z0-9_]{0,127})\\.(\\d{1,9})=(\\d{1,18})");
    private static final int MOST = 10_000;

    public record At(int attempt, long offset) {}

    public LogPosition {
        logs = Map.copyOf(logs);
    }

    public static LogPosition parse(String text) {
        return tryParse(text)
                .orElseThrow(() -> new RopewalkException(
                        ErrorCode.INVALID_REQUEST,
                        "The offset of several logs together is what an earlier answer gave as 'next', or 0; '%s' is neither."
                                .formatted(text.length() > 60 ? text.substring(0, 60) + "…" : text)));
    }

    static Optional<LogPosition> tryParse(String text) {
        if (text.isEmpty() || text.equals("0")) {
            return Optional.of(START);
        }
        Map<String, At> logs = new LinkedHashMap<>();
        for (String part : text.split(",", MOST)) {
            Matcher matcher = PART.matcher(part);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            logs.put(matcher.group(1), new At(Integer.parseInt(matcher.group(2)), Long.parseLong(matcher.group(3))));
        }
        return Optional.of(new LogPosition(logs));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(logs)
                .forEach((log, at) -> text.append(text.isEmpty() ? "" : ",")
                        .append(log)
                        .append('.')
                        .append(at.attempt())
                        .append('=')
                        .append(at.offset()));
        return text.isEmpty() ? "0" : text.toString();
    }
}
