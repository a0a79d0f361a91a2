package io.ropewalk.project;

import io.ropewalk.access.Caller;
import io.ropewalk.access.Right;
import io.ropewalk.project.Project.Experiment;
import io.ropewalk.project.Projects.Applied;
import io.ropewalk.project.Projects.Change;
import io.ropewalk.project.Projects.Checkout;
import io.ropewalk.project.Projects.Difference;
import io.ropewalk.project.Projects.ProjectSummary;
import io.ropewalk.project.Projects.SavedDocument;
import io.ropewalk.project.Projects.Search;
import io.ropewalk.support.http.Call;
import io.ropewalk.support.http.Content;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.http.FromQuery;
import io.ropewalk.support.http.NoInput;
import io.ropewalk.support.http.Nothing;
import io.ropewalk.support.http.Page;
import io.ropewalk.support.http.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Projects over HTTP.
public final class ProjectApi {
    private static final String ALL = "/api/v1/workspaces/{workspace}/projects";
    private static final String ONE = ALL + "/{project}";

    private final Projects projects;

    public ProjectApi(Projects projects) {
        this.projects = projects;
    }

    /// @param search in names; also in documents, if the caller may change them
    public record ListProjects(
            String workspace,
            @Nullable String search,
            @Nullable Integer limit,
            @Nullable String cursor) {}

    public record CreateProject(
            String workspace, String document, @Nullable String comment) {}

    public record CheckDocument(String workspace, String document) {}

    public record OneProject(String workspace, String project) {}

    /// @param experiment `master` if not given
    /// @param parent the revision that the author started from; saving fails when it is not the head any more
    public record ApplyDocument(
            String workspace,
            String project,
            String document,
            @Nullable String experiment,
            @Nullable String comment,
            @Nullable String parent) {}

    /// @param experiment `master` if not given
    /// @param revision the experiment's head if not given
    public record GetDocument(
            String workspace,
            String project,
            @Nullable String experiment,
            @Nullable String revision) {}

    public record ListRevisions(
            String workspace,
            String project,
            @Nullable String experiment,
            @Nullable Integer limit,
            @Nullable String cursor) {}

    /// @param from a revision or an experiment
    /// @param to a revision or an experiment
    public record CompareRevisions(
            String workspace,
            String project,
            @FromQuery String from,
            @FromQuery String to) {}

    public record CheckOut(
            String workspace,
            String project,
            String revision,
            String experiment,
            @Nullable String comment) {}

    /// @param normal the normal form, when no problem is an error
    public record Checked(List<Problem> problems, @Nullable ProjectDocument normal) {
        public Checked {
            problems = List.copyOf(problems);
        }
    }

    public List<Endpoint<?, ?>> endpoints() {
        return List.of(
                Endpoint.get(
                        ALL,
                        Right.READ,
                        ListProjects.class,
                        Reply.page(ProjectSummary.class),
                        "List projects, newest change first",
                        this::list),
                Endpoint.post(
                        ALL,
                        Right.EDIT,
                        CreateProject.class,
                        Reply.created(Applied.class),
                        "Create a project from a document",
                        this::create),
                Endpoint.post(
                        ALL + "/check",
                        Right.READ,
                        CheckDocument.class,
                        Reply.of(Checked.class),
                        "Find what is wrong with a document",
                        this::check),
                Endpoint.get(ONE, Right.READ, OneProject.class, Reply.of(Project.class), "Get a project", this::get),
                Endpoint.delete(
                        ONE,
                        Right.EDIT,
                        OneProject.class,
                        Reply.nothing(),
                        "Delete a project with its runs and files",
                        this::delete),
                Endpoint.put(
                        ONE + "/document",
                        Right.EDIT,
                        ApplyDocument.class,
                        Reply.of(Applied.class),
                        "Save a document as the head of an experiment",
                        this::apply),
                Endpoint.get(
                        ONE + "/document",
                        Right.READ,
                        GetDocument.class,
                        Reply.of(SavedDocument.class),
                        "Get a document as it was saved; its secrets are masked for who may not change it",
                        this::document),
                Endpoint.get(
                        ONE + "/revisions",
                        Right.READ,
                        ListRevisions.class,
                        Reply.page(Revision.class),
                        "List revisions, newest first",
                        this::revisions),
                Endpoint.get(
                        ONE + "/diff",
                        Right.READ,
                        CompareRevisions.class,
                        Reply.of(Difference.class),
                        "Compare two revisions line by line; their secrets are masked for who may not change them",
                        this::diff),
                Endpoint.post(
                        ONE + "/checkout",
                        Right.EDIT,
                        CheckOut.class,
                        Reply.of(Applied.class),
                        "Make a revision's document the head of an experiment",
                        this::checkout),
                Endpoint.get(
                        "/api/v1/schemas/project.json",
                        Right.READ,
                        NoInput.class,
                        Reply.content("application/schema+json"),
                        "Get the JSON schema of project documents",
                        this::schema));
    }

    private Page<ProjectSummary> list(ListProjects request, Call call) {
        return projects.list(
                Caller.of(call).scope(),
                request.workspace(),
                new Search(request.search() == null ? "" : request.search(), mayChange(call)),
                request.limit(),
                request.cursor());
    }

    private Applied create(CreateProject request, Call call) {
        Caller caller = Caller.of(call);
        return projects.create(
                caller.scope(),
                request.workspace(),
                new Change(request.document(), Experiment.MASTER, text(request.comment()), null, caller.author()),
                call.key()::keep);
    }

    private Checked check(CheckDocument request, Call call) {
        Reading<ProjectDocument> reading = projects.check(request.document());
        return new Checked(
                reading.problems(), reading.document().map(projects::masked).orElse(null));
    }

    private Project get(OneProject request, Call call) {
        return projects.get(Caller.of(call).scope(), request.workspace(), request.project());
    }

    private Nothing delete(OneProject request, Call call) {
        projects.delete(
                Caller.of(call).scope(),
                request.workspace(),
                request.project(),
                (handle, _) -> call.key().keep(handle, Nothing.NOTHING));
        return Nothing.NOTHING;
    }

    private Applied apply(ApplyDocument request, Call call) {
        Caller caller = Caller.of(call);
        String experiment = request.experiment() == null ? Experiment.MASTER : request.experiment();
        return projects.apply(
                caller.scope(),
                request.workspace(),
                request.project(),
                new Change(request.document(), experiment, text(request.comment()), request.parent(), caller.author()),
                call.key()::keep);
    }

    private SavedDocument document(GetDocument request, Call call) {
        SavedDocument saved = projects.document(
                Caller.of(call).scope(),
                request.workspace(),
                request.project(),
                request.experiment(),
                request.revision());
        return new SavedDocument(
                mayChange(call) ? saved.text() : projects.masked(saved.text()),
                projects.masked(saved.normal()),
                saved.revision(),
                saved.warnings());
    }

    private Page<Revision> revisions(ListRevisions request, Call call) {
        return projects.revisions(
                Caller.of(call).scope(),
                request.workspace(),
                request.project(),
                request.experiment(),
                request.limit(),
                request.cursor());
    }

    private Difference diff(CompareRevisions request, Call call) {
        return projects.diff(
                Caller.of(call).scope(),
                request.workspace(),
                request.project(),
                request.from(),
                request.to(),
                !mayChange(call));
    }

    /// Who may write the secrets of sources may see them; others find them masked.
    private static boolean mayChange(Call call) {
        return call.principal().holds(Right.EDIT);
    }

    private Applied checkout(CheckOut request, Call call) {
        Caller caller = Caller.of(call);
        return projects.checkout(
                caller.scope(),
                request.workspace(),
                request.project(),
                new Checkout(request.revision(), request.experiment(), request.comment(), caller.author()),
                call.key()::keep);
    }

    private Content schema(NoInput request, Call call) {
        return new Content.Text("application/schema+json", projects.schema());
    }

    private static String text(@Nullable String comment) {
        return comment == null ? "" : comment;
    }
}
