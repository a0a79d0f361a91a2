package io.ropewalk.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.access.Scope;
import io.ropewalk.project.Projects.Applied;
import io.ropewalk.project.Projects.Change;
import io.ropewalk.project.Projects.Checkout;
import io.ropewalk.project.Projects.Difference;
import io.ropewalk.project.Projects.ProjectSummary;
import io.ropewalk.project.Projects.Search;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.spi.WorkspaceId;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.db.Together;
import io.ropewalk.support.http.Page;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProjectsTest {
    private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

    /// Moves on by a second whenever it is read.
    static final class TickingClock extends Clock {
        private Instant now = START;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public synchronized Instant instant() {
            now = now.plus(Duration.ofSeconds(1));
            return now;
        }
    }

    /// Runs as the test says they are.
    static final class GivenRuns implements RunsOfProjects {
        long active;
        final List<ProjectId> deleted = new ArrayList<>();

        @Override
        public Map<ProjectId, Activity> activity(Scope scope, Collection<ProjectId> projects) {
            return projects.isEmpty()
                    ? Map.of()
                    : Map.of(
                            projects.iterator().next(),
                            new Activity(
                                    new Counts(3, active, 1),
                                    new LastRun(
                                            new RunId("run-1"),
                                            3,
                                            "train-3",
                                            "train",
                                            "failed",
                                            "timed-out",
                                            "ann",
                                            START,
                                            START,
                                            null)));
        }

        @Override
        public long active(Handle handle, ProjectId project) {
            return active;
        }

        @Override
        public void delete(Handle handle, ProjectId project) {
            deleted.add(project);
        }
    }

    private static final class House {
        final Database database;
        final GivenRuns runs = new GivenRuns();
        final Workspaces workspaces;
        final Projects projects;
        final List<ProjectId> deletedParts = new ArrayList<>();

        House(Database database) {
            this.database = database;
            Clock clock = new TickingClock();
            workspaces = new Workspaces(database, clock);
            projects = new Projects(
                    database,
                    workspaces,
                    new DocumentReader(TestSources.ALL),
                    runs,
                    List.of((_, project) -> deletedParts.add(project)),
                    clock);
        }

        int documents() {
            return database.read(handle -> handle.createQuery("select count(*) from document")
                    .mapTo(Integer.class)
                    .one());
        }

        Applied apply(String text) {
            return apply(text, "master", null);
        }

        Applied apply(String text, String experiment, @Nullable String parent) {
            return projects.apply(
                    Scope.EVERYTHING,
                    "default",
                    "digits",
                    new Change(text, experiment, "a comment", parent, "ann"),
                    Together.nothing());
        }

        String text(@Nullable String experiment, @Nullable String revision) {
            return projects.document(Scope.EVERYTHING, "default", "digits", experiment, revision)
                    .text();
        }

        List<Revision> history(@Nullable String experiment) {
            return projects.revisions(Scope.EVERYTHING, "default", "digits", experiment, null, null)
                    .items();
        }
    }

    private static String digits(String command) {
        return "name: digits\ntitle: Digits\nsummary: To *read*.\ntasks:\n  - name: train\n    command: " + command
                + "\n";
    }

    private static void assertRefused(ErrorCode code, String part, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        RopewalkException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(part);
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void aSavedDocumentIsARevision(Database database) {
        try (database) {
            House house = new House(database);
            Applied first = house.apply(digits("a"));
            assertThat(first.created()).isTrue();
            assertThat(first.changed()).isTrue();
            assertThat(first.revision().parent()).isNull();
            assertThat(first.revision().heads()).containsExactly("master");
            assertThat(first.revision().author()).isEqualTo("ann");
            assertThat(first.revision().comment()).isEqualTo("a comment");
            assertThat(first.project().title()).isEqualTo("Digits");
            assertThat(first.project().summary()).isEqualTo("To *read*.");
            assertThat(first.project().createdBy()).isEqualTo("ann");
            Applied same = house.apply(digits("a"));
            assertThat(same.created()).isFalse();
            assertThat(same.changed()).isFalse();
            assertThat(same.revision()).isEqualTo(first.revision());
            Applied second = house.apply(digits("b"));
            assertThat(second.created()).isFalse();
            assertThat(second.changed()).isTrue();
            assertThat(second.revision().parent()).isEqualTo(first.revision().id());
            assertThat(second.project().updatedAt()).isAfter(first.project().updatedAt());
            assertThat(house.history(null))
                    .extracting(Revision::id)
                    .containsExactly(second.revision().id(), first.revision().id());
            assertThat(house.history(null)).extracting(Revision::heads).containsExactly(List.of("master"), List.of());
            assertThat(house.projects.get(Scope.EVERYTHING, "default", "digits"))
                    .isEqualTo(second.project());
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void creatingRefusesAProjectThatExists(Database database) {
        try (database) {
            House house = new House(database);
            Change change = new Change(digits("a"), "master", "", null, "ann");
            assertThat(house.projects
                            .create(Scope.EVERYTHING, "default", change, Together.nothing())
                            .created())
                    .isTrue();
            assertRefused(
                    ErrorCode.ALREADY_EXISTS,
                    "There is already a project 'digits' in 'default'",
                    () -> house.projects.create(Scope.EVERYTHING, "default", change, Together.nothing()));
            assertRefused(
                    ErrorCode.INVALID_DOCUMENT,
                    "The document names the project 'digits', but it is saved as 'letters'",
                    () -> house.projects.apply(Scope.EVERYTHING, "default", "letters", change, Together.nothing()));
            assertRefused(
                    ErrorCode.NOT_FOUND,
                    "There is no workspace 'elsewhere'",
                    () -> house.projects.create(Scope.EVERYTHING, "elsewhere", change, Together.nothing()));
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    "'a b' cannot name an experiment",
                    () -> new Change(digits("a"), "a b", "", null, "ann"));
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void aBadDocumentIsRefusedWithAllItsProblemsAndLeavesNothing(Database database) {
        try (database) {
            House house = new House(database);
            assertThatThrownBy(() -> house.apply("name: digits\ntsks: []\nreadOnly: 3\n"))
                    .isInstanceOfSatisfying(RopewalkException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.INVALID_DOCUMENT);
                        assertThat(e)
                                .hasMessage("The document cannot be used. Line 2: Unknown key 'tsks' in a project."
                                        + " Did you mean 'tasks'? 1 more problem.");
                        assertThat(e.problems()).hasSize(2).allMatch(Problem.class::isInstance);
                    });
            assertRefused(ErrorCode.NOT_FOUND, "There is no project 'digits'", () -> house.text(null, null));
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void aStaleChangeIsRefused(Database database) {
        try (database) {
            House house = new House(database);
            String first = house.apply(digits("a")).revision().id();
            String second = house.apply(digits("b"), "master", first).revision().id();
            assertRefused(ErrorCode.CONFLICT, "its head is " + second, () -> house.apply(digits("c"), "master", first));
            assertThat(house.apply(digits("c"), "master", second).changed()).isTrue();
            assertRefused(
                    ErrorCode.NOT_FOUND,
                    "has no revision or experiment 'nothing'",
                    () -> house.apply(digits("d"), "new", "nothing"));
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void anExperimentIsALineOfItsOwn(Database database) {
        try (database) {
            House house = new House(database);
            String base = house.apply(digits("a")).revision().id();
            Applied other = house.apply(digits("b"), "wide", null);
            assertThat(other.created()).isFalse();
            assertThat(other.revision().parent()).isEqualTo(base);
            assertThat(other.project().experiments())
                    .extracting(Project.Experiment::name)
                    .containsExactly("master", "wide");
            assertThat(house.text("wide", null)).isEqualTo(digits("b"));
            assertThat(house.text(null, null)).isEqualTo(digits("a"));
            assertThat(house.history("wide")).hasSize(1);
            assertThat(house.history(null)).hasSize(2);
            assertRefused(
                    ErrorCode.NOT_FOUND,
                    "has no experiment 'narrow'; it has: master, wide",
                    () -> house.text("narrow", null));
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void aProjectThatStartsOnAnotherExperimentHasAMasterToo(Database database) {
        try (database) {
            House house = new House(database);
            Applied applied = house.apply(digits("a"), "wide", null);
            assertThat(applied.created()).isTrue();
            assertThat(applied.project().experiments())
                    .extracting(Project.Experiment::name)
                    .containsExactly("master", "wide");
            assertThat(house.text(null, null)).isEqualTo(digits("a"));
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    @DisplayName("AT-K16: edit, then check out the first revision: an equal document is the head again")
    void checkingOutAnOldRevisionBringsItsDocumentBack(Database database) {
        try (database) {
            House house = new House(database);
            String first = house.apply(digits("a")).revision().id();
            String second = house.apply(digits("b")).revision().id();
            TaskInRevision edited = house.projects.taskOf(Scope.EVERYTHING, "default", "digits", null, null, "train");
            assertThat(edited.task().roles().getFirst().command()).isEqualTo("b");
            Applied back = house.projects.checkout(
                    Scope.EVERYTHING,
                    "default",
                    "digits",
                    new Checkout(first, "master", null, "bob"),
                    Together.nothing());
            assertThat(back.changed()).isTrue();
            assertThat(back.revision().parent()).isEqualTo(second);
            assertThat(back.revision().author()).isEqualTo("bob");
            assertThat(back.revision().comment()).isEqualTo("Check out " + first);
            assertThat(house.text(null, null)).isEqualTo(digits("a"));
            assertThat(house.projects
                            .taskOf(Scope.EVERYTHING, "default", "digits", null, null, "train")
                            .task())
                    .isEqualTo(house.projects
                            .taskOf(Scope.EVERYTHING, "default", "digits", null, first, "train")
                            .task());
            assertThat(house.history(null)).hasSize(3);
            assertThat(house.projects
                            .checkout(
                                    Scope.EVERYTHING,
                                    "default",
                                    "digits",
                                    new Checkout(first, "master", null, "bob"),
                                    Together.nothing())
                            .changed())
                    .isFalse();
            Applied branch = house.projects.checkout(
                    Scope.EVERYTHING,
                    "default",
                    "digits",
                    new Checkout(second, "wide", "try b again", "bob"),
                    Together.nothing());
            assertThat(branch.changed()).isTrue();
            assertThat(branch.revision().parent()).isEqualTo(second);
            assertThat(branch.revision().comment()).isEqualTo("try b again");
            assertThat(house.text("wide", null)).isEqualTo(digits("b"));
            assertRefused(
                    ErrorCode.NOT_FOUND,
                    "has no revision or experiment 'none'",
                    () -> house.projects.checkout(
                            Scope.EVERYTHING,
                            "default",
                            "digits",
                            new Checkout("none", "wide", null, "bob"),
                            Together.nothing()));
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void revisionsAndExperimentsAreComparedLineByLine(Database database) {
        try (database) {
            House house = new House(database);
            String first = house.apply(digits("a")).revision().id();
            house.apply(digits("b") + "    replicas: 2\n");
            Difference difference = house.projects.diff(Scope.EVERYTHING, "default", "digits", first, "master", false);
            assertThat(difference.from()).isEqualTo(first);
            assertThat(difference.added()).isEqualTo(2);
            assertThat(difference.removed()).isEqualTo(1);
            assertThat(difference.lines())
                    .filteredOn(line -> line.kind() != LineDiff.Kind.SAME)
                    .extracting(LineDiff.Line::text)
                    .containsExactly("    command: a", "    command: b", "    replicas: 2");
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void listsGoOnWhereTheyStopped(Database database) {
        try (database) {
            House house = new House(database);
            for (int i = 0; i < 7; i++) {
                String name = "p" + i;
                house.projects.apply(
                        Scope.EVERYTHING,
                        "default",
                        name,
                        new Change("name: " + name + "\ntitle: Title 100%_" + i + "\n", "master", "", null, "ann"),
                        Together.nothing());
                house.apply(digits("run" + i));
            }
            List<String> names = new ArrayList<>();
            String cursor = null;
            do {
                Page<ProjectSummary> page = house.projects.list(Scope.EVERYTHING, "default", Search.ALL, 3, cursor);
                page.items().forEach(project -> names.add(project.name()));
                cursor = page.next();
            } while (cursor != null);
            assertThat(names).containsExactly("digits", "p6", "p5", "p4", "p3", "p2", "p1", "p0");
            List<String> revisions = new ArrayList<>();
            do {
                Page<Revision> page = house.projects.revisions(Scope.EVERYTHING, "default", "digits", null, 2, cursor);
                page.items().forEach(revision -> revisions.add(revision.id()));
                cursor = page.next();
            } while (cursor != null);
            assertThat(revisions).hasSize(7).doesNotHaveDuplicates();
            assertThat(found(house, "TITLE 100%_3")).containsExactly("p3");
            assertThat(found(house, "P4")).containsExactly("p4");
            assertThat(found(house, "100%x")).isEmpty();
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    "cursor",
                    () -> house.projects.list(Scope.EVERYTHING, "default", Search.ALL, 3, "nonsense"));
        }
    }

    private static List<String> found(House house, String search) {
        return house.projects.list(Scope.EVERYTHING, "default", new Search(search, true), null, null).items().stream()
                .map(ProjectSummary::name)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void aListShowsWhatTheRunsDo(Database database) {
        try (database) {
            House house = new House(database);
            house.apply(digits("a"));
            house.runs.active = 2;
            ProjectSummary summary = house.projects
                    .list(Scope.EVERYTHING, "default", Search.ALL, null, null)
                    .items()
                    .getFirst();
            assertThat(summary.title()).isEqualTo("Digits");
            assertThat(summary.updatedBy()).isEqualTo("ann");
            assertThat(summary.runs()).isEqualTo(new RunsOfProjects.Counts(3, 2, 1));
            assertThat(summary.lastRun()).extracting("name").isEqualTo("train-3");
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void aProjectIsDeletedWithAllItHas(Database database) {
        try (database) {
            House house = new House(database);
            ProjectId id = house.apply(digits("a")).project().id();
            house.apply(digits("b"), "wide", null);
            Change twin = new Change(digits("a").replace("name: digits", "name: twin"), "master", "", null, "ann");
            house.projects.apply(Scope.EVERYTHING, "default", "twin", twin, Together.nothing());
            house.runs.active = 1;
            assertRefused(
                    ErrorCode.CONFLICT,
                    "has 1 active run; stop it first",
                    () -> house.projects.delete(Scope.EVERYTHING, "default", "digits", Together.nothing()));
            house.runs.active = 0;
            house.projects.delete(Scope.EVERYTHING, "default", "digits", Together.nothing());
            assertThat(house.runs.deleted).containsExactly(id);
            assertThat(house.deletedParts).containsExactly(id);
            assertRefused(ErrorCode.NOT_FOUND, "digits", () -> house.text(null, null));
            assertThat(house.documents()).isEqualTo(1);
            assertThat(house.apply(digits("a")).created()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void aTaskIsFoundInTheRevisionThatIsAskedFor(Database database) {
        try (database) {
            House house = new House(database);
            String first = house.apply(digits("a")).revision().id();
            String second = house.apply(digits("b"), "wide", null).revision().id();
            TaskInRevision master = house.projects.taskOf(Scope.EVERYTHING, "default", "digits", null, null, "train");
            assertThat(master.at().revision()).isEqualTo(first);
            assertThat(master.at().experiment()).isEqualTo("master");
            assertThat(master.at().projectName()).isEqualTo("digits");
            assertThat(master.at().workspace().name()).isEqualTo("default");
            assertThat(master.task().roles().getFirst().command()).isEqualTo("a");
            TaskInRevision wide = house.projects.taskOf(Scope.EVERYTHING, "default", "digits", null, second, "train");
            assertThat(wide.at().experiment()).isEqualTo("wide");
            assertThat(wide.task().roles().getFirst().command()).isEqualTo("b");
            TaskInRevision moved =
                    house.projects.taskOf(Scope.EVERYTHING, "default", "digits", "master", second, "train");
            assertThat(moved.at().experiment()).isEqualTo("master");
            assertThat(moved.task()).isEqualTo(wide.task());
            assertRefused(
                    ErrorCode.NOT_FOUND,
                    "has no task 'trian'; did you mean 'train'?",
                    () -> house.projects.taskOf(Scope.EVERYTHING, "default", "digits", null, null, "trian"));
            assertRefused(
                    ErrorCode.INVALID_DOCUMENT,
                    "The task cannot be used. Line 1",
                    () -> house.projects.parseTask(
                            "name: X\ncommand: y\n", master.at().document()));
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void aRunSeesItsOwnProjectOnly(Database database) {
        try (database) {
            House house = new House(database);
            ProjectId own = house.apply(digits("a")).project().id();
            Change other = new Change("name: other\n", "master", "", null, "ann");
            house.projects.apply(Scope.EVERYTHING, "default", "other", other, Together.nothing());
            WorkspaceId workspace =
                    house.workspaces.get(Scope.EVERYTHING, "default").id();
            Scope scope = new Scope.OneProject(workspace, own);
            assertThat(house.projects
                            .list(scope, "default", Search.ALL, null, null)
                            .items())
                    .extracting(ProjectSummary::name)
                    .containsExactly("digits");
            assertThat(house.projects.get(scope, "default", "digits").id()).isEqualTo(own);
            for (ThrowingCallable peek : List.<ThrowingCallable>of(
                    () -> house.projects.get(scope, "default", "other"),
                    () -> house.projects.document(scope, "default", "other", null, null),
                    () -> house.projects.revisions(scope, "default", "other", null, null, null),
                    () -> house.projects.diff(scope, "default", "other", "master", "master", false),
                    () -> house.projects.taskOf(scope, "default", "other", null, null, "train"),
                    () -> house.projects.checkout(
                            scope, "default", "other", new Checkout("master", "x", null, "ann"), Together.nothing()),
                    () -> house.projects.apply(scope, "default", "other", other, Together.nothing()),
                    () -> house.projects.delete(scope, "default", "other", Together.nothing()))) {
                assertRefused(ErrorCode.NOT_FOUND, "There is no project 'other' in 'default' that you may see", peek);
            }
            String foreign = house.projects
                    .revisions(Scope.EVERYTHING, "default", "other", null, null, null)
                    .items()
                    .getFirst()
                    .id();
            assertRefused(
                    ErrorCode.NOT_FOUND,
                    "has no revision or experiment",
                    () -> house.projects.document(Scope.EVERYTHING, "default", "digits", null, foreign));
            assertThat(house.workspaces.names(scope)).containsExactly("default");
            assertThat(house.workspaces.names(Scope.NOTHING)).isEmpty();
            assertRefused(
                    ErrorCode.NOT_FOUND,
                    "There is no workspace 'default'",
                    () -> house.projects.list(Scope.NOTHING, "default", Search.ALL, null, null));
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void runsAreNumberedWithoutGapsOrDoubles(Database database) throws Exception {
        try (database;
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            House house = new House(database);
            ProjectId id = house.apply(digits("a")).project().id();
            List<Callable<Long>> asks = IntStream.range(0, 40)
                    .<Callable<Long>>mapToObj(
                            _ -> () -> database.write(handle -> house.projects.nextRunNumber(handle, id)))
                    .toList();
            Set<Long> numbers = new HashSet<>();
            for (Future<Long> number : threads.invokeAll(asks)) {
                numbers.add(number.get());
            }
            assertThat(numbers).hasSize(40).contains(1L, 40L);
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void whoSavesAtTheSameMomentLosesNothingSilently(Database database) throws Exception {
        try (database;
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            House house = new House(database);
            List<Callable<Boolean>> saves = IntStream.range(0, 20)
                    .<Callable<Boolean>>mapToObj(i -> () -> {
                        try {
                            return house.apply(digits("run" + i)).changed();
                        } catch (RopewalkException e) {
                            assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT);
                            return false;
                        }
                    })
                    .toList();
            int saved = 0;
            for (Future<Boolean> save : threads.invokeAll(saves)) {
                saved += save.get() ? 1 : 0;
            }
            List<Revision> history = house.history(null);
            assertThat(history).hasSize(saved);
            assertThat(history.stream().filter(revision -> revision.parent() == null))
                    .hasSize(1);
            assertThat(history.stream().map(Revision::parent).distinct()).hasSize(saved);
        }
    }

    @ParameterizedTest
    @MethodSource("io.ropewalk.support.db.TestDatabases#both")
    void aProjectForRunsFromOutsideIsMadeOnce(Database database) {
        try (database) {
            House house = new House(database);
            Project made = house.projects.ensure(Scope.EVERYTHING, "default", "1e3", "ann");
            assertThat(made.title()).isEqualTo("1e3");
            assertThat(house.projects.ensure(Scope.EVERYTHING, "default", "1e3", "bob"))
                    .isEqualTo(made);
        }
    }
}
