package io.ropewalk.run;

import io.ropewalk.access.Access;
import io.ropewalk.access.Caller;
import io.ropewalk.access.Scope;
import io.ropewalk.project.ProjectDocument;
import io.ropewalk.project.ProjectDocument.EffectiveMount;
import io.ropewalk.project.ProjectDocument.Source;
import io.ropewalk.project.ProjectRevision;
import io.ropewalk.project.Projects;
import io.ropewalk.project.Role;
import io.ropewalk.project.Task;
import io.ropewalk.project.TaskInRevision;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.source.SourceType.Pin;
import io.ropewalk.support.db.Together;
import io.ropewalk.support.failpoint.Failpoints;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What can be done with runs.
public final class Runs implements Access.ActiveRuns {
    private final RunStore store;
    private final Projects projects;
    private final RunSources sources;
    private final Ledger ledger;
    private final RunReconciler reconciler;
    private final LastWrites writes;
    private final Clock clock;

    Runs(
            RunStore store,
            Projects projects,
            RunSources sources,
            Ledger ledger,
            RunReconciler reconciler,
            LastWrites writes,
            Clock clock) {
        this.writes = writes;
        this.store = store;
        this.projects = projects;
        this.sources = sources;
        this.ledger = ledger;
        this.reconciler = reconciler;
        this.clock = clock;
    }

    /// Accepts a run. When this returns it is stored, and will be started as soon as there is room.
    Run submit(Caller caller, Submission asked, Together<Run> together) {
        TaskInRevision found = find(caller.scope(), asked);
        ProjectRevision at = found.at();
        Run.Home home = new Run.Home(at.workspace().id(), at.workspace().name(), at.project(), at.projectName());
        Optional<Run> parent = parent(caller, asked);
        ProjectDocument reduced = reduced(at.document(), found.task());
        RunSpecification specification = new RunSpecification(
                reduced,
                Parameters.merge(found.task().parameters(), asked.parameters()),
                pins(home, reduced, asked, parent));
        Run.Origin origin = new Run.Origin(
                at.experiment(),
                at.revision(),
                parent.map(Run::id).orElse(null),
                caller.author(),
                asked.comment(),
                null);
        return enqueue(home, origin, specification, together);
    }

    private TaskInRevision find(Scope scope, Submission asked) {
        if (asked.task() != null && asked.definition() == null) {
            return projects.taskOf(
                    scope, asked.workspace(), asked.project(), asked.experiment(), asked.revision(), asked.task());
        }
        if (asked.task() == null && asked.definition() != null) {
            ProjectRevision at = projects.revisionOf(
                    scope, asked.workspace(), asked.project(), asked.experiment(), asked.revision());
            return new TaskInRevision(at, projects.parseTask(asked.definition(), at.document()));
        }
        throw new RopewalkException(
                ErrorCode.INVALID_REQUEST, "Name a 'task' of the project, or give a 'definition', not both.");
    }

    private Optional<Run> parent(Caller caller, Submission asked) {
        if (caller instanceof Caller.Run run) {
            return store.find(caller.scope(), run.run());
        }
        return asked.parent() == null ? Optional.empty() : Optional.of(find(caller.scope(), asked.parent()));
    }

    /// The document without what the task does not use.
    private static ProjectDocument reduced(ProjectDocument document, Task task) {
        List<String> used = task.roles().stream()
                .flatMap(role -> document.mountsOf(role).stream())
                .map(mount -> mount.source().name())
                .distinct()
                .toList();
        return new ProjectDocument(
                document.kind(),
                document.name(),
                "",
                "",
                document.labels(),
                document.defaultMountPath(),
                document.readOnly(),
                document.sources().stream()
                        .filter(source -> used.contains(source.name()))
                        .toList(),
                document.packages(),
                List.of(task),
                null);
    }

    /// What each source stands for: as asked for this run, else as for the run that starts it, else as the
    /// task, the mount or the source says.
    private Map<String, Pin> pins(Run.Home home, ProjectDocument document, Submission asked, Optional<Run> parent) {
        Task task = document.tasks().getFirst();
        Map<String, Pin> pins = new LinkedHashMap<>();
        for (Source source : document.sources()) {
            Pin inherited = parent.map(run -> run.specification().pins().get(source.name()))
                    .orElse(null);
            String wanted = asked.pins().get(source.name());
            if (wanted == null && inherited != null) {
                pins.put(source.name(), inherited);
                continue;
            }
            if (wanted == null) {
                wanted = task.pins().getOrDefault(source.name(), ofMount(document, source));
            }
            pins.put(source.name(), sources.pin(home, source, wanted));
        }
        for (String name : asked.pins().keySet()) {
            if (document.source(name).isEmpty()) {
                throw new RopewalkException(
                        ErrorCode.INVALID_REQUEST,
                        "Task '%s' uses no source '%s', so its revision cannot be chosen."
                                .formatted(task.name(), name));
            }
        }
        return pins;
    }

    private static String ofMount(ProjectDocument document, Source source) {
        return document.tasks().getFirst().roles().stream()
                .flatMap(role -> document.mountsOf(role).stream())
                .filter(mount -> mount.source().equals(source))
                .map(EffectiveMount::revision)
                .filter(revision -> !revision.isEmpty())
                .findFirst()
                .orElse("");
    }

    private Run enqueue(Run.Home home, Run.Origin origin, RunSpecification specification, Together<Run> together) {
        ledger.impossible(specification.requested()).ifPresent(reason -> {
            throw new RopewalkException(
                    ErrorCode.IMPOSSIBLE_REQUEST,
                    "Task '%s' can never start here: it %s. Ask for less in 'resources', or use a larger machine."
                            .formatted(specification.task().name(), reason));
        });
        if (specification.replicaIds().isEmpty()) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "Task '%s' has no replicas to start. Set 'replicas' of one of its roles to 1 or more."
                            .formatted(specification.task().name()));
        }
        for (Role role : specification.task().roles()) {
            if (role.command().isBlank() && role.args().isBlank()) {
                throw new RopewalkException(
                        ErrorCode.IMPOSSIBLE_REQUEST,
                        "Role '%s' has only an image to say what it runs, and programs run without images here. Give it a 'command'."
                                .formatted(role.name()));
            }
        }
        RunId id = RunId.mint();
        Instant now = clock.instant();
        boolean admitted = ledger.request(id, specification.requested());
        Run queued = Run.queued(id, home, origin, specification, now);
        Run run = queued.after(admitted ? new RunEvent.Admitted() : new RunEvent.Waits(ledger.reason(id)), now);
        try {
            Run stored = store(run, together);
            Failpoints.RUN_STORED.reached();
            reconciler.begin(stored);
            Failpoints.RUN_BEGUN.reached();
            return stored;
        } catch (RuntimeException e) {
            ledger.release(id).forEach(reconciler::wake);
            throw e;
        }
    }

    private Run store(Run run, Together<Run> together) {
        return store.write(handle -> {
            Run numbered =
                    run.numbered(projects.nextRunNumber(handle, run.home().projectId()));
            Failpoints.RUN_NUMBER_TAKEN.reached();
            store.insert(handle, numbered, reconciler.lease());
            Failpoints.RUN_ROW_INSERTED.reached();
            together.with(handle, numbered);
            return numbered;
        });
    }

    /// The same again: the same revision, the same inputs, other parameters where they are given.
    ///
    /// @param resume whether it goes on with what the first has left in its checkpoints
    Run again(Caller caller, RunId id, Map<String, Object> parameters, boolean resume, Together<Run> together) {
        Run first = find(caller.scope(), id);
        launched(first, "started again");
        if (resume && !first.ended()) {
            throw new RopewalkException(
                    ErrorCode.CONFLICT,
                    "Run %s is still writing the checkpoints that the next would go on from. Stop it first, or start again without them."
                            .formatted(first.name()));
        }
        RunSpecification specification = new RunSpecification(
                first.specification().document(),
                Parameters.merge(first.specification().parameters(), parameters),
                first.specification().pins());
        Run.Origin again = new Run.Origin(
                first.origin().experiment(),
                first.origin().revision(),
                null,
                caller.author(),
                (resume ? "goes on from " : "again: ") + first.name(),
                resume ? first.origin().earlier() : null);
        return enqueue(first.home(), resume ? again.goingOn(first, 0) : again, specification, together);
    }

    /// Asks a run to end. Its programs are told, and killed when they have not ended after a while. Asking again may
    /// shorten that while.
    ///
    /// @param grace null for the usual
    /// @param answering asked before the transaction what goes into it
    Run stop(Caller caller, RunId id, @Nullable Duration grace, Function<Run, Together<Run>> answering) {
        Run run = find(caller.scope(), id);
        launched(run, "stopped");
        if (run.ended()) {
            throw new RopewalkException(
                    ErrorCode.CONFLICT,
                    "Run %s has %s already.".formatted(run.name(), run.state().word()));
        }
        Together<Run> together = answering.apply(run);
        Instant now = clock.instant();
        store.write(handle -> {
            boolean asked = store.requestStop(handle, id, now, grace, caller.author());
            if (asked) {
                Failpoints.STOP_NOTED.reached();
                together.with(handle, run);
            }
            return asked;
        });
        Failpoints.STOP_STORED.reached();
        reconciler.reread(id);
        return find(caller.scope(), id);
    }

    private static void launched(Run run, String verb) {
        if (run.kind() == Run.Kind.TRACKED) {
            throw new RopewalkException(
                    ErrorCode.CONFLICT,
                    "Run %s runs outside this server and cannot be %s from here.".formatted(run.name(), verb));
        }
    }

    /// Notes work that runs somewhere else.
    Run track(Caller caller, Tracking asked, Together<Run> together) {
        projects.ensure(caller.scope(), asked.workspace(), asked.project(), caller.author());
        ProjectRevision at = projects.revisionOf(caller.scope(), asked.workspace(), asked.project(), null, null);
        Run.Home home = new Run.Home(at.workspace().id(), at.workspace().name(), at.project(), at.projectName());
        Instant now = clock.instant();
        Run run = new Run(
                RunId.mint(),
                home,
                0,
                Run.Kind.TRACKED,
                new Run.Origin(asked.experiment(), null, null, caller.author(), asked.comment(), null),
                RunSpecification.tracked(asked.project(), asked.task(), asked.parameters()),
                new RunState.Running(now),
                Timeline.EMPTY.enter(Timeline.Name.RUNNING, now),
                Map.of(),
                now,
                now,
                null,
                Optional.empty(),
                Optional.empty());
        Run tracked = store(run, together);
        Failpoints.TRACK_STORED.reached();
        return tracked;
    }

    /// What a program outside says it is doing.
    public record Tracking(
            String workspace,
            String project,
            String task,
            String experiment,
            Map<String, Object> parameters,
            String comment) {
        public Tracking {
            parameters = Map.copyOf(parameters);
        }
    }

    /// A program outside says how it ended.
    ///
    /// @param answering asked before the transaction what goes into it
    Run finish(Caller caller, RunId id, RunState.Outcome outcome, Function<Run, Together<Run>> answering) {
        Run run = find(caller.scope(), id);
        if (run.kind() != Run.Kind.TRACKED) {
            throw new RopewalkException(
                    ErrorCode.CONFLICT,
                    "Run %s was started by this server, which sees by itself how it ends.".formatted(run.name()));
        }
        Instant now = clock.instant();
        Run ended = run.after(new RunEvent.Decided(outcome), now).after(new RunEvent.AllEnded(), now);
        Together<Run> together = answering.apply(ended);
        store.write(handle -> {
            boolean finished = store.finishTracked(handle, run, ended);
            if (finished) {
                Failpoints.FINISH_NOTED.reached();
                together.with(handle, ended);
            }
            return finished;
        });
        Failpoints.FINISH_STORED.reached();
        reconciler.changed(ended);
        return find(caller.scope(), id);
    }

    public Map<String, Object> mergeInfo(Caller caller, RunId id, Map<String, Object> more) {
        Run run = find(caller.scope(), id);
        Map<String, Object> merged = store.mergeInfo(id, more);
        Failpoints.INFO_STORED.reached();
        writes.wrote(id);
        reconciler.changed(run);
        return merged;
    }

    public Run find(Scope scope, RunId id) {
        return store.get(scope, id);
    }

    public Run find(Scope scope, String workspace, String project, long number) {
        return store.find(scope, workspace, project, number)
                .orElseThrow(() -> new RopewalkException(
                        ErrorCode.NOT_FOUND,
                        "Project '%s' has no run %d, or you may not see it. 'ropewalk ls runs' lists what there is."
                                .formatted(project, number)));
    }

    List<Run> list(Scope scope, RunStore.Query query) {
        List<Run> found = store.list(scope, query);
        if (found.isEmpty() && query.project() != null) {
            projects.get(scope, query.workspace(), query.project());
        }
        return found;
    }

    List<Replica> replicas(Run run) {
        return store.replicas(run.id());
    }

    List<Incident> incidents(Run run) {
        return store.incidents(run.id());
    }

    @Override
    public Optional<Caller.Run> find(RunId id) {
        return store.find(Scope.EVERYTHING, id)
                .filter(run -> !run.ended())
                .map(run -> new Caller.Run(
                        id,
                        run.home().workspaceId(),
                        run.home().projectId(),
                        run.origin().author()));
    }
}
