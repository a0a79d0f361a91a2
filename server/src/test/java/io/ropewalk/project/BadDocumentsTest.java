package io.ropewalk.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What people get wrong, and what they are told.
class BadDocumentsTest {
    private static final DocumentReader READER = new DocumentReader(TestSources.ALL);

    static Stream<Arguments> documents() {
        return Stream.of(
                // The document itself.
                bad("", "1:1 The project document is empty. > Start with 'name: …'."),
                bad("# nothing\n", "1:1 The project document is empty. > Start with 'name: …'."),
                bad("- a\n", "1:1 A project document is a mapping, but this is a list. > Start with 'name: …'."),
                bad(
                        "just text\n",
                        "1:1 A project document is a mapping, but this is 'just text'. > Start with 'name: …'."),
                bad(
                        "name: a\n\ttitle: b\n",
                        "2:1 This is not YAML: found character '\\t(TAB)' that cannot start any token."
                                + " (Do not use \\t(TAB) for indentation). > Indent with spaces."),
                bad(
                        "name: a\nname: b\n",
                        "2:1 name The key 'name' is given twice; the first is on line 1. > Remove one of" + " them."),
                bad(
                        "kind: Pod\nname: a\n",
                        "1:7 kind There is no kind of document 'Pod'. > Write 'kind: Project', or" + " 'kind: MLApp'."),
                bad(
                        "metadata: {name: a}\nspec: {}\n",
                        "1:1 The document has 'metadata' and 'spec' but no 'kind'. > Add" + " 'kind: MLApp'."),
                bad("title: a\n", "1:1 A project has no 'name'. > Add 'name: …'."),
                bad("name: ''\n", "1:1 A project has no 'name'. > Add 'name: …'."),
                bad(
                        "name: [a]\n",
                        "1:7 name 'name' must be text, but is a list. > Put it on one line, or use '|' for"
                                + " several lines."),
                bad(
                        "name: -a\n",
                        "1:7 name Invalid project name: '-a'. > Use 1 to 63 letters, digits, '-', '_' and '.',"
                                + " with a letter or digit at both ends."),
                bad(
                        "name: a/b\n",
                        "1:7 name Invalid project name: 'a/b'. > Use 1 to 63 letters, digits, '-', '_' and"
                                + " '.', with a letter or digit at both ends."),
                bad("name: a\ntask: []\n", "2:1 task Unknown key 'task' in a project. > Did you mean 'tasks'?"),
                bad(
                        "name: a\nvolumes: []\n",
                        "2:1 volumes Unknown key 'volumes' in a project. > Did you mean 'sources'?"),
                bad(
                        "name: a\nextra_thing: 1\n",
                        "2:1 extra_thing Unknown key 'extra_thing' in a project. > A project may"
                                + " have: kind, name, title, summary, labels, sources, tasks, packages, defaultMountPath,"
                                + " readOnly, forms."),
                bad("name: a\nreadOnly: maybe\n", "2:11 readOnly 'readOnly' must be true or false, but is 'maybe'."),
                bad("name: a\nreadOnly: yes\n", "2:11 readOnly 'readOnly' must be true or false, but is 'yes'."),
                bad(
                        "name: a\ntasks: {b: c}\n",
                        "2:8 tasks 'tasks' must be a list, but is a mapping. > Start every item" + " with '- '."),
                bad(
                        "name: a\ndefaultMountPath: work\n",
                        "2:19 defaultMountPath 'defaultMountPath' must be an absolute"
                                + " path, but is 'work'. > Start it with '/'."),
                bad(
                        "name: a\ntasks: [{name: t, command: x, retry: {on: [cluster-list], times: 0}}]\n",
                        "2:44 tasks[0].retry.on[0] An item of 'on' must be 'out-of-memory', 'cluster-lost', 'preempted',"
                                + " 'user-exit', 'timed-out', 'setup-failed', 'environment-failed' or 'source-missing',"
                                + " but is 'cluster-list'. > Did you mean 'cluster-lost'?",
                        "2:66 tasks[0].retry.times 'times' must be a whole number from 1 to 100, but is '0'."),
                bad("name: a\nlabels: [x]\n", "2:9 labels 'labels' must be a mapping, but is a list."),
                bad(
                        "name: a\npackages: [{manager: npm, names: [x]}]\n",
                        "2:22 packages[0].manager 'manager' must be" + " 'pip', 'pip3' or 'conda', but is 'npm'."),
                // Sources.
                bad(
                        source("name: Code\n    upload: {}"),
                        "3:11 sources[0].name Invalid source name: 'Code' > Use 1 to 63"
                                + " small letters, digits and '-', with a letter or digit at both ends."),
                bad(source("upload: {}"), "3:5 sources[0] A source has no 'name'. > Add 'name: …'."),
                bad(
                        source("name: code"),
                        "3:5 sources[0] The source 'code' has no kind that this server knows. > Add one"
                                + " with its settings, such as 'emptyDir: {}'. The kinds are: git, upload, storage, hostPath,"
                                + " emptyDir."),
                bad(
                        source("name: code\n    upload: {}\n    emptyDir: {}"),
                        "5:5 sources[0].emptyDir The source 'code'"
                                + " has two kinds, 'upload' and 'emptyDir'. > Make it two sources."),
                bad(
                        source("name: code\n    gitt: {}"),
                        "3:5 sources[0] The source 'code' has no kind that this server knows. > The kinds are: git,"
                                + " upload, storage, hostPath, emptyDir.",
                        "4:5 sources[0].gitt Unknown key 'gitt' in a source. > Did you mean 'git'?"),
                bad(
                        source("name: code\n    git: {}"),
                        "4:5 sources[0].git 'git' has no 'repository'. > Add it: Address" + " of the repository."),
                bad(
                        source("name: code\n    git: https://x/y"),
                        "4:10 sources[0].git The settings of 'git' must be a"
                                + " mapping, but are 'https://x/y'. > Write them as 'key: value', or '{}' for none."),
                bad(
                        source("name: code\n    git: {repository: x/y, revison: b}"),
                        "4:28 sources[0].git.revison Unknown"
                                + " setting 'revison' of 'git'. > Did you mean 'revision'?"),
                bad(
                        source("name: code\n    upload: {path: b}"),
                        "4:14 sources[0].upload.path Unknown setting 'path' of"
                                + " 'upload'. > 'upload' has no settings."),
                bad(
                        source("name: code\n    git: {repository: nowhere}"),
                        "4:23 sources[0].git.repository The setting"
                                + " 'repository' is 'nowhere', which is no address."),
                bad(
                        source("name: code\n    git: {repository: x/y, depth: deep}"),
                        "4:35 sources[0].git.depth 'depth'" + " must be a whole number, but is 'deep'."),
                bad(
                        source("name: code\n    git: {repository: x/y, folders: one}"),
                        "4:37 sources[0].git.folders" + " 'folders' must be a list, but is 'one'."),
                bad(
                        source("name: code\n    git: {repository: x/y, mode: some}"),
                        "4:34 sources[0].git.mode 'mode' must" + " be 'SHALLOW' or 'FULL', but is 'some'."),
                bad(
                        source("name: code\n    git: {repository: [x]}"),
                        "4:23 sources[0].git.repository 'repository' must" + " be text, but is a list."),
                bad(
                        source("name: code\n    upload: {}\n    subPath: ../x"),
                        "5:14 sources[0].subPath 'subPath' must not"
                                + " contain '..', but is '../x'. > Name a place below the source or the mount path."),
                bad(
                        source("name: code\n    upload: {}\n    mountPath: a/../../b"),
                        "5:16 sources[0].mountPath"
                                + " 'mountPath' must not contain '..', but is 'a/../../b'. > Name a place below the source or"
                                + " the mount path."),
                bad(
                        source("name: code\n    upload: {}\n  - name: code\n    upload: {}"),
                        "5:11 sources[1].name There is"
                                + " already a source 'code'. > Give every source a name of its own."),
                // Tasks.
                bad(
                        task("name: Train_1\n    command: x"),
                        "3:11 tasks[0].name Invalid task name: 'Train_1' > Use 1 to 63"
                                + " small letters, digits and '-', with a letter or digit at both ends."),
                bad(
                        task("name: -a\n    command: x"),
                        "3:11 tasks[0].name Invalid task name: '-a' > Use 1 to 63 small"
                                + " letters, digits and '-', with a letter or digit at both ends."),
                bad(
                        task("name: " + "a".repeat(64) + "\n    command: x"),
                        "3:11 tasks[0].name Invalid task name: '"
                                + "a".repeat(60)
                                + "…' > Use 1 to 63 small letters, digits and '-', with a letter or digit at"
                                + " both ends."),
                bad(
                        task("name: train"),
                        "3:5 tasks[0] The task has nothing to run. > Give it a 'command', or a list of" + " 'roles'."),
                bad(
                        task("name: train\n    roles: []"),
                        "4:5 tasks[0].roles The task has nothing to run. > Give it one" + " role or more."),
                bad(
                        task("name: train\n    replicas: 2"),
                        "3:5 tasks[0] The role 'worker' has no command. > Give it a"
                                + " 'command', or images that have one."),
                bad(
                        task("name: train\n    type: foo\n    command: x"),
                        "4:11 tasks[0].type 'type' must be 'general'," + " 'init' or 'export', but is 'foo'."),
                bad(
                        task("name: train\n    type: generall\n    command: x"),
                        "4:11 tasks[0].type 'type' must be"
                                + " 'general', 'init' or 'export', but is 'generall'. > Did you mean 'general'?"),
                bad(
                        task("name: train\n    command: x\n    roles: [{name: a, command: y}]"),
                        "4:5 tasks[0].command"
                                + " 'command' stands in a task that lists roles. > Move it into the role that it is meant for."),
                bad(
                        task("name: train\n    command: x\n  - name: train\n    command: y"),
                        "5:11 tasks[1].name There is"
                                + " already a task 'train'. > Give every task a name of its own."),
                bad(
                        task("name: train\n    roles:\n      - {name: a, command: y}\n      - {name: a, command: y}"),
                        "6:16"
                                + " tasks[0].roles[1].name There is already a role 'a'. > Give every role a name of its own."),
                bad(
                        task("name: train\n    roles: [{name: A, command: y}]"),
                        "4:20 tasks[0].roles[0].name Invalid role"
                                + " name: 'A' > Use 1 to 63 small letters, digits and '-', with a letter or digit at both ends."),
                bad(
                        task("name: train\n    roles: [{name: a, command: y, permanent: true}]"),
                        "4:5 tasks[0].roles Every"
                                + " role of the task is permanent, so nothing decides when it is done. > Remove 'permanent'"
                                + " from the role that does the work."),
                bad(
                        task("name: train\n    command: x\n    replica: 2"),
                        "5:5 tasks[0].replica Unknown key 'replica' in a" + " task. > Did you mean 'replicas'?"),
                bad(
                        task("name: train\n    command: x\n    workdir: /x"),
                        "5:5 tasks[0].workdir Unknown key 'workdir' in" + " a task. > Did you mean 'workDir'?"),
                bad(
                        task("name: train\n    cmd: x"),
                        "3:5 tasks[0] The task has nothing to run. > Give it a 'command', or" + " a list of 'roles'.",
                        "4:5 tasks[0].cmd Unknown key 'cmd' in a task. > Did you mean" + " 'command'?"),
                bad(
                        task("name: train\n    command: x\n    replicas: three"),
                        "5:15 tasks[0].replicas 'replicas' must be a"
                                + " whole number from 0 to 10000, but is 'three'."),
                bad(
                        task("name: train\n    command: x\n    replicas: -1"),
                        "5:15 tasks[0].replicas 'replicas' must be a" + " whole number from 0 to 10000, but is '-1'."),
                bad(
                        task("name: train\n    command: x\n    port: 70000"),
                        "5:11 tasks[0].port 'port' must be a whole" + " number from 1 to 65535, but is '70000'."),
                bad(
                        task("name: train\n    command: x\n    timeout: soon"),
                        "5:14 tasks[0].timeout 'timeout' must be a"
                                + " length of time, but is 'soon'. > Write it as '90s', '5m' or '2h', or as a number of"
                                + " seconds."),
                bad(
                        task("name: train\n    command: x\n    timeout: 0"),
                        "5:14 tasks[0].timeout 'timeout' must be a"
                                + " length of time, but is '0'. > Write it as '90s', '5m' or '2h', or as a number of seconds."),
                bad(
                        task("name: train\n    command: x\n    resources: {memory: 2 potatoes}"),
                        "5:25"
                                + " tasks[0].resources.memory 'memory' must be an amount, but is '2 potatoes'. > Write it as"
                                + " '512Mi' or '2Gi'."),
                bad(
                        task("name: train\n    command: x\n    resources: {cpu: -1}"),
                        "5:22 tasks[0].resources.cpu 'cpu' must"
                                + " be an amount, but is '-1'. > Write it as '500m' or '2'."),
                bad(
                        task("name: train\n    command: x\n    resources: {gpu: 0.5}"),
                        "5:22 tasks[0].resources.gpu 'gpu'" + " must be a whole number from 0 to 1024, but is '0.5'."),
                bad(
                        task("name: train\n    command: x\n    resources: {gpus: 1}"),
                        "5:17 tasks[0].resources.gpus Unknown" + " key 'gpus' in resources. > Did you mean 'gpu'?"),
                bad(
                        task("name: train\n    command: x\n    resources: 1"),
                        "5:16 tasks[0].resources 'resources' must be a"
                                + " mapping, but is '1'. > It may have: cpu, memory, gpu."),
                bad(
                        task("name: train\n    command: x\n    resources: {cpu: 4}\n    limits: {cpu: 2}"),
                        "5:22"
                                + " tasks[0].resources.cpu The role asks for more cpu than its limit. > Raise the limit or ask"
                                + " for less."),
                bad(
                        task("name: train\n    command: x\n    env: {1X: y}"),
                        "5:11 tasks[0].env.1X Invalid variable name:"
                                + " '1X'. > Use letters, digits and '_', not starting with a digit."),
                bad(
                        task("name: train\n    command: x\n    env: [{name: X, value: a}, {name: X}]"),
                        "5:39" + " tasks[0].env[1].name The variable 'X' is given twice. > Remove one of them."),
                bad(
                        task("name: train\n    command: x\n    env: [X=1]"),
                        "5:11 tasks[0].env[0] An environment variable"
                                + " must be a mapping, but is 'X=1'. > It may have: name, value."),
                bad(
                        task("name: train\n    command: x\n    env: {X: [1]}"),
                        "5:14 tasks[0].env.X 'X' must be text, but is" + " a list."),
                bad(
                        task("name: train\n    command: x\n    mounts: [code]"),
                        "5:14 tasks[0].mounts[0] There is no source"
                                + " 'code'. > The project has no sources; add one under 'sources'."),
                bad(
                        task("name: train\n    command: x\n    pins: {code: main}"),
                        "5:12 tasks[0].pins.code There is no"
                                + " source 'code'. > The project has no sources; add one under 'sources'."),
                bad(
                        task("name: train\n    command: x\n    parameters: {1lr: 3}"),
                        "5:18 tasks[0].parameters.1lr Invalid"
                                + " parameter name: '1lr'. > Start with a letter; go on with letters, digits, '_', '-' and"
                                + " '.'."),
                bad(
                        task("name: train\n    command: {a: b}"),
                        "4:14 tasks[0].command 'command' must be text, but is a"
                                + " mapping. > Put it on one line, or use '|' for several lines."),
                bad(
                        task("name: train\n    command: x\n    environment: {requirement: r.txt}"),
                        "5:19"
                                + " tasks[0].environment.requirement Unknown key 'requirement' in an environment. > Did you"
                                + " mean 'requirements'?"),
                bad(
                        "name: a\ntasks:\n  - train\n",
                        "3:5 tasks[0] A task must be a mapping, but is 'train'. > It may have:"
                                + " name, type, title, environment, parameters, scheduleTimeout, timeout, retry, checkpoints, roles, pins,"
                                + " replicas, command, args, workDir, env, port, permanent, restarts, restartPolicy,"
                                + " resources, limits, images, mountAll, mounts, nodes."),
                bad(
                        """
                        name: a
                        sources: [{name: data, upload: {}}, {name: more, upload: {}}]
                        tasks:
                          - {name: b, command: x, mounts: [dta]}
                          - {name: c, command: x, mounts: [{source: data, path: x}, {source: more, path: /project/x}]}
                          - {name: d, command: x, mounts: [{source: data, subPath: a/..}]}
                          - {name: e, command: x, mounts: [{path: y}]}
                        """,
                        "4:36 tasks[0].mounts[0] There is no source 'dta'. > Did you mean 'data'?",
                        "5:61 tasks[1].mounts[1] 'data' and 'more' are both mounted at '/project/x'. > Give one of them"
                                + " another 'path'.",
                        "6:60 tasks[2].mounts[0].subPath 'subPath' must not contain '..', but is 'a/..'. > Name a place"
                                + " below the source or the mount path.",
                        "7:36 tasks[3].mounts[0] A mount has no 'source'. > Add 'source: …'."));
    }

    private static Arguments bad(String text, String... problems) {
        return Arguments.of(text, problems);
    }

    private static String source(String rest) {
        return "name: a\nsources:\n  - " + rest + "\n";
    }

    private static String task(String rest) {
        return "name: a\ntasks:\n  - " + rest + "\n";
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyProblemHasItsPlaceAndARemedy(String text, String[] expected) {
        Reading<ProjectDocument> reading = READER.read(text);
        assertThat(reading.problems()).extracting(BadDocumentsTest::describe).containsExactly(expected);
        assertThat(reading.document()).isEmpty();
    }

    private static String describe(Problem problem) {
        return "%d:%d %s%s%s"
                .formatted(
                        problem.line(),
                        problem.column(),
                        problem.path().isEmpty() ? "" : problem.path() + " ",
                        problem.message(),
                        problem.remedy() == null ? "" : " > " + problem.remedy());
    }

    static Stream<Arguments> mlappDocuments() {
        return Stream.of(
                bad(
                        mlapp("tasks:\n  - name: Train_1\n    resources: [{name: worker, command: x}]"),
                        "error 5:13" + " spec.tasks[0].name Invalid task name: 'Train_1'"),
                bad(
                        mlapp("tasks:\n  - name: train\n    type: foo\n    resources: [{name: worker, command: x}]"),
                        "error"
                                + " 6:13 spec.tasks[0].type 'type' must be 'general', 'init' or 'export', but is 'foo'."),
                bad(
                        mlapp("Tasks:\n  - Name: train\n    Resources:\n      - {name: W, command: x}"),
                        "error 7:18" + " spec.Tasks[0].Resources[0].name Invalid role name: 'W'"),
                bad(
                        mlapp(
                                "tasks:\n  - name: train\n    resources: [{name: worker, command: x, workdir: a, workDir: b}]"),
                        "error 6:58 spec.tasks[0].resources[0].workDir The key 'workDir' is given twice; the first,"
                                + " 'workdir', is on line 6."),
                bad(
                        mlapp(
                                "tasks:\n  - name: train\n    resources: [{name: worker, command: x, volumes: [{name: no}]}]"),
                        "error 6:56 spec.tasks[0].resources[0].volumes[0] There is no source 'no'."),
                bad(
                        mlapp("volumes: [{name: a, gitRepo: {repository: x/y}, emptyDir: {}}]"),
                        "error 4:51" + " spec.volumes[0].emptyDir The source 'a' has two kinds, 'git' and 'emptyDir'."),
                bad(
                        mlapp("volumes: [{name: a, gitRepo: {revision: x}}]"),
                        "error 4:23 spec.volumes[0].gitRepo 'git' has no" + " 'repository'."),
                bad(
                        mlapp("volumes: [{name: a, subPath: ../x, emptyDir: {}}]"),
                        "error 4:32 spec.volumes[0].subPath" + " 'subPath' must not contain '..', but is '../x'."),
                bad(
                        mlapp("uix: [{name: Jupyter}]"),
                        "warning 4:3 spec.uix The section 'uix' is kept, but nothing is" + " started from it.",
                        "error 4:16 spec.uix[0].name Invalid uix name: 'Jupyter'"),
                bad(
                        mlapp("tasks: [{name: a, resources: {name: b}}]"),
                        "error 4:32 spec.tasks[0].resources 'resources' must be" + " a list, but is a mapping."),
                bad("kind: MLApp\nspec: {}\n", "error 1:1 A project has no 'name'."));
    }

    private static String mlapp(String spec) {
        return "kind: MLApp\nmetadata: {name: a}\nspec:\n" + spec.indent(2);
    }

    @ParameterizedTest
    @MethodSource("mlappDocuments")
    void problemsOfAnMlappPointIntoItAsItWasWritten(String text, String[] expected) {
        Reading<ProjectDocument> reading = READER.read(text);
        assertThat(reading.problems())
                .extracting(problem -> "%s %d:%d %s%s"
                        .formatted(
                                problem.severity() == Problem.Severity.ERROR ? "error" : "warning",
                                problem.line(),
                                problem.column(),
                                problem.path().isEmpty() ? "" : problem.path() + " ",
                                problem.message()))
                .containsExactly(expected);
        assertThat(reading.document()).isEmpty();
    }

    @Test
    @DisplayName("AT-K1: the task name Train_1 is refused with the rule")
    void aTaskNameIsRefusedWithTheRule() {
        Problem problem =
                READER.read(task("name: Train_1\n    command: x")).problems().getFirst();
        assertThat(problem.message()).isEqualTo("Invalid task name: 'Train_1'");
        assertThat(problem.remedy()).contains("small letters, digits and '-'");
    }

    @Test
    @DisplayName("AT-K3: an unknown type is refused listing the three; none is general")
    void anUnknownTypeIsRefused() {
        assertThat(READER.read(task("name: a\n    type: foo\n    command: x")).problems())
                .extracting(Problem::message)
                .containsExactly("'type' must be 'general', 'init' or 'export', but is 'foo'.");
        for (String type : new String[] {"", "    type:\n", "    type: ''\n", "    type: general\n"}) {
            ProjectDocument document = READER.read(task("name: a\n" + type + "    command: x"))
                    .document()
                    .orElseThrow();
            assertThat(document.tasks().getFirst().type()).isEqualTo(Task.Type.GENERAL);
        }
    }

    @Test
    void manyProblemsAreBoundedButStillRefuse() {
        StringBuilder many = new StringBuilder("name: a\n");
        for (int i = 0; i < 5_000; i++) {
            many.append("unknown").append(i).append(": 1\n");
        }
        Reading<ProjectDocument> reading =
                assertTimeoutPreemptively(Duration.ofSeconds(5), () -> READER.read(many.toString()));
        assertThat(reading.problems()).hasSize(200);
        assertThat(reading.document()).isEmpty();
    }
}
