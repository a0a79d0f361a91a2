package io.ropewalk.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.ropewalk.access.Caller;
import io.ropewalk.access.Right;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.db.Together;
import io.ropewalk.support.http.Call;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.http.EventStream;
import io.ropewalk.support.http.Page;
import io.ropewalk.support.http.Position;
import io.ropewalk.support.http.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Starting, seeing, stopping and repeating runs.
public final class RunApi {
    private static final String PROJECT = "/api/v1/workspaces/{workspace}/projects/{project}";
    private static final String RUN = "/api/v1/runs/{run}";
    private static final Duration LONGEST_GRACE = Duration.ofHours(1);

    private final Runs runs;
    private final RunViews views;
    private final RunUpdates updates;
    private final RunSpecifications specifications;

    RunApi(Runs runs, RunViews views, RunUpdates updates, RunSpecifications specifications) {
        this.runs = runs;
        this.views = views;
        this.updates = updates;
        this.specifications = specifications;
    }

    public record Submit(
            String workspace,
            String project,
            @Nullable String task,
            @Nullable String definition,
            @Nullable String experiment,
            @Nullable String revision,
            @Nullable Map<String, Object> parameters,
            @Nullable Map<String, String> pins,
            @Nullable String comment,
            @Nullable RunId parentRun) {}

    public record Track(
            String workspace,
            String project,
            @Nullable String task,
            @Nullable String experiment,
            @Nullable Map<String, Object> parameters,
            @Nullable String comment) {}

    public record ListRuns(
            String workspace,
            String project,
            @Nullable String task,
            @Nullable String experiment,
            @Nullable String state,
            @Nullable String search,
            @Nullable String cursor,
            @Nullable Integer limit) {}

    public record ListAll(
            String workspace,
            @Nullable String state,
            @Nullable String search,
            @Nullable String cursor,
            @Nullable Integer limit) {}

    public record ByNumber(String workspace, String project, long number) {}

    public record OneRun(RunId run) {}

    /// @param grace seconds that programs may take to end before they are killed; the server's own measure if not given
    public record Stop(RunId run, @Nullable Integer grace) {}

    /// @param resume whether it goes on with the checkpoints of the first
    public record Again(
            RunId run,
            @Nullable Map<String, Object> parameters,
            @Nullable Boolean resume) {}

    public record Finish(
            RunId run, FinalState state, @Nullable String reason) {}

    public record Info(RunId run, Map<String, Object> info) {}

    /// How a program outside ended.
    public enum FinalState {
        @JsonProperty("succeeded")
        SUCCEEDED,
        @JsonProperty("failed")
        FAILED,
        @JsonProperty("stopped")
        STOPPED
    }

    public List<Endpoint<?, ?>> endpoints() {
        return List.of(
                Endpoint.post(
                        PROJECT + "/runs",
                        Right.RUN,
                        Submit.class,
                        Reply.created(RunView.class),
                        "Start a task",
                        this::submit),
                Endpoint.post(
                        PROJECT + "/runs/tracked",
                        Right.TRACK,
                        Track.class,
                        Reply.created(RunView.class),
                        "Note work that runs somewhere else",
                        this::track),
                Endpoint.get(
                        PROJECT + "/runs",
                        Right.READ,
                        ListRuns.class,
                        Reply.page(RunView.Summary.class),
                        "List a project's runs, newest first",
                        this::list),
                Endpoint.get(
                        "/api/v1/workspaces/{workspace}/runs",
                        Right.READ,
                        ListAll.class,
                        Reply.page(RunView.Summary.class),
                        "List the runs of all projects, newest first",
                        this::listAll),
                Endpoint.get(
                        PROJECT + "/runs/{number}",
                        Right.READ,
                        ByNumber.class,
                        Reply.of(RunView.class),
                        "Find a run by its number",
                        this::byNumber),
                Endpoint.get(RUN, Right.READ, OneRun.class, Reply.of(RunView.class), "Show a run", this::show),
                Endpoint.post(
                        RUN + "/stop", Right.RUN, Stop.class, Reply.of(RunView.class), "Ask a run to end", this::stop),
                Endpoint.post(
                        RUN + "/again",
                        Right.RUN,
                        Again.class,
                        Reply.created(RunView.class),
                        "Start the same again",
                        this::again),
                Endpoint.post(
                        RUN + "/finish",
                        Right.TRACK,
                        Finish.class,
                        Reply.of(RunView.class),
                        "Say how tracked work ended",
                        this::finish),
                Endpoint.post(
                        RUN + "/info",
                        Right.TRACK,
                        Info.class,
                        Reply.of(RunView.class),
                        "Add to what is known about a run",
                        this::info),
                Endpoint.get(
                        RUN + "/events",
                        Right.READ,
                        OneRun.class,
                        Reply.list(Incident.class),
                        "List what has happened to a run",
                        this::events),
                Endpoint.get(
                        RUN + "/status",
                        Right.READ,
                        OneRun.class,
                        Reply.of(RunStatus.class),
                        "Show a run's state role by role",
                        this::status),
                Endpoint.get(
                        RUN + "/specification",
                        Right.READ,
                        OneRun.class,
                        Reply.of(RunSpecifications.View.class),
                        "Show what was asked for, in full",
                        this::specification),
                Endpoint.get(
                        RUN + "/updates",
                        Right.READ,
                        OneRun.class,
                        Reply.events(RunView.class),
                        "Follow a run as it changes",
                        this::updates));
    }

    private RunView submit(Submit request, Call call) {
        Submission asked = new Submission(
                request.workspace(),
                request.project(),
                request.task(),
                request.definition(),
                request.experiment(),
                request.revision(),
                orEmpty(request.parameters()),
                orEmpty(request.pins()),
                text(request.comment()),
                request.parentRun());
        return views.first(runs.submit(Caller.of(call), asked, answering(call)));
    }

    private RunView track(Track request, Call call) {
        Runs.Tracking asked = new Runs.Tracking(
                request.workspace(),
                request.project(),
                request.task() == null ? "tracked" : request.task(),
                request.experiment() == null ? "master" : request.experiment(),
                orEmpty(request.parameters()),
                text(request.comment()));
        return views.first(runs.track(Caller.of(call), asked, answering(call)));
    }

    private Together<Run> answering(Call call) {
        return (handle, run) -> call.key().keep(handle, views.first(run));
    }

    /// For a run that there is something to read about, which cannot be done inside a transaction.
    private Function<Run, Together<Run>> showing(Call call) {
        return run -> {
            RunView view = views.view(run);
            return (handle, _) -> call.key().keep(handle, view);
        };
    }

    private Page<RunView.Summary> list(ListRuns request, Call call) {
        return list(
                call,
                new RunStore.Query(
                        request.workspace(),
                        request.project(),
                        request.task(),
                        request.experiment(),
                        request.state(),
                        request.search(),
                        Position.parse(request.cursor()),
                        limit(request.limit())));
    }

    private Page<RunView.Summary> listAll(ListAll request, Call call) {
        return list(
                call,
                new RunStore.Query(
                        request.workspace(),
                        null,
                        null,
                        null,
                        request.state(),
                        request.search(),
                        Position.parse(request.cursor()),
                        limit(request.limit())));
    }

    private Page<RunView.Summary> list(Call call, RunStore.Query query) {
        List<Run> found = runs.list(Caller.of(call).scope(), query);
        String next =
                found.size() < query.limit() ? null : found.getLast().position().cursor();
        return new Page<>(views.summaries(found), next);
    }

    private static int limit(@Nullable Integer asked) {
        int limit = asked == null ? 100 : asked;
        if (limit < 1 || limit > 1000) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST, "'limit' is a number of runs from 1 to 1000, not %d.".formatted(limit));
        }
        return limit;
    }

    private RunView byNumber(ByNumber request, Call call) {
        return views.view(runs.find(Caller.of(call).scope(), request.workspace(), request.project(), request.number()));
    }

    private RunView show(OneRun request, Call call) {
        return views.view(runs.find(Caller.of(call).scope(), request.run()));
    }

    private RunView stop(Stop request, Call call) {
        return views.view(runs.stop(Caller.of(call), request.run(), grace(request.grace()), showing(call)));
    }

    private static @Nullable Duration grace(@Nullable Integer seconds) {
        if (seconds == null) {
            return null;
        }
        if (seconds < 0 || seconds > LONGEST_GRACE.toSeconds()) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "'grace' is a number of seconds from 0 to %d, not %d."
                            .formatted(LONGEST_GRACE.toSeconds(), seconds));
        }
        return Duration.ofSeconds(seconds);
    }

    private RunView again(Again request, Call call) {
        return views.first(runs.again(
                Caller.of(call),
                request.run(),
                orEmpty(request.parameters()),
                Boolean.TRUE.equals(request.resume()),
                answering(call)));
    }

    private RunView finish(Finish request, Call call) {
        RunState.Outcome outcome = switch (request.state()) {
            case SUCCEEDED -> new RunState.Outcome.Success();
            case FAILED -> new RunState.Outcome.Failure(FailureCause.USER_EXIT, text(request.reason()));
            case STOPPED -> new RunState.Outcome.Stop(Caller.of(call).author());
        };
        return views.view(runs.finish(Caller.of(call), request.run(), outcome, showing(call)));
    }

    private RunView info(Info request, Call call) {
        runs.mergeInfo(Caller.of(call), request.run(), request.info());
        return views.view(runs.find(Caller.of(call).scope(), request.run()));
    }

    private List<Incident> events(OneRun request, Call call) {
        return runs.incidents(runs.find(Caller.of(call).scope(), request.run()));
    }

    private RunStatus status(OneRun request, Call call) {
        Run run = runs.find(Caller.of(call).scope(), request.run());
        return RunStatus.of(run, runs.replicas(run), runs.incidents(run));
    }

    private RunSpecifications.View specification(OneRun request, Call call) {
        return specifications.view(runs.find(Caller.of(call).scope(), request.run()));
    }

    private EventStream updates(OneRun request, Call call) {
        Caller caller = Caller.of(call);
        runs.find(caller.scope(), request.run());
        return updates.follow(caller.scope(), request.run());
    }

    private static <V> Map<String, V> orEmpty(@Nullable Map<String, V> map) {
        return map == null ? Map.of() : map;
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }
}
