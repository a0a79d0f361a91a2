package io.ropewalk.project;

import io.ropewalk.access.Scope;
import io.ropewalk.project.Project.Experiment;
import io.ropewalk.project.ProjectStore.DocumentRow;
import io.ropewalk.project.ProjectStore.ListedRow;
import io.ropewalk.project.ProjectStore.ProjectRow;
import io.ropewalk.project.RunsOfProjects.Activity;
import io.ropewalk.project.RunsOfProjects.Counts;
import io.ropewalk.project.RunsOfProjects.LastRun;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.Ids;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.db.Together;
import io.ropewalk.support.failpoint.Failpoints;
import io.ropewalk.support.http.Page;
import io.ropewalk.support.http.Position;
import io.ropewalk.support.json.Json;
import io.ropewalk.support.text.Fingerprint;
import io.ropewalk.support.yaml.Yaml;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What can be done with projects. Thread-safe.
public final class Projects {
    private static final int LARGEST_PAGE = 500;
    private static final int USUAL_PAGE = 100;
    private static final int LONGEST_COMMENT = 10_000;
    private static final int KNOWN_DOCUMENTS = 1_000;

    private final Database database;
    private final Workspaces workspaces;
    private final DocumentReader reader;
    private final RunsOfProjects runs;
    private final List<PartOfProject> parts;
    private final Clock clock;
    private final ProjectStore store = new ProjectStore();

    /// By hash; documents never change.
    private final Map<String, ProjectDocument> documents = Collections.synchronizedMap(new Newest<>(KNOWN_DOCUMENTS));

    /// By id; what is kept of them never changes.
    private final Map<String, String> documentHashes = Collections.synchronizedMap(new Newest<>(KNOWN_DOCUMENTS));

    /// @param parts what else goes with a project when it is deleted
    public Projects(
            Database database,
            Workspaces workspaces,
            DocumentReader reader,
            RunsOfProjects runs,
            List<PartOfProject> parts,
            Clock clock) {
        this.database = database;
        this.workspaces = workspaces;
        this.reader = reader;
        this.runs = runs;
        this.parts = List.copyOf(parts);
        this.clock = clock;
    }

    private static final class Newest<V> extends LinkedHashMap<String, V> {
        private final int most;

        Newest(int most) {
            super(16, 0.75f, true);
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
            return size() > most;
        }
    }

    public record ProjectSummary(
            ProjectId id,
            String name,
            String workspace,
            String title,
            Instant updatedAt,
            String updatedBy,
            Counts runs,
            @Nullable LastRun lastRun) {}

    /// What came of saving a document.
    ///
    /// @param created whether the project is new
    /// @param changed whether there is a new revision
    public record Applied(
            Project project, Revision revision, boolean created, boolean changed, List<Problem> warnings) {
        public Applied {
            warnings = List.copyOf(warnings);
        }
    }

    /// A document as it was saved.
    public record SavedDocument(String text, ProjectDocument normal, Revision revision, List<Problem> warnings) {
        public SavedDocument {
            warnings = List.copyOf(warnings);
        }
    }

    /// @param from id of a revision
    /// @param to id of a revision
    public record Difference(String from, String to, List<LineDiff.Line> lines, int added, int removed) {
        public Difference {
            lines = List.copyOf(lines);
        }
    }

    /// A change that somebody asks for.
    ///
    /// @param parent the head that they started from; null when they do not care
    public record Change(
            String text,
            String experiment,
            String comment,
            @Nullable String parent,
            String author) {
        public Change {
            if (!Names.namesProject(experiment)) {
                throw new RopewalkException(
                        ErrorCode.INVALID_REQUEST,
                        "'%s' cannot name an experiment. %s"
                                .formatted(Fields.shortened(experiment), Names.PROJECT_RULE));
            }
            if (comment.length() > LONGEST_COMMENT) {
                throw new RopewalkException(
                        ErrorCode.INVALID_REQUEST,
                        "The comment is longer than %d characters; put more into the project's summary."
                                .formatted(LONGEST_COMMENT));
            }
        }
    }

    /// What somebody looks for.
    ///
    /// @param text in any case; empty for everything
    /// @param inDocuments also in what documents say, secrets included; for those who may see these only
    public record Search(String text, boolean inDocuments) {
        public static final Search ALL = new Search("", false);
    }

    public Page<ProjectSummary> list(
            Scope scope, String workspace, Search search, @Nullable Integer limit, @Nullable String cursor) {
        Workspace in = workspaces.get(scope, workspace);
        int size = pageSize(limit);
        Position after = Position.parse(cursor);
        List<ListedRow> rows = database.read(handle -> store.list(handle, scope, in.id(), search, after, size + 1));
        List<ListedRow> shown = rows.subList(0, Math.min(size, rows.size()));
        Map<ProjectId, Activity> activity = runs.activity(
                scope, shown.stream().map(row -> row.project().id()).toList());
        return page(
                rows.stream().map(row -> summary(row, activity)).toList(),
                size,
                last -> Position.of(last.updatedAt(), last.id().value()));
    }

    private ProjectSummary summary(ListedRow row, Map<ProjectId, Activity> activity) {
        ProjectRow project = row.project();
        Activity of = activity.getOrDefault(project.id(), Activity.NONE);
        return new ProjectSummary(
                project.id(),
                project.name(),
                project.workspace(),
                Json.tree(row.normal()).path("title").asText(project.name()),
                project.updatedAt(),
                row.updatedBy(),
                of.runs(),
                of.lastRun());
    }

    public Project get(Scope scope, String workspace, String name) {
        Workspace in = workspaces.get(scope, workspace);
        return database.read(handle -> project(handle, row(handle, scope, in, name)));
    }

    /// Saves a project that must not exist yet; its document names it.
    public Applied create(Scope scope, String workspace, Change change, Together<Applied> together) {
        Reading<ProjectDocument> reading = sound(change.text());
        String name = reading.document().orElseThrow().name();
        Workspace in = workspaces.get(scope, workspace);
        return database.write(handle -> {
            if (store.find(handle, Scope.EVERYTHING, in.id(), name).isPresent()) {
                throw new RopewalkException(
                        ErrorCode.ALREADY_EXISTS,
                        "There is already a project '%s' in '%s'; save a new revision of it, or choose another name."
                                .formatted(name, workspace));
            }
            return together(handle, save(handle, scope, in, name, change, reading), together);
        });
    }

    /// Saves a document as the head of an experiment, making project and experiment where they do not
    /// exist. A document
    /// that the head already has changes nothing.
    public Applied apply(Scope scope, String workspace, String name, Change change, Together<Applied> together) {
        Reading<ProjectDocument> reading = sound(change.text());
        String named = reading.document().orElseThrow().name();
        if (!named.equals(name)) {
            throw new RopewalkException(
                    ErrorCode.INVALID_DOCUMENT,
                    "The document names the project '%s', but it is saved as '%s'; make the two names equal."
                            .formatted(named, Fields.shortened(name)));
        }
        Workspace in = workspaces.get(scope, workspace);
        Applied applied =
                database.write(handle -> together(handle, save(handle, scope, in, name, change, reading), together));
        Failpoints.DOCUMENT_SAVED.reached();
        return applied;
    }

    private static Applied together(Handle handle, Applied applied, Together<Applied> together) {
        together.with(handle, applied);
        return applied;
    }

    /// The project of that name; an empty one is made when there is none.
    public Project ensure(Scope scope, String workspace, String name, String author) {
        Workspace in = workspaces.get(scope, workspace);
        Optional<ProjectRow> known = database.read(handle -> store.find(handle, scope, in.id(), name));
        if (known.isPresent()) {
            return database.read(handle -> project(handle, known.get()));
        }
        String text = Yaml.write(Map.of("name", name));
        Change change = new Change(text, Experiment.MASTER, "Made for runs from outside", null, author);
        return apply(scope, workspace, name, change, Together.nothing()).project();
    }

    private Reading<ProjectDocument> sound(String text) {
        Reading<ProjectDocument> reading = reader.read(text);
        if (reading.document().isEmpty()) {
            throw refusal("The document", reading.problems());
        }
        return reading;
    }

    private static RopewalkException refusal(String noun, List<Problem> problems) {
        List<Problem> errors = problems.stream()
                .filter(problem -> problem.severity() == Problem.Severity.ERROR)
                .toList();
        Problem first = errors.getFirst();
        int others = errors.size() - 1;
        String more = others == 0 ? "" : " %d more problem%s.".formatted(others, others == 1 ? "" : "s");
        return new RopewalkException(
                ErrorCode.INVALID_DOCUMENT,
                "%s cannot be used. Line %d: %s%s%s"
                        .formatted(
                                noun,
                                first.line(),
                                first.message(),
                                first.remedy() == null ? "" : " " + first.remedy(),
                                more),
                problems);
    }

    private Applied save(
            Handle handle,
            Scope scope,
            Workspace workspace,
            String name,
            Change change,
            Reading<ProjectDocument> reading) {
        Instant now = clock.instant();
        boolean created = store.insert(handle, ProjectId.mint(), workspace.id(), name, change.author(), now);
        ProjectRow project = row(handle, scope, workspace, name);
        Optional<String> head = store.head(handle, project.id(), change.experiment());
        refuseStale(change, head, project, handle);
        String hash = Fingerprint.of(change.text());
        if (head.isPresent()) {
            Revision current = store.revision(handle, project.id(), head.get()).orElseThrow();
            if (current.documentHash().equals(hash)) {
                return new Applied(project(handle, project), current, created, false, reading.problems());
            }
        }
        store.insert(
                handle,
                new DocumentRow(
                        hash, change.text(), Json.write(reading.document().orElseThrow())));
        Failpoints.DOCUMENT_ROW.reached();
        String parent = head.or(() -> Optional.ofNullable(change.parent()))
                .or(() -> store.head(handle, project.id(), Experiment.MASTER))
                .orElse(null);
        Revision revision = commit(handle, project, change, hash, parent, head.orElse(null), now);
        ensureMaster(handle, project, revision);
        return new Applied(refreshed(handle, project), revision, created, true, reading.problems());
    }

    /// Every project has a `master`; one whose first revision is saved elsewhere starts it there.
    private void ensureMaster(Handle handle, ProjectRow project, Revision revision) {
        if (store.head(handle, project.id(), Experiment.MASTER).isEmpty()) {
            Revision first = new Revision(
                    Ids.mint(),
                    revision.id(),
                    Experiment.MASTER,
                    revision.author(),
                    revision.comment(),
                    revision.createdAt(),
                    revision.documentHash(),
                    List.of(Experiment.MASTER));
            store.insert(handle, project.id(), first);
            store.moveHead(handle, project.id(), first, null);
        }
    }

    private Revision commit(
            Handle handle,
            ProjectRow project,
            Change change,
            String hash,
            @Nullable String parent,
            @Nullable String head,
            Instant now) {
        Revision revision = new Revision(
                Ids.mint(),
                parent,
                change.experiment(),
                change.author(),
                change.comment(),
                now.truncatedTo(ChronoUnit.MILLIS),
                hash,
                List.of(change.experiment()));
        store.insert(handle, project.id(), revision);
        Failpoints.REVISION_ROW.reached();
        if (!store.moveHead(handle, project.id(), revision, head)) {
            throw new RopewalkException(
                    ErrorCode.CONFLICT,
                    "Somebody saved '%s' of project '%s' at the same moment; look at their change and save again."
                            .formatted(change.experiment(), project.name()));
        }
        Failpoints.HEAD_MOVED.reached();
        store.touch(handle, project.id(), now);
        return revision;
    }

    private void refuseStale(Change change, Optional<String> head, ProjectRow project, Handle handle) {
        String parent = change.parent();
        if (parent == null) {
            return;
        }
        if (head.isPresent() && !head.get().equals(parent)) {
            throw new RopewalkException(
                    ErrorCode.CONFLICT,
                    "'%s' of project '%s' has changed since: its head is %s, not %s; look at the change and save again."
                            .formatted(change.experiment(), project.name(), head.get(), Fields.shortened(parent)));
        }
        if (head.isEmpty() && store.revision(handle, project.id(), parent).isEmpty()) {
            throw noRevision(project.name(), parent);
        }
    }

    /// What somebody asks to check out.
    ///
    /// @param revision or an experiment, whose head is taken
    /// @param experiment made where it does not exist
    public record Checkout(
            String revision, String experiment, @Nullable String comment, String author) {}

    /// Makes a revision's document the head of an experiment.
    public Applied checkout(Scope scope, String workspace, String name, Checkout asked, Together<Applied> together) {
        Workspace in = workspaces.get(scope, workspace);
        return database.write(handle -> {
            ProjectRow project = row(handle, scope, in, name);
            return together(handle, checkout(handle, project, asked), together);
        });
    }

    private Applied checkout(Handle handle, ProjectRow project, Checkout asked) {
        Revision chosen = resolve(handle, project, asked.revision());
        String comment = asked.comment() == null ? "Check out %s".formatted(chosen.id()) : asked.comment();
        Change change = new Change("", asked.experiment(), comment, null, asked.author());
        Optional<String> head = store.head(handle, project.id(), asked.experiment());
        if (head.isPresent()) {
            Revision current = store.revision(handle, project.id(), head.get()).orElseThrow();
            if (current.documentHash().equals(chosen.documentHash())) {
                return new Applied(project(handle, project), current, false, false, List.of());
            }
        }
        Revision made = commit(
                handle,
                project,
                change,
                chosen.documentHash(),
                head.orElse(chosen.id()),
                head.orElse(null),
                clock.instant());
        return new Applied(refreshed(handle, project), made, false, true, List.of());
    }

    public SavedDocument document(
            Scope scope, String workspace, String name, @Nullable String experiment, @Nullable String revision) {
        Workspace in = workspaces.get(scope, workspace);
        return database.read(handle -> {
            ProjectRow project = row(handle, scope, in, name);
            Revision chosen = chosen(handle, project, experiment, revision);
            DocumentRow document = store.document(handle, chosen.documentHash());
            return new SavedDocument(
                    document.text(),
                    normal(document),
                    chosen,
                    reader.read(document.text()).problems());
        });
    }

    public Page<Revision> revisions(
            Scope scope,
            String workspace,
            String name,
            @Nullable String experiment,
            @Nullable Integer limit,
            @Nullable String cursor) {
        Workspace in = workspaces.get(scope, workspace);
        int size = pageSize(limit);
        Position after = Position.parse(cursor);
        List<Revision> found = database.read(handle -> {
            ProjectRow project = row(handle, scope, in, name);
            return store.revisions(handle, project.id(), experiment == null ? "" : experiment, after, size + 1);
        });
        return page(found, size, last -> Position.of(last.createdAt(), last.id()));
    }

    /// @param from a revision or an experiment, whose head is taken
    /// @param to a revision or an experiment, whose head is taken
    /// @param masked whether the caller may not see what is secret in the texts
    public Difference diff(Scope scope, String workspace, String name, String from, String to, boolean masked) {
        Workspace in = workspaces.get(scope, workspace);
        record Pair(Revision from, String fromText, Revision to, String toText) {}
        Pair pair = database.read(handle -> {
            ProjectRow project = row(handle, scope, in, name);
            Revision first = resolve(handle, project, from);
            Revision second = resolve(handle, project, to);
            return new Pair(
                    first,
                    store.document(handle, first.documentHash()).text(),
                    second,
                    store.document(handle, second.documentHash()).text());
        });
        List<LineDiff.Line> lines = masked
                ? LineDiff.between(masked(pair.fromText()), masked(pair.toText()))
                : LineDiff.between(pair.fromText(), pair.toText());
        return new Difference(
                pair.from().id(),
                pair.to().id(),
                lines,
                count(lines, LineDiff.Kind.ADDED),
                count(lines, LineDiff.Kind.REMOVED));
    }

    private static int count(List<LineDiff.Line> lines, LineDiff.Kind kind) {
        return (int) lines.stream().filter(line -> line.kind() == kind).count();
    }

    public void delete(Scope scope, String workspace, String name, Together<ProjectId> together) {
        Workspace in = workspaces.get(scope, workspace);
        ProjectRow deleted = database.write(handle -> {
            ProjectRow project = row(handle, scope, in, name);
            long active = runs.active(handle, project.id());
            if (active > 0) {
                throw new RopewalkException(
                        ErrorCode.CONFLICT,
                        "Project '%s' has %d active run%s; stop %s first."
                                .formatted(name, active, active == 1 ? "" : "s", active == 1 ? "it" : "them"));
            }
            runs.delete(handle, project.id());
            parts.forEach(part -> part.delete(handle, project.id()));
            store.delete(handle, project.id());
            Failpoints.DELETE_ROWS.reached();
            together.with(handle, project.id());
            return project;
        });
        Failpoints.DELETE_STORED.reached();
        parts.forEach(part -> part.deleted(deleted.id()));
    }

    /// The task that a run is to be made of. Reads no YAML, and a document only the first time.
    ///
    /// @param experiment null for the revision's own, else `master`
    /// @param revision null for the experiment's head
    public TaskInRevision taskOf(
            Scope scope,
            String workspace,
            String name,
            @Nullable String experiment,
            @Nullable String revision,
            String task) {
        ProjectRevision at = revisionOf(scope, workspace, name, experiment, revision);
        Optional<Task> found = at.document().task(task);
        if (found.isEmpty()) {
            throw noTask(at, task);
        }
        return new TaskInRevision(at, found.get());
    }

    private static RopewalkException noTask(ProjectRevision at, String task) {
        List<String> tasks = at.document().tasks().stream().map(Task::name).toList();
        String remedy = Suggestion.nearest(task, tasks)
                .map("did you mean '%s'?"::formatted)
                .orElse(tasks.isEmpty() ? "its document has none." : "it has: %s.".formatted(String.join(", ", tasks)));
        return new RopewalkException(
                ErrorCode.NOT_FOUND,
                "The project '%s' has no task '%s'; %s".formatted(at.projectName(), Fields.shortened(task), remedy));
    }

    /// A revision of a project, for a task that is not in its document.
    ///
    /// @param experiment null for the revision's own, else `master`
    /// @param revision null for the experiment's head
    public ProjectRevision revisionOf(
            Scope scope, String workspace, String name, @Nullable String experiment, @Nullable String revision) {
        Workspace in = workspaces.get(scope, workspace);
        return database.read(handle -> {
            ProjectRow project = row(handle, scope, in, name);
            if (revision == null) {
                String line = experiment == null ? Experiment.MASTER : experiment;
                String head = headOf(handle, project, line);
                return new ProjectRevision(
                        in, project.id(), project.name(), line, head, documentOf(handle, project, head));
            }
            Revision chosen = resolve(handle, project, revision);
            return new ProjectRevision(
                    in,
                    project.id(),
                    project.name(),
                    experiment == null ? chosen.experiment() : experiment,
                    chosen.id(),
                    documentOf(handle, project, chosen.id()));
        });
    }

    private ProjectDocument documentOf(Handle handle, ProjectRow project, String revision) {
        String hash = documentHashes.get(revision);
        if (hash == null) {
            hash = store.revision(handle, project.id(), revision).orElseThrow().documentHash();
            documentHashes.put(revision, hash);
        }
        ProjectDocument known = documents.get(hash);
        return known != null ? known : normal(store.document(handle, hash));
    }

    private ProjectDocument normal(DocumentRow row) {
        return documents.computeIfAbsent(row.hash(), _ -> Json.read(row.normal(), ProjectDocument.class));
    }

    /// A task that somebody wrote for one run; it uses the sources of the project's document.
    public Task parseTask(String text, ProjectDocument document) {
        Reading<Task> reading = reader.readTask(text, document);
        return reading.document().orElseThrow(() -> refusal("The task", reading.problems()));
    }

    /// The number of a project's next run, inside the caller's transaction.
    public long nextRunNumber(Handle handle, ProjectId project) {
        return store.nextRunNumber(handle, project);
    }

    public Reading<ProjectDocument> check(String text) {
        return reader.read(text);
    }

    /// The JSON schema of the native document.
    public String schema() {
        return reader.schema().text();
    }

    /// A normal form that anybody who may read the project can see.
    public ProjectDocument masked(ProjectDocument document) {
        return document.withSources(document.sources().stream()
                .map(source -> source.withSettings(reader.masked(source)))
                .toList());
    }

    /// A document's text that anybody who may read the project can see.
    public String masked(String text) {
        return reader.masked(text);
    }

    private ProjectRow row(Handle handle, Scope scope, Workspace workspace, String name) {
        return store.find(handle, scope, workspace.id(), name)
                .orElseThrow(() -> new RopewalkException(
                        ErrorCode.NOT_FOUND,
                        "There is no project '%s' in '%s' that you may see; list the projects to find its name."
                                .formatted(Fields.shortened(name), workspace.name())));
    }

    private Project refreshed(Handle handle, ProjectRow project) {
        return project(
                handle, store.find(handle, Scope.EVERYTHING, project.id()).orElseThrow());
    }

    private Project project(Handle handle, ProjectRow row) {
        List<Experiment> experiments = store.experiments(handle, row.id());
        ProjectDocument document = documentOf(handle, row, headOf(handle, row, Experiment.MASTER));
        return new Project(
                row.id(),
                row.name(),
                row.workspace(),
                document.title(),
                document.summary(),
                experiments,
                row.createdAt(),
                row.createdBy(),
                row.updatedAt());
    }

    private Revision chosen(Handle handle, ProjectRow project, @Nullable String experiment, @Nullable String revision) {
        if (revision != null) {
            return resolve(handle, project, revision);
        }
        String head = headOf(handle, project, experiment == null ? Experiment.MASTER : experiment);
        return store.revision(handle, project.id(), head).orElseThrow();
    }

    private String headOf(Handle handle, ProjectRow project, String experiment) {
        return store.head(handle, project.id(), experiment)
                .orElseThrow(() -> new RopewalkException(
                        ErrorCode.NOT_FOUND,
                        "The project '%s' has no experiment '%s'; it has: %s."
                                .formatted(
                                        project.name(),
                                        Fields.shortened(experiment),
                                        String.join(
                                                ", ",
                                                store.experiments(handle, project.id()).stream()
                                                        .map(Experiment::name)
                                                        .toList()))));
    }

    /// A revision by its id, or the head of an experiment by its name.
    private Revision resolve(Handle handle, ProjectRow project, String name) {
        return store.revision(handle, project.id(), name)
                .or(() -> store.head(handle, project.id(), name)
                        .flatMap(head -> store.revision(handle, project.id(), head)))
                .orElseThrow(() -> noRevision(project.name(), name));
    }

    private static RopewalkException noRevision(String project, String revision) {
        return new RopewalkException(
                ErrorCode.NOT_FOUND,
                "The project '%s' has no revision or experiment '%s'; its history lists them."
                        .formatted(project, Fields.shortened(revision)));
    }

    private static int pageSize(@Nullable Integer limit) {
        return limit == null ? USUAL_PAGE : Math.clamp(limit, 1, LARGEST_PAGE);
    }

    private interface Cursor<T> {
        Position after(T last);
    }

    private static <T> Page<T> page(List<T> found, int size, Cursor<T> cursor) {
        if (found.size() <= size) {
            return new Page<>(found, null);
        }
        List<T> items = found.subList(0, size);
        return new Page<>(items, cursor.after(items.getLast()).cursor());
    }
}
