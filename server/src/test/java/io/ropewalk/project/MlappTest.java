package io.ropewalk.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Documents as they are found in the wild, beside their native twins.
class MlappTest {
    private static Reading<ProjectDocument> read(String text) {
        return DocumentReaderTest.READER.read(text);
    }

    static Stream<Arguments> twins() {
        return Stream.of(
                Arguments.of(
                        "a distributed training",
                        """
                        kind: MLApp
                        metadata:
                          name: mnist
                          namespace: some-namespace
                          labels: {app: mnist}
                        spec:
                          default_mount_path: /notebooks
                          package_manager: pip3
                          packages:
                          - names: [pandas, scipy]
                          - names: [mkl]
                            manager: conda
                          tasks:
                          - name: parallel-training
                            version: 1.0.1
                            timeoutMinutes: 5
                            gitRevisions:
                            - {volumeName: src, revision: 3f2c1a9}
                            resources:
                            - name: worker
                              minAvailable: 1
                              replicas: 2
                              command: python training.py
                              args: --training_iteration=1000 $(tf_conf worker)
                              workdir: $SRC_DIR/tensorflow
                              port: 9000
                              restartPolicy: Never
                              maxRestartCount: 1
                              default_volume_mapping: true
                              env:
                              - name: PYTHONPATH
                                value: '$SRC_DIR'
                              images:
                                cpu: example/tensorflow:cpu
                                gpu: example/tensorflow:gpu
                              resources:
                                accelerators: {gpu: 1, dedicated_gpu: true}
                                requests: {cpu: 100m, memory: 64Mi}
                                limits: {cpu: "1", memory: 8Gi}
                            - name: ps
                              replicas: 1
                              allowFail: true
                              is_permanent: true
                              command: python ps.py
                              volumes:
                              - name: src
                                mountPath: code
                                readOnly: yes
                                gitRevision: main
                          volumes:
                          - name: src
                            isLibDir: true
                            readOnly: false
                            gitRepo:
                              repository: https://host/org/repo
                              accountId: 7
                              access_token: s3cret
                              user_name: ann
                          - name: training
                            isTrainLogDir: true
                            clusterStorage: nfs
                            subPath: training
                          - name: shared
                            clusterStorage: {name: nfs}
                            subPath: /shared/data
                            isWorkspaceLocal: true
                          - name: tmp
                            emptyDir: {}
                          - name: host
                            hostPath: {path: /opt/data}
                        """,
                        """
                        name: mnist
                        labels: {app: mnist}
                        defaultMountPath: /notebooks
                        packages:
                        - {manager: pip3, names: [pandas, scipy]}
                        - {manager: conda, names: [mkl]}
                        sources:
                        - {name: src, library: true, git: {repository: 'https://host/org/repo', token: s3cret, userName: ann}}
                        - {name: training, storage: {path: training}}
                        - {name: shared, storage: {path: /shared/data, shared: false}}
                        - {name: tmp, emptyDir: {}}
                        - {name: host, hostPath: {path: /opt/data}}
                        tasks:
                        - name: parallel-training
                          scheduleTimeout: 5m
                          pins: {src: 3f2c1a9}
                          roles:
                          - name: worker
                            replicas: 2
                            command: python training.py
                            args: --training_iteration=1000 $(tf_conf worker)
                            workDir: $SRC_DIR/tensorflow
                            port: 9000
                            restartPolicy: Never
                            restarts: 1
                            mountAll: true
                            env: {PYTHONPATH: $SRC_DIR}
                            images: {cpu: 'example/tensorflow:cpu', gpu: 'example/tensorflow:gpu'}
                            resources: {cpu: 100m, memory: 64Mi, gpu: 1}
                            limits: {cpu: 1, memory: 8Gi}
                          - name: ps
                            permanent: true
                            command: python ps.py
                            mounts: [{source: src, path: code, readOnly: true, revision: main}]
                        """,
                        List.of(
                                "4 metadata.namespace The key 'namespace' of metadata is not known and is ignored.",
                                "21 spec.tasks[0].resources[0].minAvailable The key 'minAvailable' of a task resource is not"
                                        + " known and is ignored.",
                                "37 spec.tasks[0].resources[0].resources.accelerators.dedicated_gpu The key 'dedicated_gpu' of"
                                        + " accelerators is not known and is ignored.",
                                "42 spec.tasks[0].resources[1].allowFail The key 'allowFail' of a task resource has no effect.",
                                "56 spec.volumes[0].gitRepo.accountId The key 'accountId' of 'git' is not known and is"
                                        + " ignored.")),
                Arguments.of("keys in any case", """
                        KIND: mlapp
                        Metadata: {NAME: mnist}
                        Spec:
                          Tasks:
                          - Name: standalone
                            Type: ""
                            Resources:
                            - NAME: worker
                              Command: python a.py
                              WORKDIR: $SRC_DIR
                              Default_Volume_Mapping: on
                          Volumes:
                          - Name: src
                            MountPath: /src
                            GITREPO: {Repository: x/y, Revision: 1.0}
                        """, """
                        name: mnist
                        sources: [{name: src, mountPath: /src, git: {repository: x/y, revision: '1.0'}}]
                        tasks:
                        - name: standalone
                          roles: [{name: worker, command: python a.py, workDir: $SRC_DIR, mountAll: true}]
                        """, List.of()),
                Arguments.of("nothing mounted, limits without requests, no pods", """
                        kind: MLApp
                        metadata: {name: mnist}
                        spec:
                          default_read_only: true
                          volumes: [{name: src, emptyDir: {}}]
                          tasks:
                          - name: init
                            type: init
                            scheduleTimeoutSeconds: 30
                            labels: {x: y}
                            resources:
                            - name: worker
                              replicas: 0
                              command: a
                              labels: {x: y}
                              resources: {limits: {cpu: 30m, memory: 4Gi}}
                        """, """
                        name: mnist
                        readOnly: true
                        sources: [{name: src, emptyDir: {}}]
                        tasks:
                        - name: init
                          type: init
                          scheduleTimeout: 30
                          replicas: 0
                          command: a
                          mounts: []
                          resources: {cpu: 30m, memory: 128Mi}
                          limits: {cpu: 30m, memory: 4Gi}
                        """, List.of()),
                Arguments.of(
                        "sections that nothing is started from",
                        """
                        kind: MLApp
                        metadata: {name: mnist}
                        workspace: ann
                        workspace_id: 7
                        project_id: 9
                        revision: {branch: master}
                        spec:
                          docker_account_ids: [1]
                          default_installer_image: some/image
                          uix:
                          - {name: jupyter, displayName: Jupyter, ports: [{port: 80}]}
                          serving: []
                          workflow: {}
                        """,
                        """
                        name: mnist
                        """,
                        List.of(
                                "8 spec.docker_account_ids The key 'docker_account_ids' of an MLApp spec has no effect.",
                                "9 spec.default_installer_image The key 'default_installer_image' of an MLApp spec has no"
                                        + " effect.",
                                "10 spec.uix The section 'uix' is kept, but nothing is started from it.",
                                "13 spec.workflow The key 'workflow' of an MLApp spec is not known and is ignored.")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("twins")
    void anMlappEqualsItsNativeTwin(String name, String mlapp, String twin, List<String> warnings) {
        Reading<ProjectDocument> reading = read(mlapp);
        assertThat(reading.problems())
                .allMatch(problem -> problem.severity() == Problem.Severity.WARNING)
                .extracting(problem -> problem.line() + " " + problem.path() + " " + problem.message())
                .isEqualTo(warnings);
        Reading<ProjectDocument> expected = read(twin);
        assertThat(expected.problems()).isEmpty();
        assertThat(reading.document()).isEqualTo(expected.document());
    }

    @Test
    @DisplayName("AT-K2: workdir and workDir give equal normal forms")
    void workdirIsWorkDir() {
        String text = """
                kind: MLApp
                metadata: {name: a}
                spec: {tasks: [{name: t, resources: [{name: r, command: x, KEY: $SRC_DIR/src}]}]}
                """;
        ProjectDocument small = read(text.replace("KEY", "workdir")).document().orElseThrow();
        assertThat(small)
                .isEqualTo(read(text.replace("KEY", "workDir")).document().orElseThrow());
        assertThat(small.tasks().getFirst().roles().getFirst().workDir()).isEqualTo("$SRC_DIR/src");
    }

    @Test
    void kindsThatThisServerLacksAreKeptWithAWarning() {
        Reading<ProjectDocument> reading = read("""
                kind: MLApp
                metadata: {name: a}
                spec:
                  volumes:
                  - {name: n, nfs: {server: host, path: /x}}
                  - {name: s, s3bucket: {bucket: b}}
                  - {name: d, readOnly: false, datasetFS: {workspace: w, dataset: d, version: 1.0.0}}
                  - {name: m, model: {model: m}}
                  - {name: p, persistentVolumeClaim: {claimName: c}}
                """);
        assertThat(reading.problems())
                .extracting(problem -> problem.line() + " " + problem.message())
                .containsExactly(
                        "5 This server has no sources of kind 'nfs'; the source is kept but cannot be mounted.",
                        "6 This server has no sources of kind 's3bucket'; the source is kept but cannot be mounted.",
                        "7 This server has no sources of kind 'datasetFS'; the source is kept but cannot be mounted.",
                        "8 This server has no sources of kind 'model'; the source is kept but cannot be mounted.",
                        "9 This server has no sources of kind 'persistentVolumeClaim'; the source is kept but cannot be"
                                + " mounted.");
        ProjectDocument document = reading.document().orElseThrow();
        assertThat(document.sources())
                .extracting(ProjectDocument.Source::kind)
                .containsExactly("nfs", "s3", "dataset", "model", "persistentVolumeClaim");
        assertThat(document.source("n").orElseThrow().settings()).containsEntry("server", "host");
        assertThat(document.sources())
                .extracting(ProjectDocument.Source::readOnly)
                .containsExactly(false, false, true, true, false);
    }
}
