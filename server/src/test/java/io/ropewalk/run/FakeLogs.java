package io.ropewalk.run;

import io.ropewalk.access.Scope;
import io.ropewalk.log.LogFile;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.executor.LogChunk;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The logs of one run, in memory; everybody but the owner is told that there is no such run.
final class FakeLogs implements RunLogSource {
    private static final ByteArrayOutputStream NOTHING = new ByteArrayOutputStream();
    static final RunId RUN = new RunId("run-1");

    private final Map<String, TreeMap<Integer, ByteArrayOutputStream>> logs = new LinkedHashMap<>();
    private boolean ended;
    int lookedAt;

    FakeLogs() {
        write("master", 1, "");
    }

    synchronized FakeLogs write(String log, int attempt, String text) {
        logs.computeIfAbsent(log, _ -> new TreeMap<>())
                .computeIfAbsent(attempt, _ -> new ByteArrayOutputStream())
                .writeBytes(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    synchronized void end() {
        ended = true;
    }

    @Override
    public synchronized List<LogFile> logs(Scope scope, RunId run) {
        check(scope, run);
        lookedAt++;
        List<LogFile> files = new ArrayList<>();
        logs.forEach((name, attempts) -> {
            int last = attempts.lastKey();
            int size = attempts.getOrDefault(last, NOTHING).size();
            files.add(new LogFile(name, last, List.copyOf(attempts.keySet()), size, ended));
        });
        return files;
    }

    @Override
    public synchronized LogChunk read(Scope scope, RunId run, String log, int attempt, long offset, int limit) {
        check(scope, run);
        var attempts = logs.getOrDefault(log, new TreeMap<>());
        byte[] bytes = attempts.getOrDefault(attempt, NOTHING).toByteArray();
        int from = (int) Math.min(offset, bytes.length);
        int to = Math.min(bytes.length, from + limit);
        boolean last = attempts.keySet().stream().allMatch(each -> each <= attempt);
        return new LogChunk(offset, Arrays.copyOfRange(bytes, from, to), to == bytes.length && (ended || !last));
    }

    private static void check(Scope scope, RunId run) {
        if (!scope.equals(Scope.EVERYTHING) || !run.equals(RUN)) {
            throw new RopewalkException(ErrorCode.NOT_FOUND, "There is no run '" + run + "'.");
        }
    }
}
