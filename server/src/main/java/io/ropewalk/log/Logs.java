package io.ropewalk.log;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.executor.LogChunk;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Pages of the logs of a run: of one, or of all together.
public final class Logs {
    private Logs() {}

    /// One attempt's log. A negative offset counts from the end and moves on to where a line begins.
    public static LogPage page(
            LogSource source, LogFile file, LogStamps stamps, int attempt, long offset, LogSearch search) {
        LogBytes bytes = source.bytes(file.name(), attempt);
        long from = offset >= 0 ? offset : nearEnd(bytes, size(file, attempt, bytes), offset);
        LogSearch.Found found = search.in(bytes, from);
        List<LogLine> lines = found.lines().stream()
                .map(line -> stamps.stamp(file, attempt, line))
                .toList();
        return new LogPage(lines, found.next(), found.end());
    }

    /// All logs together, in the order of time as far as it is known; each line says which log it is from.
    public static LogPage page(
            LogSource source, List<LogFile> files, LogStamps stamps, LogPosition from, LogSearch search) {
        return new LogMerge(source, stamps, search).page(files, from);
    }

    /// So many bytes before the end of each log, moved on to where a line begins.
    public static LogPosition nearEnd(LogSource source, List<LogFile> files, long bytes) {
        Map<String, LogPosition.At> at = new LinkedHashMap<>();
        for (LogFile file : files) {
            LogBytes log = source.bytes(file.name(), file.attempt());
            at.put(file.name(), new LogPosition.At(file.attempt(), nearEnd(log, file.bytes(), -bytes)));
        }
        return new LogPosition(at);
    }

    public static LogFile find(List<LogFile> files, String name) {
        return files.stream()
                .filter(file -> file.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new RopewalkException(
                        ErrorCode.NOT_FOUND,
                        "The run has no log '%s'; it has %s."
                                .formatted(
                                        name,
                                        String.join(
                                                ", ",
                                                files.stream()
                                                        .map(LogFile::name)
                                                        .toList()))));
    }

    private static long size(LogFile file, int attempt, LogBytes bytes) {
        if (attempt == file.attempt()) {
            return file.bytes();
        }
        // Of earlier attempts nobody keeps the size; a log's end is found by doubling and halving.
        long low = 0;
        long high = 64 * 1024;
        while (bytes.read(high, 1).bytes().length > 0) {
            low = high;
            high *= 2;
        }
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (bytes.read(middle, 1).bytes().length > 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static long nearEnd(LogBytes bytes, long size, long back) {
        long from = Math.max(0, size + back);
        if (from == 0) {
            return 0;
        }
        LogChunk chunk = bytes.read(from - 1, 2 * LineReader.LONGEST);
        for (int i = 0; i < chunk.bytes().length; i++) {
            if (chunk.bytes()[i] == '\n') {
                return chunk.offset() + i + 1;
            }
        }
        return Math.max(from, chunk.offset());
    }
}
