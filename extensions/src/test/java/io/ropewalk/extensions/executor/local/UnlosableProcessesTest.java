package io.ropewalk.extensions.executor.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.spi.ExtensionContext;
import io.ropewalk.spi.LaunchId;
import io.ropewalk.spi.executor.EndCause;
import io.ropewalk.spi.executor.EnvironmentValue;
import io.ropewalk.spi.executor.EnvironmentValue.Literal;
import io.ropewalk.spi.executor.Launch;
import io.ropewalk.spi.executor.LaunchHandle;
import io.ropewalk.spi.executor.Observation.ReplicaStatus;
import io.ropewalk.spi.executor.ReplicaId;
import io.ropewalk.spi.executor.Resources;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the local executor promises beyond the contract: servers and supervisors may be killed at any time.
@Timeout(120)
final class UnlosableProcessesTest {
    private Path data = Path.of("/");
    private LocalExecutor executor = unopened();
    private final List<LaunchHandle> submitted = new ArrayList<>();

    @SuppressWarnings("NullAway")
    private static LocalExecutor unopened() {
        return null;
    }

    @BeforeEach
    void open() throws IOException {
        data = Files.createTempDirectory("unlosable-").toRealPath();
        executor = new LocalExecutor(new ExtensionContext(data, Map.of()));
    }

    @AfterEach
    void endEverything() {
        for (LaunchHandle handle : submitted) {
            executor.cancel(handle, Duration.ZERO);
            eventually(
                    "the end",
                    () -> executor.observe(List.of(handle)).values().stream()
                            .flatMap(seen -> seen.replicas().stream())
                            .allMatch(replica -> replica.status() instanceof ReplicaStatus.Ended
                                    || replica.status() instanceof ReplicaStatus.Lost));
        }
        executor.close();
        eventually("an empty directory", () -> {
            FileTrees.delete(data);
            return !Files.exists(data);
        });
    }

    @Test
    void killingTheServerLosesNothing() throws Exception {
        executor.close();
        Path gate = data.resolve("gate");
        Path directory = data.resolve("runs").resolve(LaunchId.mint().value());
        String command = "echo before; until [ -e '%s' ]; do sleep 0.01; done; echo after; exit 9".formatted(gate);
        Process server = SecondServer.start(data, directory, command);
        LaunchHandle handle =
                new LaunchHandle(new LaunchId(directory.getFileName().toString()), directory.toString());
        try (BufferedReader said = server.inputReader()) {
            assertThat(said.readLine()).isEqualTo("ready");
            server.getOutputStream().write('\n');
            server.getOutputStream().flush();
            assertThat(said.readLine()).isEqualTo("submitted");
        } finally {
            server.destroyForcibly().waitFor();
        }

        executor = new LocalExecutor(new ExtensionContext(data, Map.of()));
        submitted.add(handle);
        List<LaunchId> heard = new CopyOnWriteArrayList<>();
        executor.onChange(heard::add);
        assertThat(executor.submit(SecondServer.launch(directory, command))).isEqualTo(handle);
        eventually("running", () -> status(handle, 0) instanceof ReplicaStatus.Running);
        Files.writeString(gate, "");
        for (int index = 0; index < 2; index++) {
            assertThat(end(handle, index).exitCode()).isEqualTo(9);
            assertThat(log(handle, index)).isEqualTo("before\nafter\n");
        }
        eventually("a signal", () -> heard.contains(handle.launch()));
    }

    @Test
    void twoServersThatSubmitAtOnceStartOnce() throws Exception {
        Path starts = data.resolve("starts");
        Path directory = data.resolve("runs").resolve(LaunchId.mint().value());
        String command = "echo start >> '%s'; sleep 0.2".formatted(starts);
        Process server = SecondServer.start(data, directory, command);
        try (BufferedReader said = server.inputReader()) {
            assertThat(said.readLine()).isEqualTo("ready");
            server.getOutputStream().write("\n\n\n".getBytes(StandardCharsets.UTF_8));
            server.getOutputStream().flush();
            LaunchHandle handle = submit(SecondServer.launch(directory, command));
            assertThat(said.readLine()).isEqualTo("submitted");
            assertThat(submit(SecondServer.launch(directory, command))).isEqualTo(handle);
            assertThat(said.readLine()).isEqualTo("submitted");
            end(handle, 0);
            end(handle, 1);
            assertThat(said.readLine()).isEqualTo("submitted");
            assertThat(Files.readString(starts)).isEqualTo("start\nstart\n");
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    @Test
    void aProgramWhoseSupervisorIsKilledRunsOnAndIsThenLost() throws Exception {
        Path gate = data.resolve("gate");
        LaunchHandle handle = submit(launch(
                "echo before; until [ -e '%s' ]; do sleep 0.01; done; echo after".formatted(gate), Resources.NONE));
        eventually("running", () -> status(handle, 0) instanceof ReplicaStatus.Running);
        ReplicaStatus before = status(handle, 0);
        AttemptRecord.Claim claim = attempt(handle).claim().orElseThrow();
        ProcessHandle.of(claim.process().pid()).orElseThrow().destroyForcibly();
        eventually("the supervisor's end", () -> !claim.process().isAlive());
        assertThat(status(handle, 0)).isEqualTo(before);
        Files.writeString(gate, "");
        eventually("lost", () -> status(handle, 0) instanceof ReplicaStatus.Lost);
        assertThat(((ReplicaStatus.Lost) status(handle, 0)).reason()).contains("supervisor was killed");
        assertThat(log(handle, 0)).isEqualTo("before\nafter\n");
        assertThat(status(handle, 0)).as("what is lost stays lost").isEqualTo(status(handle, 0));
    }

    @Test
    void aProgramWhoseSupervisorIsKilledCanBeCancelled() throws Exception {
        LaunchHandle handle = submit(launch("trap '' TERM; while :; do sleep 0.05; done", Resources.NONE));
        eventually("running", () -> status(handle, 0) instanceof ReplicaStatus.Running);
        ProcessHandle.of(attempt(handle).claim().orElseThrow().process().pid())
                .orElseThrow()
                .destroyForcibly();
        executor.cancel(handle, Duration.ofMillis(100));
        eventually("lost", () -> status(handle, 0) instanceof ReplicaStatus.Lost);
        assertThat(attempt(handle).program().orElseThrow().process().isAlive()).isFalse();
    }

    @Test
    void whatRanBeforeTheMachineWasRestartedIsLost() throws Exception {
        LaunchHandle handle = submit(launch("sleep 1000", Resources.NONE));
        eventually("running", () -> status(handle, 0) instanceof ReplicaStatus.Running);
        Path claim = attempt(handle).recordFile();
        String now = Files.readString(claim);
        Files.writeString(claim, now.replaceAll("[0-9a-f-]{36} ", "00000000-0000-0000-0000-000000000000 "));
        assertThat(((ReplicaStatus.Lost) status(handle, 0)).reason()).isEqualTo("the machine was restarted");
        Files.writeString(claim, now);
        new AttemptProcesses(
                        attempt(handle),
                        "ROPEWALK_ATTEMPT=none",
                        Files.readString(Path.of("/proc/sys/kernel/random/boot_id"))
                                .strip())
                .kill();
    }

    @Test
    void anotherProcessOfTheSameNumberIsNotMistakenForTheProgram() throws Exception {
        LaunchHandle handle = submit(launch("exit 0", Resources.NONE));
        end(handle, 0);
        AttemptFiles attempt = attempt(handle);
        long self = ProcessHandle.current().pid();
        String boot =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        Files.writeString(
                attempt.recordFile(), "claim %d 1 %s \nprogram %d 1 1763724000.5\nbegan\n".formatted(self, boot, self));
        try (LocalExecutor next = new LocalExecutor(new ExtensionContext(data, Map.of()))) {
            assertThat(Objects.requireNonNull(next.observe(List.of(handle)).get(handle))
                            .replicas()
                            .get(0)
                            .status())
                    .isInstanceOf(ReplicaStatus.Lost.class);
        }
    }

    @Test
    void aSupervisorHandsTermOn() throws Exception {
        LaunchHandle handle = submit(
                launch("trap 'echo told; exit 4' TERM; echo ready; while :; do sleep 0.05; done", Resources.NONE));
        eventually("ready", () -> log(handle, 0).startsWith("ready"));
        ProcessHandle.of(attempt(handle).claim().orElseThrow().process().pid())
                .orElseThrow()
                .destroy();
        ReplicaStatus.Ended ended = end(handle, 0);
        assertThat(ended.exitCode()).isEqualTo(4);
        assertThat(ended.cause()).isEqualTo(EndCause.EXITED);
        assertThat(log(handle, 0)).startsWith("ready\n").endsWith("told\n");
    }

    @Test
    void aProgramMayEndItsProcessGroupWithoutLosingItsSupervisor() throws Exception {
        LaunchHandle handle = submit(launch("kill -KILL 0", Resources.NONE));
        assertThat(end(handle, 0).exitCode()).isEqualTo(137);
    }

    @Test
    void interruptsHaveTheirUsualEffectOnAProgram() throws Exception {
        LaunchHandle handle = submit(launch("sh -c 'kill -INT $$; echo survived'", Resources.NONE));
        end(handle, 0);
        assertThat(log(handle, 0)).doesNotContain("survived");
    }

    @Test
    void aProgramThatNeedsMoreMemoryThanItMayIsOutOfMemory() throws Exception {
        LaunchHandle handle = submit(launch("x=0123456789; while :; do x=$x$x; done", new Resources(0, 64L << 20, 0)));
        ReplicaStatus.Ended ended = end(handle, 0);
        assertThat(ended.cause()).isEqualTo(EndCause.OUT_OF_MEMORY);
        assertThat(ended.exitCode()).isEqualTo(137);
    }

    @Test
    void aNurseryThatIsKilledLosesNothing() throws Exception {
        for (int round = 0; round < 2; round++) {
            LaunchHandle handle = submit(gang(12, "exit 5"));
            for (int index = 0; index < 12; index++) {
                assertThat(end(handle, index).exitCode()).isEqualTo(5);
            }
            List<ProcessHandle> nurseries = ProcessHandle.current()
                    .children()
                    .filter(child -> commandLine(child.pid()).contains("\0nursery\0"))
                    .toList();
            assertThat(nurseries).hasSize(1);
            nurseries.getFirst().destroyForcibly();
            nurseries.getFirst().onExit().join();
        }
    }

    @Test
    void secretsAreOnNoCommandLine() throws Exception {
        Launch launch = gang(6, "echo \"$SECRET\"; sleep 1000");
        LaunchHandle handle = submit(new Launch(
                launch.id(),
                launch.name(),
                launch.directory(),
                launch.replicas().stream()
                        .map(replica -> new Launch.Replica(
                                replica.id(),
                                1,
                                replica.command(),
                                "",
                                List.of(new Launch.Variable("SECRET", new Literal("canary-7f3a"))),
                                List.of(),
                                0,
                                Resources.NONE))
                        .toList()));
        for (int index = 0; index < 6; index++) {
            int replica = index;
            eventually("the secret in the log", () -> log(handle, replica).equals("canary-7f3a\n"));
        }
        assertThat(ProcessHandle.allProcesses().map(process -> commandLine(process.pid())))
                .noneMatch(line -> line.contains("canary-7f3a"));
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private Launch gang(int size, String command) throws IOException {
        LaunchId id = LaunchId.mint();
        List<Launch.Replica> replicas = new ArrayList<>();
        for (int index = 0; index < size; index++) {
            replicas.add(new Launch.Replica(
                    new ReplicaId("main", index), 1, command, "", List.of(), List.of(), 0, Resources.NONE));
        }
        return new Launch(
                id, "gang", Files.createDirectories(data.resolve("runs").resolve(id.value())), replicas);
    }

    @Test
    void aFileThatTheShellIsToReadFirstIsReadForPlainCommandsToo() throws Exception {
        Path first = Files.writeString(data.resolve("first"), "export FROM=there\n");
        List<Launch.Variable> environment = List.of(new Launch.Variable("BASH_ENV", new Literal(first.toString())));
        LaunchHandle handle = submit(launch("printenv FROM", Resources.NONE, environment));
        end(handle, 0);
        assertThat(log(handle, 0)).isEqualTo("there\n");
    }

    @Test
    void whatAFullDiskHasLeftOfALineHidesNoOther() {
        AttemptRecord record = AttemptRecord.parse(
                "claim 7 8 boot \nprogram 9 10 1763724000.5\nbegan\nexit 0 17637\nexit 3 - 1763724001.5 0 no end\n",
                new AttemptRecord.FileTimes(data));
        assertThat(record.exit().orElseThrow().code()).isEqualTo(3);
        assertThat(record.exit().orElseThrow().began()).isTrue();
        assertThat(AttemptRecord.parse("claim 7 8 bo", new AttemptRecord.FileTimes(data))
                        .claim())
                .isEmpty();
    }

    @Test
    void theServersOwnVariablesDoNotReachAProgram() throws Exception {
        LaunchHandle handle = submit(launch("env", Resources.NONE));
        end(handle, 0);
        List<String> names = log(handle, 0)
                .lines()
                .map(line -> line.substring(0, Math.max(0, line.indexOf('='))))
                .toList();
        assertThat(names).contains("PATH", "ROPEWALK_ATTEMPT").doesNotContain("JAVA_HOME", "MAVEN_CMD_LINE_ARGS");
        assertThat(Environment.inherited(
                        Map.of(
                                "PATH",
                                "/bin",
                                "ROPEWALK_DATABASE_PASSWORD",
                                "x",
                                "AWS_SECRET_ACCESS_KEY",
                                "y",
                                "MORE",
                                "z"),
                        List.of("MORE")))
                .containsOnly(Map.entry("PATH", "/bin"), Map.entry("MORE", "z"));
    }

    @Test
    void aVariableThatNoProgramCanHaveIsLeftOutAndTheLogSaysSo() throws Exception {
        Launch launch = launch("echo \"${GOOD}${LONG}\"", Resources.NONE);
        Launch.Replica replica = launch.replicas().get(0);
        LaunchHandle handle = submit(new Launch(
                launch.id(),
                launch.name(),
                launch.directory(),
                List.of(new Launch.Replica(
                        replica.id(),
                        1,
                        replica.command(),
                        "",
                        List.of(
                                new Launch.Variable("GOOD", new Literal("good")),
                                new Launch.Variable("not.a.name", new Literal("x")),
                                new Launch.Variable("LONG", new Literal("x".repeat(200_000))),
                                new Launch.Variable("NUL", new Literal("a\0b"))),
                        List.of(),
                        0,
                        Resources.NONE))));
        assertThat(end(handle, 0).exitCode()).isZero();
        assertThat(log(handle, 0))
                .contains("'not.a.name' is left out", "'LONG' is left out", "'NUL' is left out")
                .endsWith("good\n");
    }

    @Test
    void devicesAreGivenToOneLaunchAtATime() throws Exception {
        try (LocalExecutor withDevices = new LocalExecutor(new ExtensionContext(data, Map.of("local.gpus", "3")))) {
            assertThat(withDevices.capacity().gpus()).isEqualTo(3);
            String command = "echo \"$CUDA_VISIBLE_DEVICES\"";
            LaunchHandle two = track(withDevices.submit(launch(command, new Resources(0, 0, 2))));
            LaunchHandle one = track(withDevices.submit(launch(command, new Resources(0, 0, 1))));
            LaunchHandle none = track(withDevices.submit(launch("echo \"<$CUDA_VISIBLE_DEVICES>\"", Resources.NONE)));
            for (LaunchHandle handle : List.of(two, one, none)) {
                end(handle, 0);
            }
            assertThat(log(two, 0)).isEqualTo("0,1\n");
            assertThat(log(one, 0)).isEqualTo("2\n");
            assertThat(log(none, 0)).isEqualTo("<>\n");
            Launch more = launch(command, new Resources(0, 0, 1));
            assertThatThrownBy(() -> withDevices.submit(more)).hasMessageContaining("needs 1 GPUs and 0 of 3 are free");
            withDevices.release(two);
            LaunchHandle again = track(withDevices.submit(more));
            end(again, 0);
            assertThat(log(again, 0)).isEqualTo("0\n");
        }
    }

    @Test
    void aParameterServerAndItsWorkersMeetOnTheirOwnAddresses() throws Exception {
        String server = """
                import os,socket
                s=socket.create_server((os.environ['HOST_ADDRESS'],int(os.environ['PORT'])))
                for i in range(2):
                  c,_=s.accept(); c.sendall(b'weights'); c.close()
                """;
        String worker = """
                import os,socket,time
                h,p=os.environ['PS_NODES'].split(',')[0].split(':')
                own=socket.create_server((os.environ['HOST_ADDRESS'],int(os.environ['PORT'])))
                for i in range(500):
                  try: c=socket.create_connection((h,int(p))); break
                  except OSError: time.sleep(.02)
                print(c.recv(100).decode())
                """;
        Path directory = Files.createDirectories(
                data.resolve("runs").resolve(LaunchId.mint().value()));
        LaunchHandle handle = submit(new Launch(
                new LaunchId(directory.getFileName().toString()),
                "digits",
                directory,
                List.of(python("ps", 0, server), python("worker", 0, worker), python("worker", 1, worker))));
        for (String replica : List.of("worker-0", "worker-1", "ps-0")) {
            eventually("the end of " + replica, () -> find(handle, replica) instanceof ReplicaStatus.Ended);
            assertThat(((ReplicaStatus.Ended) find(handle, replica)).exitCode()).isZero();
        }
        assertThat(new String(
                        executor.readLog(handle, ReplicaId.parse("worker-1"), 1, 0, 1000)
                                .bytes(),
                        StandardCharsets.UTF_8))
                .isEqualTo("weights\n");
    }

    private static Launch.Replica python(String role, int index, String program) {
        return new Launch.Replica(
                new ReplicaId(role, index),
                1,
                "python3 -c \"$PROGRAM\"",
                "",
                List.of(
                        new Launch.Variable("PROGRAM", new Literal(program)),
                        new Launch.Variable("PS_NODES", new EnvironmentValue.PeerList("ps", true)),
                        new Launch.Variable("HOST_ADDRESS", new EnvironmentValue.OwnAddress()),
                        new Launch.Variable("PORT", new EnvironmentValue.OwnPort())),
                List.of(),
                2222,
                Resources.NONE);
    }

    private Launch launch(String command, Resources limits) throws IOException {
        return launch(command, limits, List.of());
    }

    private Launch launch(String command, Resources limits, List<Launch.Variable> environment) throws IOException {
        LaunchId id = LaunchId.mint();
        return new Launch(
                id,
                "test",
                Files.createDirectories(data.resolve("runs").resolve(id.value())),
                List.of(new Launch.Replica(
                        new ReplicaId("main", 0), 1, command, "", environment, List.of(), 0, limits)));
    }

    private LaunchHandle submit(Launch launch) {
        return track(executor.submit(launch));
    }

    private LaunchHandle track(LaunchHandle handle) {
        submitted.add(handle);
        return handle;
    }

    private static AttemptFiles attempt(LaunchHandle handle) {
        return new LaunchFiles(Path.of(handle.reference())).attempt(new ReplicaId("main", 0), 1);
    }

    private ReplicaStatus find(LaunchHandle handle, String replica) {
        return Objects.requireNonNull(executor.observe(List.of(handle)).get(handle)).replicas().stream()
                .filter(seen -> seen.replica().equals(ReplicaId.parse(replica)))
                .findFirst()
                .orElseThrow()
                .status();
    }

    private ReplicaStatus status(LaunchHandle handle, int index) {
        return find(handle, "main-" + index);
    }

    private ReplicaStatus.Ended end(LaunchHandle handle, int index) {
        eventually("the end", () -> switch (status(handle, index)) {
            case ReplicaStatus.Waiting _, ReplicaStatus.Running _ -> false;
            case ReplicaStatus.Ended _, ReplicaStatus.Lost _ -> true;
        });
        assertThat(status(handle, index)).isInstanceOf(ReplicaStatus.Ended.class);
        return (ReplicaStatus.Ended) status(handle, index);
    }

    private String log(LaunchHandle handle, int index) {
        return new String(
                executor.readLog(handle, new ReplicaId("main", index), 1, 0, 1_000_000)
                        .bytes(),
                StandardCharsets.UTF_8);
    }

    private static void eventually(String what, BooleanSupplier condition) {
        Instant deadline = Instant.now().plusSeconds(30);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as("waiting for %s", what).isBefore(deadline);
            LockSupport.parkNanos(2_000_000);
        }
    }
}
