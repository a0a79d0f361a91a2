package io.ropewalk.run;

import io.ropewalk.access.Caller;
import io.ropewalk.access.Right;
import io.ropewalk.access.Scope;
import io.ropewalk.log.LinePattern;
import io.ropewalk.log.LogFile;
import io.ropewalk.log.LogLooks;
import io.ropewalk.log.LogPage;
import io.ropewalk.log.LogPosition;
import io.ropewalk.log.LogSearch;
import io.ropewalk.log.LogSource;
import io.ropewalk.log.LogStamps;
import io.ropewalk.log.LogTail;
import io.ropewalk.log.LogTimes;
import io.ropewalk.log.Logs;
import io.ropewalk.log.MasterLog;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.executor.LogChunk;
import io.ropewalk.support.http.Call;
import io.ropewalk.support.http.Content;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.http.EventStream;
import io.ropewalk.support.http.FromHeader;
import io.ropewalk.support.http.Reply;
import io.ropewalk.support.time.Signals;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The logs of a run over HTTP.
public final class RunLogApi {
    private static final int PAGE = 1_000;
    private static final int CHUNK = 256 * 1024;
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}");

    private final RunLogSource runs;
    private final Signals signals;
    private final LogTimes times;
    private final InstantSource clock;
    private final LogLooks looks;

    public RunLogApi(RunLogSource runs, LogTimes times, Signals signals, InstantSource clock) {
        this.runs = runs;
        this.times = times;
        this.signals = signals;
        this.clock = clock;
        this.looks = new LogLooks(run -> runs.logs(Scope.EVERYTHING, run), LOOK_EVERY);
    }

    public List<Endpoint<?, ?>> endpoints() {
        return List.of(
                Endpoint.get(
                        "/api/v1/runs/{run}/logs",
                        Right.READ,
                        OfRun.class,
                        Reply.list(LogFile.class),
                        "List the logs of a run, the server's own lines first",
                        (request, call) -> runs.logs(scope(call), request.id())),
                Endpoint.get(
                        "/api/v1/runs/{run}/logs/{name}",
                        Right.READ,
                        Read.class,
                        Reply.of(LogPage.class),
                        "Read lines of a log, or of all of them together",
                        this::read),
                Endpoint.get(
                        "/api/v1/runs/{run}/logs/{name}/tail",
                        Right.READ,
                        Tail.class,
                        Reply.events(LogTail.Lines.class),
                        "Follow a log as it grows",
                        this::tail),
                Endpoint.get(
                        "/api/v1/runs/{run}/logs/{name}/raw",
                        Right.READ,
                        Raw.class,
                        Reply.content("text/plain"),
                        "Download a log as it was written",
                        this::raw));
    }

    record OfRun(String run) {
        RunId id() {
            return new RunId(run);
        }
    }

    /// @param offset where to begin; a negative number counts bytes from the end
    /// @param limit lines at most
    /// @param grep text that a line must contain
    /// @param regex `true` when `grep` is a regular expression, or the expression itself
    /// @param context lines to show before and after each match
    /// @param partial also a last line that has no end yet
    /// @param times also about when each line was written
    record Read(
            String run,
            String name,
            @Nullable Integer attempt,
            @Nullable String offset,
            @Nullable Integer limit,
            @Nullable String grep,
            @Nullable String regex,
            @Nullable Integer context,
            @Nullable Boolean partial,
            @Nullable Boolean times) {
        LogSearch search() {
            return new LogSearch(
                    pattern(),
                    limit == null ? PAGE : limit,
                    context == null ? 0 : context,
                    Boolean.TRUE.equals(partial) && grep == null && regex == null);
        }

        private LinePattern pattern() {
            String text = grep == null ? "" : grep;
            if (regex == null || regex.isEmpty() || regex.equals("false")) {
                return LinePattern.text(text);
            }
            if (grep == null) {
                return LinePattern.regex(regex);
            }
            if (regex.equals("true")) {
                return text.isEmpty() ? LinePattern.ANY : LinePattern.regex(text);
            }
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "Give 'regex' as true, so that 'grep' is read as a regular expression, or give the expression as"
                            + " 'regex' without 'grep'.");
        }
    }

    /// @param lastEventId where an earlier connection got to; it wins over `offset`
    record Tail(
            String run,
            String name,
            @Nullable Integer attempt,
            @Nullable String offset,
            @Nullable Boolean partial,
            @Nullable Boolean times,
            @FromHeader("Last-Event-ID") @Nullable String lastEventId) {}

    record Raw(String run, String name, @Nullable Integer attempt) {}

    private LogPage read(Read request, Call call) {
        LogSource logs = logsOf(call, request.run());
        String offset = request.offset() == null ? "0" : request.offset();
        boolean all = request.name().equals(LogFile.ALL);
        LogStamps stamps = stamps(new RunId(request.run()), all, request.times());
        if (all) {
            return Logs.page(logs, logs.files(), stamps, together(logs, offset), request.search());
        }
        LogFile file = Logs.find(logs.files(), request.name());
        return Logs.page(logs, file, stamps, attempt(file, request.attempt()), number(offset), request.search());
    }

    /// Several logs are put in the order of time whether it is shown or not.
    private LogStamps stamps(RunId run, boolean all, @Nullable Boolean shown) {
        boolean show = Boolean.TRUE.equals(shown);
        return all || show ? new LogStamps(times.of(run), clock.instant(), show) : LogStamps.NONE;
    }

    private EventStream tail(Tail request, Call call) {
        LogSource logs = logsOf(call, request.run());
        RunId run = new RunId(request.run());
        String last = request.lastEventId() == null ? "" : request.lastEventId();
        String offset = !last.isEmpty() ? last : request.offset() == null ? "0" : request.offset();
        boolean all = request.name().equals(LogFile.ALL);
        LogFile file = all ? logs.files().getFirst() : Logs.find(logs.files(), request.name());
        int attempt = all ? 0 : attempt(file, request.attempt());
        String from = all ? together(logs, offset).toString() : Long.toString(number(offset));
        boolean partial = Boolean.TRUE.equals(request.partial());
        return sink -> {
            try (LogLooks.Watch watch = looks.watch(run)) {
                new LogTail(
                                signals,
                                MasterLog.topic(run),
                                from,
                                partial,
                                (position, search, woken) -> all
                                        ? Logs.page(
                                                logs,
                                                watch.files(woken),
                                                stamps(run, true, request.times()),
                                                LogPosition.parse(position),
                                                search)
                                        : Logs.page(
                                                logs,
                                                Logs.find(watch.files(woken), request.name()),
                                                stamps(run, false, request.times()),
                                                attempt,
                                                number(position),
                                                search))
                        .writeTo(sink);
            }
        };
    }

    private Content raw(Raw request, Call call) {
        LogSource logs = logsOf(call, request.run());
        LogFile file = Logs.find(logs.files(), request.name());
        int attempt = attempt(file, request.attempt());
        call.addHeader("Content-Disposition", "attachment; filename=\"%s.%d.log\"".formatted(file.name(), attempt));
        return new Content.Streamed("text/plain; charset=utf-8", out -> copy(logs, file.name(), attempt, out));
    }

    private static void copy(LogSource logs, String log, int attempt, OutputStream out) throws IOException {
        long offset = 0;
        while (true) {
            LogChunk chunk = logs.read(log, attempt, offset, CHUNK);
            if (chunk.bytes().length == 0) {
                return;
            }
            out.write(chunk.bytes());
            offset = chunk.end();
        }
    }

    private LogSource logsOf(Call call, String run) {
        Scope scope = scope(call);
        RunId id = new RunId(run);
        return new LogSource() {
            @Override
            public List<LogFile> files() {
                return runs.logs(scope, id);
            }

            @Override
            public LogChunk read(String log, int attempt, long offset, int limit) {
                return runs.read(scope, id, log, attempt, offset, limit);
            }
        };
    }

    private static LogPosition together(LogSource logs, String offset) {
        return offset.startsWith("-") ? Logs.nearEnd(logs, logs.files(), -number(offset)) : LogPosition.parse(offset);
    }

    private static int attempt(LogFile file, @Nullable Integer wanted) {
        if (wanted == null) {
            return file.attempt();
        }
        if (!file.attempts().contains(wanted)) {
            throw new RopewalkException(
                    ErrorCode.NOT_FOUND,
                    "Log '%s' has no attempt %d; it has %s.".formatted(file.name(), wanted, file.attempts()));
        }
        return wanted;
    }

    private static long number(String offset) {
        if (!NUMBER.matcher(offset).matches()) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "'offset' is a number of bytes, as an earlier answer gave it in 'next'; this one is not a number.");
        }
        return Long.parseLong(offset);
    }

    private static Scope scope(Call call) {
        return Caller.of(call).scope();
    }
}
