package io.ropewalk.project;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.project.ProjectDocument.EffectiveMount;
import io.ropewalk.spi.executor.Resources;
import io.ropewalk.support.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DocumentReaderTest {
    static final DocumentReader READER = new DocumentReader(TestSources.ALL);

    static ProjectDocument read(String text) {
        Reading<ProjectDocument> reading = READER.read(text);
        assertThat(reading.problems()).isEmpty();
        return reading.document().orElseThrow();
    }

    @Test
    void everyDefaultIsFilledIn() {
        ProjectDocument document = read("""
                name: digits
                tasks:
                  - name: train
                    command: python train.py
                """);
        assertThat(document)
                .isEqualTo(new ProjectDocument(
                        ProjectDocument.Kind.PROJECT,
                        "digits",
                        "digits",
                        "",
                        Map.of(),
                        "/project",
                        false,
                        List.of(),
                        List.of(),
                        List.of(new Task(
                                "train",
                                Task.Type.GENERAL,
                                null,
                                null,
                                Map.of(),
                                null,
                                null,
                                null,
                                null,
                                List.of(new Role(
                                        "worker",
                                        1,
                                        "python train.py",
                                        "",
                                        "",
                                        List.of(),
                                        null,
                                        false,
                                        0,
                                        null,
                                        Resources.NONE,
                                        Resources.NONE,
                                        Role.Images.NONE,
                                        true,
                                        List.of(),
                                        null)),
                                Map.of())),
                        null));
    }

    private static final String FULL = """
            kind: Project
            name: digits
            title: Digits
            summary: |
              Learn to read.
            labels: {team: vision, year: 2026}
            defaultMountPath: /work
            readOnly: false
            packages:
              - numpy
              - {manager: conda, names: [mkl]}
              - {manager: pip, names: [scipy==1.14]}
            forms:
              - {name: simple, elements: [{name: lr, type: float}]}
            sources:
              - name: code
                git: {repository: https://host/org/repo, revision: 0123456, token: s3cret, depth: 3, mode: FULL,
                      folders: [1, b], options: {a: 1}}
                library: true
              - name: data
                storage: {path: /team}
                mountPath: /data
                subPath: small
                readOnly: true
              - name: scratch
                emptyDir:
            tasks:
              - name: train
                type: general
                title: Train
                environment: {python: 3.10, requirements: code/requirements.txt, packages: [numpy==2.1.0]}
                parameters: {lr: 1e-3, epochs: 5, shuffle: true, name: x, sizes: [1, 2], limit: .inf, none: }
                scheduleTimeout: 5m
                timeout: 2h
                pins: {code: main}
                roles:
                  - name: ps
                    permanent: true
                    port: 2222
                    command: [python, -m, ps, --name, "it's me"]
                    mountAll: true
                  - name: worker
                    replicas: 2
                    restarts: 1
                    restartPolicy: Never
                    command: python train.py
                    args: [--lr, "{{ .lr }}"]
                    workDir: $CODE_DIR
                    env:
                      - {name: A, value: 1}
                      - {name: B}
                    resources: {cpu: 500m, memory: 2Gi, gpu: 1}
                    limits: {cpu: 1, memory: 4Gi}
                    images: {cpu: base, gpu: cuda}
                    nodes: fast
                    mounts:
                      - code
                      - {source: data, path: d, subPath: part, revision: "7"}
              - name: one
                env: {X: yes, Y: 012, Z: }
                limits: {cpu: 20m, memory: 1Gi}
                command: run
            """;

    @Test
    void everyKeyHasItsPlaceInTheNormalForm() {
        ProjectDocument document = read(FULL);
        assertThat(document.labels()).containsExactly(Map.entry("team", "vision"), Map.entry("year", "2026"));
        assertThat(document.packages())
                .containsExactly(
                        new ProjectDocument.Packages("pip", List.of("numpy", "scipy==1.14")),
                        new ProjectDocument.Packages("conda", List.of("mkl")));
        assertThat(document.forms())
                .isEqualTo(
                        List.of(Map.of("name", "simple", "elements", List.of(Map.of("name", "lr", "type", "float")))));
        assertThat(document.source("code").orElseThrow().settings())
                .isEqualTo(Map.of(
                        "repository", "https://host/org/repo",
                        "revision", "0123456",
                        "token", "s3cret",
                        "depth", 3,
                        "mode", "FULL",
                        "folders", List.of("1", "b"),
                        "options", Map.of("a", "1")));
        assertThat(document.source("scratch").orElseThrow().settings()).isEmpty();
        Task train = document.task("train").orElseThrow();
        assertThat(train.environment())
                .isEqualTo(new Task.Environment("3.10", "code/requirements.txt", List.of("numpy==2.1.0")));
        assertThat(train.parameters())
                .isEqualTo(Map.of(
                        "lr",
                        0.001,
                        "epochs",
                        5,
                        "shuffle",
                        true,
                        "name",
                        "x",
                        "sizes",
                        List.of(1, 2),
                        "limit",
                        ".inf",
                        "none",
                        ""));
        assertThat(train.scheduleTimeout()).isEqualTo(300);
        assertThat(train.timeout()).isEqualTo(7200);
        Role ps = train.roles().getFirst();
        assertThat(ps.command()).isEqualTo("python -m ps --name 'it'\\''s me'");
        assertThat(ps.port()).isEqualTo(2222);
        Role worker = train.roles().getLast();
        assertThat(worker.args()).isEqualTo("--lr '{{ .lr }}'");
        assertThat(worker.env()).containsExactly(new Role.Variable("A", "1"), new Role.Variable("B", ""));
        assertThat(worker.resources()).isEqualTo(new Resources(500, 2L << 30, 1));
        assertThat(worker.limits()).isEqualTo(new Resources(1000, 4L << 30, 1));
        assertThat(worker.mountAll()).isFalse();
        Role one = document.task("one").orElseThrow().roles().getFirst();
        assertThat(one.env())
                .containsExactly(
                        new Role.Variable("X", "yes"), new Role.Variable("Y", "012"), new Role.Variable("Z", ""));
        assertThat(one.resources()).isEqualTo(new Resources(20, 128L << 20, 0));
    }

    @Test
    void theNormalFormSurvivesStorage() {
        ProjectDocument document = read(FULL);
        assertThat(Json.read(Json.write(document), ProjectDocument.class)).isEqualTo(document);
    }

    @Test
    void theNormalFormLooksAsTheWireSays() {
        String json = Json.write(read("""
                name: a
                tasks: [{name: t, command: x, timeout: 90s, resources: {cpu: 2, memory: 1Ki}}]
                """));
        assertThat(Json.tree(json)).isEqualTo(Json.tree("""
                {"kind":"Project","name":"a","title":"a","summary":"","labels":{},"defaultMountPath":"/project",
                 "readOnly":false,"sources":[],"packages":[],
                 "tasks":[{"name":"t","type":"general","parameters":{},"timeout":90,"pins":{},
                   "roles":[{"name":"worker","replicas":1,"command":"x","args":"","workDir":"","env":[],
                     "permanent":false,"restarts":0,"resources":{"milliCpu":2000,"memoryBytes":1024,"gpus":0},
                     "limits":{"milliCpu":0,"memoryBytes":0,"gpus":0},"images":{},"mountAll":true,"mounts":[]}]}]}
                """));
    }

    @Test
    void mountsHaveTheirDefaults() {
        ProjectDocument document = read(FULL);
        Task train = document.task("train").orElseThrow();
        assertThat(document.mountsOf(train.roles().getFirst()))
                .extracting(EffectiveMount::path)
                .containsExactly("/work/code", "/data", "/work/scratch");
        EffectiveMount data = document.mountsOf(train.roles().getLast()).getLast();
        assertThat(data)
                .isEqualTo(
                        new EffectiveMount(document.source("data").orElseThrow(), "/work/d", "small/part", true, "7"));
    }

    @Test
    void secretsAreMasked() {
        ProjectDocument document = read(FULL);
        Map<String, Object> masked = READER.masked(document.source("code").orElseThrow());
        assertThat(masked)
                .containsEntry("token", "***")
                .containsEntry("depth", 3)
                .doesNotContainKey("privateKey");
    }

    @Test
    @DisplayName("AT-K9: a REPLICA_INDEX of the user's own is taken with a warning")
    void aReplicaIndexOfOnesOwnIsAWarning() {
        Reading<ProjectDocument> reading = READER.read("""
                name: a
                tasks:
                  - name: t
                    command: x
                    env: {REPLICA_INDEX: 9}
                """);
        assertThat(reading.document()).isPresent();
        assertThat(reading.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.severity()).isEqualTo(Problem.Severity.WARNING);
            assertThat(problem.line()).isEqualTo(5);
            assertThat(problem.message()).isEqualTo("'REPLICA_INDEX' is set by the server; this value is not used.");
        });
    }

    @Test
    void aTaskOfItsOwnUsesTheSourcesOfTheProject() {
        ProjectDocument document = read("name: a\nsources: [{name: code, upload: {}}]\n");
        Reading<Task> task = READER.readTask("name: t\ncommand: x\nmounts: [code]\n", document);
        assertThat(task.problems()).isEmpty();
        assertThat(task.document().orElseThrow().roles().getFirst().mounts())
                .containsExactly(new Mount("code", null, null, null, null));
        Reading<Task> mlapp = READER.readTask("""
                Name: t
                resources:
                  - {name: worker, Command: x, volumes: [{name: code}]}
                """, document);
        assertThat(mlapp.problems()).isEmpty();
        assertThat(mlapp.document()).isEqualTo(task.document());
        assertThat(READER.readTask("name: t\ncommand: x\nmounts: [none]\n", document)
                        .problems())
                .extracting(Problem::message)
                .containsExactly("There is no source 'none'.");
        assertThat(READER.readTask("", document).problems())
                .extracting(Problem::message)
                .containsExactly("The task is empty.");
    }

    static List<Path> examples() throws IOException {
        Path examples = Path.of("..", "examples").toAbsolutePath().normalize();
        try (Stream<Path> folders = Files.list(examples)) {
            return folders.map(folder -> folder.resolve("ropewalk.yaml"))
                    .filter(Files::exists)
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyExampleIsSound(Path example) {
        try {
            read(Files.readString(example));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
