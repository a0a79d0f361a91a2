package io.ropewalk.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.LaunchId;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.executor.EndCause;
import io.ropewalk.spi.executor.EnvironmentValue;
import io.ropewalk.spi.executor.EnvironmentValue.Literal;
import io.ropewalk.spi.executor.EnvironmentValue.MountPath;
import io.ropewalk.spi.executor.EnvironmentValue.OwnAddress;
import io.ropewalk.spi.executor.EnvironmentValue.OwnPort;
import io.ropewalk.spi.executor.EnvironmentValue.PeerList;
import io.ropewalk.spi.executor.Executor;
import io.ropewalk.spi.executor.Launch;
import io.ropewalk.spi.executor.Launch.Replica;
import io.ropewalk.spi.executor.Launch.Variable;
import io.ropewalk.spi.executor.LaunchHandle;
import io.ropewalk.spi.executor.LogChunk;
import io.ropewalk.spi.executor.MetersReplicas;
import io.ropewalk.spi.executor.Mount;
import io.ropewalk.spi.executor.Observation;
import io.ropewalk.spi.executor.Observation.ReplicaObservation;
import io.ropewalk.spi.executor.Observation.ReplicaStatus;
import io.ropewalk.spi.executor.ReplicaId;
import io.ropewalk.spi.executor.ReplicaUse;
import io.ropewalk.spi.executor.ReportsCapacity;
import io.ropewalk.spi.executor.Resources;
import io.ropewalk.spi.executor.SignalsChanges;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What every [Executor] must do. A subclass says how one is opened on a directory; programs are shell commands that
/// use `sh`, `sleep`, `cat`, `env` and `setsid`.
@Timeout(120)
public abstract class ExecutorContract {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration NO_GRACE = Duration.ZERO;
    private static final Duration LONG_GRACE = Duration.ofSeconds(20);

    @SuppressWarnings("NullAway.Init")
    protected Path directory;

    @SuppressWarnings("NullAway.Init")
    private Executor executor;

    private final List<LaunchHandle> submitted = new CopyOnWriteArrayList<>();

    /// Opens an executor that keeps all it must remember below the directory. Opened a second time on the same one,
    /// it knows what was started before; both may be open at once.
    protected abstract Executor open(Path dataDirectory);

    /// Whether writes into a read-only mount are refused, or merely must not be made.
    protected boolean refusesWrites() {
        return true;
    }

    @BeforeEach
    void start() throws IOException {
        directory = Files.createTempDirectory("executor-").toRealPath();
        executor = open(directory);
    }

    @AfterEach
    void endEverything() {
        for (LaunchHandle handle : submitted) {
            executor.cancel(handle, NO_GRACE);
        }
        for (LaunchHandle handle : submitted) {
            eventually("the end of " + handle, () -> hasEnded(handle));
            executor.release(handle);
        }
        executor.close();
        // What looks after the programs may be about to end, and still leave a file behind.
        eventually("an empty directory", () -> isDeleted(directory));
    }

    // --- how programs end

    record Ending(String command, int exitCode) {}

    static Stream<Ending> endings() {
        return Stream.of(
                new Ending("true", 0),
                new Ending("exit 3", 3),
                new Ending("kill -KILL $$", 137),
                new Ending("kill -TERM $$", 143),
                new Ending("echo a; false; echo b", 0),
                new Ending("nosuchprogram", 127),
                new Ending("(exit 5); exit $?", 5),
                new Ending("if then", 2));
    }

    @ParameterizedTest
    @MethodSource("endings")
    void theExitCodeIsTheProgramsOwn(Ending ending) {
        LaunchHandle handle = submit(launch(replica("main", 0, ending.command())));
        ReplicaStatus.Ended ended = end(handle, "main-0");
        assertThat(ended.exitCode()).isEqualTo(ending.exitCode());
        assertThat(ended.cause()).isEqualTo(EndCause.EXITED);
        assertThat(ended.endedAt()).isAfterOrEqualTo(ended.startedAt());
        assertThat(ended.startedAt()).isAfter(Instant.now().minusSeconds(60));
    }

    @Test
    void aRunningReplicaTellsWhereItIs() {
        LaunchHandle handle = submit(launch(replica("main", 0, "sleep 1000")));
        ReplicaStatus.Running running = awaitRunning(handle, "main-0");
        assertThat(running.address()).isNotBlank();
        assertThat(running.host()).isNotBlank();
    }

    @Test
    void whatAProgramLeavesBehindEndsWithIt() {
        Path beat = directory.resolve("beat");
        LaunchHandle handle = submit(launch(replica(
                "main",
                0,
                "setsid sh -c 'while :; do echo x >> \"$BEAT\"; sleep 0.02; done' & sleep 0.2",
                literal("BEAT", beat))));
        end(handle, "main-0");
        assertThatNothingGrows(beat);
    }

    // --- submitting

    @Test
    void anAttemptIsStartedOnceHoweverOftenItIsSubmitted() {
        Path starts = directory.resolve("starts");
        Launch launch = launch(replica("main", 0, "echo start >> \"$STARTS\"", literal("STARTS", starts)));
        LaunchHandle handle = submit(launch);
        assertThat(executor.submit(launch)).isEqualTo(handle);
        end(handle, "main-0");
        assertThat(executor.submit(launch)).isEqualTo(handle);
        assertThat(executor.submit(launch)).isEqualTo(handle);
        assertThatNothingGrows(starts);
        assertThat(starts).hasContent("start\n");
    }

    @Test
    void manySubmitsAtOnceStartOnce() throws Exception {
        Path starts = directory.resolve("starts");
        Launch launch = launch(
                replica("main", 0, "echo start >> \"$STARTS\"; sleep 0.3", literal("STARTS", starts)),
                replica("main", 1, "echo start >> \"$STARTS\"; sleep 0.3", literal("STARTS", starts)));
        Executor second = open(directory);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch ready = new CountDownLatch(1);
            List<CompletableFuture<LaunchHandle>> handles = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                Executor mine = i % 2 == 0 ? executor : second;
                handles.add(CompletableFuture.supplyAsync(
                        () -> {
                            await(ready);
                            return mine.submit(launch);
                        },
                        threads));
            }
            ready.countDown();
            Set<LaunchHandle> distinct = new LinkedHashSet<>();
            for (CompletableFuture<LaunchHandle> handle : handles) {
                distinct.add(handle.get());
            }
            assertThat(distinct).hasSize(1);
            submitted.addAll(distinct);
            LaunchHandle handle = distinct.iterator().next();
            end(handle, "main-0");
            end(handle, "main-1");
            assertThatNothingGrows(starts);
            assertThat(starts).hasContent("start\nstart\n");
        } finally {
            second.close();
        }
    }

    @Test
    void aHigherAttemptStartsOnlyThatReplicaAgain() {
        Path starts = directory.resolve("starts");
        String command = "echo \"$REPLICA\" >> \"$STARTS\"; [ \"$REPLICA\" = two ] || exit 1";
        Replica one = replica("worker", 0, command, literal("STARTS", starts), literal("REPLICA", "one"));
        Replica two = replica("worker", 1, command, literal("STARTS", starts), literal("REPLICA", "two"));
        Launch first = launch(one, two);
        LaunchHandle handle = submit(first);
        assertThat(end(handle, "worker-0").exitCode()).isEqualTo(1);
        end(handle, "worker-1");

        Launch again = new Launch(first.id(), first.name(), first.directory(), List.of(attempt(one, 2), two));
        assertThat(executor.submit(again)).isEqualTo(handle);
        eventually("attempt 2", () -> observation(handle, "worker-0").attempt() == 2);
        end(handle, "worker-0");
        assertThat(observation(handle, "worker-1").attempt()).isEqualTo(1);
        assertThat(read(starts).lines().toList()).containsExactlyInAnyOrder("one", "two", "one");
        assertThat(log(handle, "worker-0", 1).complete()).isTrue();
        assertThat(log(handle, "worker-0", 2).complete()).isTrue();
    }

    @Test
    void allReplicasOfAGangRunAtTheSameTime() {
        // Each waits for the others; one after the other they would wait for ever.
        String meet = "touch \"$PLACE/$ME\"; until [ -e \"$PLACE/0\" ] && [ -e \"$PLACE/1\" ] && [ -e \"$PLACE/2\" ];"
                + " do sleep 0.01; done";
        Path place = makeDirectory("place");
        LaunchHandle handle = submit(launch(
                replica("ps", 0, meet, literal("PLACE", place), literal("ME", "0")),
                replica("worker", 0, meet, literal("PLACE", place), literal("ME", "1")),
                replica("worker", 1, meet, literal("PLACE", place), literal("ME", "2"))));
        for (String replica : List.of("ps-0", "worker-0", "worker-1")) {
            assertThat(end(handle, replica).exitCode()).isZero();
        }
    }

    @Test
    void aChangeIsSignalled() {
        if (executor instanceof SignalsChanges signals) {
            List<LaunchId> heard = new CopyOnWriteArrayList<>();
            signals.onChange(heard::add);
            Launch launch = launch(replica("main", 0, "sleep 0.2"));
            LaunchHandle handle = submit(launch);
            end(handle, "main-0");
            eventually("a signal", () -> heard.contains(launch.id()));
        }
    }

    @Test
    void capacityIsMoreThanNothing() {
        if (executor instanceof ReportsCapacity reports) {
            assertThat(reports.capacity().milliCpu()).isPositive();
            assertThat(reports.capacity().memoryBytes()).isPositive();
            assertThat(reports.capacity().gpus()).isNotNegative();
        }
    }

    // --- what replicas use

    @Test
    void aBusyLoopIsSeenToUseAProcessorAndAnIdleProgramNone() {
        if (executor instanceof MetersReplicas meters) {
            LaunchHandle handle = submit(launch(
                    replica(
                            "main",
                            0,
                            "until [ -e \"$GATE\" ]; do :; done; times; echo done; sleep 1000; echo over",
                            literal("GATE", directory.resolve("gate"))),
                    replica("main", 1, "sleep 1000; echo over")));
            eventually("two that are measured", () -> uses(meters, handle).size() == 2);
            ReplicaUse before = use(meters, handle, "main-0");
            assertThat(before.attempt()).isEqualTo(1);
            assertThat(before.startedAt()).isBetween(Instant.now().minusSeconds(60), Instant.now());
            eventually(
                    "a second of a core",
                    () -> use(meters, handle, "main-0").cpuNanos().orElseThrow() > 1_000_000_000);
            assertThat(percent(before, use(meters, handle, "main-0"))).isLessThan(130);
            write(directory.resolve("gate"), "");
            eventually("the loop's end", () -> text(handle, "main-0").contains("done"));
            // How much it got on a busy machine, the shell counts itself.
            double own = ownSeconds(text(handle, "main-0"));
            assertThat(use(meters, handle, "main-0").cpuNanos().orElseThrow() / 1e9)
                    .isBetween(own * 0.8, own * 1.2 + 0.2);
            assertThat(use(meters, handle, "main-1").cpuNanos().orElseThrow() / 1e9)
                    .isLessThan(own * 0.2);
        }
    }

    /// User and system time in what the shell says of itself, such as `0m22.512s 0m0.301s`.
    private static double ownSeconds(String times) {
        Matcher matcher =
                Pattern.compile("([0-9]+)m([0-9.]+)s ([0-9]+)m([0-9.]+)s").matcher(times);
        assertThat(matcher.find()).as(times).isTrue();
        return 60 * (Double.parseDouble(matcher.group(1)) + Double.parseDouble(matcher.group(3)))
                + Double.parseDouble(matcher.group(2))
                + Double.parseDouble(matcher.group(4));
    }

    @Test
    void theTimeOfChildrenThatHaveEndedCounts() {
        if (executor instanceof MetersReplicas meters) {
            String busy = "sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done'";
            LaunchHandle handle = submit(
                    launch(replica("main", 0, "times; " + busy + "; " + busy + "; echo done; sleep 1000; echo over")));
            eventually("the children's end", () -> text(handle, "main-0").contains("done"));
            assertThat(use(meters, handle, "main-0").cpuNanos().orElseThrow())
                    .isGreaterThan(Duration.ofMillis(200).toNanos());
        }
    }

    @Test
    void whatAProgramHoldsInMemoryIsSeen() {
        if (executor instanceof MetersReplicas meters) {
            // The shell keeps the text in a variable.
            LaunchHandle handle = submit(launch(replica(
                    "main", 0, "x=$(head -c 200000000 /dev/zero | tr '\\0' x); echo held; sleep 1000; echo $x")));
            eventually("it holds", () -> text(handle, "main-0").contains("held"));
            assertThat(use(meters, handle, "main-0").memoryBytes().orElseThrow())
                    .isBetween(200_000_000L, 900_000_000L);
        }
    }

    @Test
    void whatHasEndedOrHasNoDeviceIsNotMeasured() {
        if (executor instanceof MetersReplicas meters) {
            LaunchHandle handle = submit(launch(
                    replica("main", 0, "sleep 1000; echo over"),
                    replica(
                            "main",
                            1,
                            "until [ -e \"$GATE\" ]; do" + " sleep 0.05; done",
                            literal("GATE", directory.resolve("gate")))));
            eventually("two that are measured", () -> uses(meters, handle).size() == 2);
            assertThat(use(meters, handle, "main-0").devices()).isEmpty();
            write(directory.resolve("gate"), "");
            end(handle, "main-1");
            assertThat(uses(meters, handle)).extracting(ReplicaUse::replica).containsExactly(new ReplicaId("main", 0));
            LaunchHandle unknown = new LaunchHandle(
                    LaunchId.mint(), directory.resolve("runs/unknown").toString());
            assertThat(meters.meter(List.of(unknown))).isEmpty();
        }
    }

    private static List<ReplicaUse> uses(MetersReplicas meters, LaunchHandle handle) {
        return meters.meter(List.of(handle)).getOrDefault(handle, List.of());
    }

    private static ReplicaUse use(MetersReplicas meters, LaunchHandle handle, String replica) {
        return uses(meters, handle).stream()
                .filter(use -> use.replica().toString().equals(replica))
                .findFirst()
                .orElseThrow();
    }

    /// 100 is one processor.
    private static double percent(ReplicaUse before, ReplicaUse after) {
        long used = after.cpuNanos().orElseThrow() - before.cpuNanos().orElseThrow();
        return 100.0 * used / Duration.between(before.at(), after.at()).toNanos();
    }

    // --- what programs are told

    @Test
    @DisplayName("AT-K7: lists of peers are the same in every replica, in index order, and tell the truth")
    void listsOfPeersAreTheSameEverywhereInIndexOrder() {
        String tell = "echo \"$WORKERS $HOSTS $PS\"; echo \"$HOST_ADDRESS $PORT\"";
        Variable[] told = {
            new Variable("WORKERS", new PeerList("worker", true)),
            new Variable("HOSTS", new PeerList("worker", false)),
            new Variable("PS", new PeerList("ps", true)),
            new Variable("HOST_ADDRESS", new OwnAddress()),
            new Variable("PORT", new OwnPort())
        };
        LaunchHandle handle = submit(launch(
                withPort(replica("worker", 0, tell, told), 2222),
                withPort(replica("worker", 1, tell, told), 2222),
                withPort(replica("worker", 2, tell, told), 2222),
                replica("ps", 0, tell, told)));
        List<String> lists = new ArrayList<>();
        List<String> own = new ArrayList<>();
        for (String replica : List.of("worker-0", "worker-1", "worker-2", "ps-0")) {
            end(handle, replica);
            List<String> lines = text(handle, replica).lines().toList();
            lists.add(lines.get(0));
            own.add(lines.get(1).strip());
        }
        assertThat(Set.copyOf(lists)).hasSize(1);
        String[] list = lists.get(0).split(" ", -1);
        assertThat(list[0])
                .isEqualTo(String.join(
                        ",",
                        own.subList(0, 3).stream()
                                .map(line -> line.replace(' ', ':'))
                                .toList()));
        assertThat(list[1])
                .isEqualTo(String.join(
                        ",",
                        own.subList(0, 3).stream()
                                .map(line -> line.substring(0, line.indexOf(' ')))
                                .toList()));
        assertThat(list[2]).as("a role without a port is listed without one").isEqualTo(own.get(3));
    }

    @Test
    void addressesStayTheSameFromAttemptToAttempt() {
        Replica replica = withPort(
                replica(
                        "main",
                        0,
                        "echo $A:$P; exit 1",
                        new Variable("A", new OwnAddress()),
                        new Variable("P", new OwnPort())),
                2222);
        Launch launch = launch(replica);
        LaunchHandle handle = submit(launch);
        end(handle, "main-0");
        executor.submit(new Launch(launch.id(), launch.name(), launch.directory(), List.of(attempt(replica, 2))));
        eventually("attempt 2", () -> observation(handle, "main-0").attempt() == 2);
        end(handle, "main-0");
        assertThat(log(handle, "main-0", 2).bytes())
                .isEqualTo(log(handle, "main-0", 1).bytes());
    }

    record Passed(String name, String value) {}

    static Stream<Passed> values() {
        return Stream.of(
                new Passed("empty", ""),
                new Passed("spaces", "  two  words  "),
                new Passed("quotes", "it's \"quoted\" `here` \\ $HOME $(id) ${X}"),
                new Passed("only quotes", "'''\"\"\""),
                new Passed("lines", "first\nsecond\n\n"),
                new Passed("tabs and returns", "\t\r\u0001"),
                new Passed("unicode", "grüße 漢字 🪢"),
                new Passed("shell words", "; rm -rf nothing & | > < * ? [a-z] ~ # !"),
                new Passed("equals", "a=b=c"),
                new Passed("long", "0123456789".repeat(10_000)));
    }

    @ParameterizedTest
    @MethodSource("values")
    void aValueReachesTheProgramAsItIs(Passed passed) {
        Path output = directory.resolve("output");
        LaunchHandle handle = submit(launch(replica(
                "main",
                0,
                "printf %s \"$VALUE\" > \"$OUTPUT\"",
                literal("OUTPUT", output),
                literal("VALUE", passed.value()))));
        assertThat(end(handle, "main-0").exitCode()).isZero();
        assertThat(read(output)).isEqualTo(passed.value());
    }

    @Test
    void aLaterValueWinsAndPartsAreJoined() {
        LaunchHandle handle = submit(launch(withPort(
                replica(
                        "main",
                        0,
                        "echo \"$URL $TWICE\"",
                        new Variable(
                                "URL",
                                new EnvironmentValue.Joined(List.of(
                                        new Literal("http://"), new OwnAddress(), new Literal(":"), new OwnPort()))),
                        literal("TWICE", "first"),
                        literal("TWICE", "second")),
                8080)));
        end(handle, "main-0");
        assertThat(text(handle, "main-0")).matches("http://[^:/]+:[0-9]+ second\n");
    }

    @Test
    void aProgramWithoutDevicesIsToldThatItHasNone() {
        LaunchHandle handle = submit(launch(
                replica("main", 0, "echo \"<$GPUS>\"", new Variable("GPUS", new EnvironmentValue.AllocatedGpus()))));
        end(handle, "main-0");
        assertThat(text(handle, "main-0")).isEqualTo("<>\n");
    }

    record Command(String command, String output) {}

    static Stream<Command> commands() {
        return Stream.of(
                new Command("echo $SRC_DIR/src", "/some where/src\n"),
                new Command("WHO=me sh -c 'echo $WHO'", "me\n"),
                new Command("echo a; echo b", "a\nb\n"),
                new Command("echo $(echo inner)", "inner\n"),
                new Command("echo one # a remark", "one\n"),
                new Command("cat <<END\nhere\nEND", "here\n"),
                new Command("echo to both >&2", "to both\n"),
                new Command("a=(x y); echo ${a[1]}", "y\n"),
                new Command("cat; echo stdin is empty", "stdin is empty\n"),
                new Command("printf 'no newline'", "no newline"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void theCommandIsShellText(Command command) {
        LaunchHandle handle = submit(launch(replica("main", 0, command.command(), literal("SRC_DIR", "/some where"))));
        assertThat(end(handle, "main-0").exitCode()).isZero();
        assertThat(text(handle, "main-0")).isEqualTo(command.output());
    }

    @Test
    void aCommandMayBeVeryLong() {
        String line = "x".repeat(300_000);
        LaunchHandle handle = submit(launch(replica("main", 0, "cat <<END | wc -c\n" + line + "\nEND\nexit 4")));
        assertThat(end(handle, "main-0").exitCode()).isEqualTo(4);
        assertThat(text(handle, "main-0").strip()).isEqualTo("300001");
    }

    @Test
    @DisplayName("AT-K10: the work directory `$SRC_DIR/src` is where `pwd` says the program is")
    void theProgramRunsInItsWorkDirectory() throws IOException {
        Path source = makeDirectory("a source");
        Files.createDirectories(source.resolve("src"));
        LaunchHandle handle =
                submit(launch(workDir(replica("main", 0, "pwd", literal("SRC_DIR", source)), "$SRC_DIR/src")));
        assertThat(end(handle, "main-0").exitCode()).isZero();
        assertThat(text(handle, "main-0")).isEqualTo(source.resolve("src") + "\n");
    }

    @Test
    void aMissingWorkDirectoryEndsTheAttemptAndTheLogSaysSo() {
        LaunchHandle handle = submit(launch(
                workDir(replica("main", 0, "echo must not run", literal("SRC_DIR", directory)), "$SRC_DIR/nowhere")));
        ReplicaStatus.Ended ended = end(handle, "main-0");
        assertThat(ended.cause()).isEqualTo(EndCause.WORK_DIR_NOT_FOUND);
        assertThat(ended.exitCode()).isNotZero();
        assertThat(text(handle, "main-0"))
                .contains(directory.resolve("nowhere").toString())
                .doesNotContain("must not run");
    }

    // --- logs

    @Test
    void aLogIsReadFromAnyOffset() {
        LaunchHandle handle = submit(launch(replica("main", 0, "printf 0123456789")));
        end(handle, "main-0");
        ReplicaId main = ReplicaId.parse("main-0");
        LogChunk middle = executor.readLog(handle, main, 1, 3, 4);
        assertThat(new String(middle.bytes(), StandardCharsets.UTF_8)).isEqualTo("3456");
        assertThat(middle.offset()).isEqualTo(3);
        assertThat(middle.complete()).isFalse();
        LogChunk rest = executor.readLog(handle, main, 1, middle.end(), 100);
        assertThat(new String(rest.bytes(), StandardCharsets.UTF_8)).isEqualTo("789");
        assertThat(rest.complete()).isTrue();
        LogChunk after = executor.readLog(handle, main, 1, 10, 100);
        assertThat(after.bytes()).isEmpty();
        assertThat(after.complete()).isTrue();
    }

    @Test
    void aLogGrowsWhileTheProgramRunsAndIsCompleteOnlyAfterwards() {
        Path gate = directory.resolve("gate");
        LaunchHandle handle = submit(launch(replica(
                "main",
                0,
                "echo first; until [ -e \"$GATE\" ]; do sleep 0.01; done; echo last",
                literal("GATE", gate))));
        eventually("the first line", () -> text(handle, "main-0").equals("first\n"));
        assertThat(log(handle, "main-0", 1).complete()).isFalse();
        write(gate, "");
        end(handle, "main-0");
        assertThat(text(handle, "main-0")).isEqualTo("first\nlast\n");
        assertThat(log(handle, "main-0", 1).complete()).isTrue();
    }

    @Test
    void theLogOfAnAttemptThatNeverWasIsNotFound() {
        LaunchHandle handle = submit(launch(replica("main", 0, "true")));
        end(handle, "main-0");
        for (ReplicaId replica : List.of(ReplicaId.parse("main-7"), ReplicaId.parse("other-0"))) {
            assertThatThrownBy(() -> executor.readLog(handle, replica, 1, 0, 10))
                    .isInstanceOfSatisfying(
                            RopewalkException.class,
                            problem -> assertThat(problem.code()).isEqualTo(ErrorCode.NOT_FOUND));
        }
        assertThatThrownBy(() -> executor.readLog(handle, ReplicaId.parse("main-0"), 2, 0, 10))
                .isInstanceOf(RopewalkException.class);
    }

    // --- cancelling

    @Test
    void aCancelledProgramMayTidyUp() {
        LaunchHandle handle = submit(launch(
                replica("main", 0, "trap 'echo tidied; exit 9' TERM; echo ready; while :; do sleep 0.05; done")));
        eventually("ready", () -> text(handle, "main-0").startsWith("ready"));
        executor.cancel(handle, LONG_GRACE);
        ReplicaStatus.Ended ended = end(handle, "main-0");
        assertThat(ended.exitCode()).isEqualTo(9);
        assertThat(ended.cause()).isEqualTo(EndCause.CANCELLED);
        assertThat(text(handle, "main-0")).endsWith("tidied\n");
    }

    @Test
    void aStubbornTreeIsKilledAfterTheGraceWithAllThatHasEscaped() {
        Path beat = directory.resolve("beat");
        String escape =
                "trap '' TERM; ( ( setsid sh -c 'trap \"\" TERM; while :; do echo x >> \"$BEAT\"; sleep 0.02; done' & ) & );"
                        + " echo ready; while :; do sleep 0.05; done";
        LaunchHandle handle = submit(launch(replica("main", 0, escape, literal("BEAT", beat))));
        eventually("ready", () -> text(handle, "main-0").startsWith("ready") && Files.exists(beat));
        Instant asked = Instant.now();
        executor.cancel(handle, Duration.ofMillis(300));
        assertThat(Duration.between(asked, Instant.now()))
                .as("cancel returns at once")
                .isLessThan(Duration.ofSeconds(5));
        ReplicaStatus.Ended ended = end(handle, "main-0");
        assertThat(ended.exitCode()).isEqualTo(137);
        assertThat(ended.cause()).isEqualTo(EndCause.CANCELLED);
        assertThat(ended.endedAt()).isAfterOrEqualTo(asked.plusMillis(290));
        assertThatNothingGrows(beat);
    }

    @Test
    void aCancelReachesEveryReplica() {
        LaunchHandle handle = submit(launch(
                replica("ps", 0, "sleep 1000"), replica("worker", 0, "sleep 1000"), replica("worker", 1, "exit 0")));
        end(handle, "worker-1");
        awaitRunning(handle, "ps-0");
        awaitRunning(handle, "worker-0");
        executor.cancel(handle, LONG_GRACE);
        assertThat(end(handle, "ps-0").cause()).isEqualTo(EndCause.CANCELLED);
        assertThat(end(handle, "worker-0").cause()).isEqualTo(EndCause.CANCELLED);
        assertThat(end(handle, "worker-1").cause()).isEqualTo(EndCause.EXITED);
    }

    @Test
    void aCancelRightAfterTheSubmitIsNotLost() {
        LaunchHandle handle = submit(launch(replica("main", 0, "sleep 1000"), replica("main", 1, "sleep 1000")));
        executor.cancel(handle, LONG_GRACE);
        assertThat(end(handle, "main-0").cause()).isEqualTo(EndCause.CANCELLED);
        assertThat(end(handle, "main-1").cause()).isEqualTo(EndCause.CANCELLED);
    }

    @Test
    void whatHasEndedMayBeCancelled() {
        LaunchHandle handle = submit(launch(replica("main", 0, "exit 6")));
        ReplicaStatus.Ended ended = end(handle, "main-0");
        executor.cancel(handle, NO_GRACE);
        executor.cancel(handle, NO_GRACE);
        assertThat(status(handle, "main-0")).isEqualTo(ended);
    }

    // --- mounts

    @Test
    void aReadOnlyMountShowsItsFilesAndRefusesWrites() {
        Path origin = makeDirectory("origin");
        write(origin.resolve("file"), "content");
        LaunchHandle handle = submit(launch(mounts(
                replica(
                        "main",
                        0,
                        "cat \"$DATA_DIR/file\"; "
                                + (refusesWrites()
                                        ? "echo x > \"$DATA_DIR/file\" && exit 1; rm -f \"$DATA_DIR/file\" && exit 2; touch \"$DATA_DIR/new\" && exit 3; exit 0"
                                        : "true"),
                        new Variable("DATA_DIR", new MountPath("data"))),
                new Mount("data", origin, "/mounted here/data", Mount.Access.READ_ONLY))));
        assertThat(end(handle, "main-0").exitCode()).isZero();
        assertThat(text(handle, "main-0")).startsWith("content");
        assertThat(read(origin.resolve("file"))).isEqualTo("content");
        assertThat(origin.resolve("new")).doesNotExist();
    }

    @Test
    void aReadWriteMountIsTheDirectoryItself() {
        Path origin = makeDirectory("origin");
        LaunchHandle handle = submit(launch(mounts(
                replica("main", 0, "echo made > \"$OUT_DIR/file\"", new Variable("OUT_DIR", new MountPath("out"))),
                new Mount("out", origin, "/mounted-here/out", Mount.Access.READ_WRITE))));
        assertThat(end(handle, "main-0").exitCode()).isZero();
        assertThat(read(origin.resolve("file"))).isEqualTo("made\n");
    }

    @Test
    void aPrivateMountMayBeChangedAndItsOriginStaysAsItIs() {
        Path origin = makeDirectory("origin");
        write(origin.resolve("file"), "content");
        write(origin.resolve("other"), "content");
        Replica replica = mounts(
                replica(
                        "main",
                        0,
                        "cd \"$SRC_DIR\"; cat file; echo changed > file; rm other; mkdir new; cat file; ls",
                        new Variable("SRC_DIR", new MountPath("src"))),
                new Mount("src", origin, "/mounted-here/src", Mount.Access.PRIVATE));
        Launch launch = launch(replica);
        LaunchHandle handle = submit(launch);
        assertThat(end(handle, "main-0").exitCode()).isZero();
        assertThat(text(handle, "main-0")).isEqualTo("contentchanged\nfile\nnew\n");
        executor.submit(new Launch(launch.id(), launch.name(), launch.directory(), List.of(attempt(replica, 2))));
        eventually("attempt 2", () -> observation(handle, "main-0").attempt() == 2);
        end(handle, "main-0");
        assertThat(log(handle, "main-0", 2).bytes())
                .as("every attempt begins with the origin")
                .isEqualTo(log(handle, "main-0", 1).bytes());
        assertThat(read(origin.resolve("file"))).isEqualTo("content");
        assertThat(origin.resolve("other")).exists();
        assertThat(origin.resolve("new")).doesNotExist();
    }

    @Test
    void aSingleFileCanBeMountedInEveryWay() {
        Path origin = directory.resolve("origin.txt");
        write(origin, "content\n");
        LaunchHandle handle = submit(launch(mounts(
                replica(
                        "main",
                        0,
                        "cat \"$A\" \"$B\" \"$C\"; echo mine > \"$C\"; echo more >> \"$B\"",
                        new Variable("A", new MountPath("a")),
                        new Variable("B", new MountPath("b")),
                        new Variable("C", new MountPath("c"))),
                new Mount("a", origin, "/mounted-here/a.txt", Mount.Access.READ_ONLY),
                new Mount("b", origin, "/mounted-here/b.txt", Mount.Access.READ_WRITE),
                new Mount("c", origin, "/mounted-here/deeper/c.txt", Mount.Access.PRIVATE))));
        assertThat(end(handle, "main-0").exitCode()).isZero();
        assertThat(text(handle, "main-0")).isEqualTo("content\ncontent\ncontent\n");
        assertThat(read(origin)).isEqualTo("content\nmore\n");
    }

    @Test
    void aMountInsideAMountLeavesTheOuterOriginAsItIs() {
        Path outer = makeDirectory("outer");
        Path inner = makeDirectory("inner");
        write(outer.resolve("file"), "outer");
        write(inner.resolve("file"), "inner");
        LaunchHandle handle = submit(launch(mounts(
                replica(
                        "main",
                        0,
                        "cat \"$OUTER/file\" \"$OUTER/data/file\" \"$INNER/file\"",
                        new Variable("OUTER", new MountPath("outer")),
                        new Variable("INNER", new MountPath("inner"))),
                new Mount("inner", inner, "/mounted-here/data", Mount.Access.READ_ONLY),
                new Mount("outer", outer, "/mounted-here", Mount.Access.READ_ONLY))));
        assertThat(end(handle, "main-0").exitCode()).isZero();
        assertThat(text(handle, "main-0")).isEqualTo("outerinnerinner");
        assertThat(outer.resolve("data")).doesNotExist();
    }

    @Test
    void aCancelReachesAProgramWithMounts() {
        Path origin = makeDirectory("origin");
        LaunchHandle handle = submit(launch(mounts(
                replica("main", 0, "trap 'echo tidied; exit 9' TERM; echo ready; while :; do sleep 0.05; done"),
                new Mount("data", origin, "/mounted-here", Mount.Access.READ_ONLY))));
        eventually("ready", () -> text(handle, "main-0").startsWith("ready"));
        executor.cancel(handle, LONG_GRACE);
        ReplicaStatus.Ended ended = end(handle, "main-0");
        assertThat(ended.exitCode()).isEqualTo(9);
        assertThat(ended.cause()).isEqualTo(EndCause.CANCELLED);
        assertThat(text(handle, "main-0")).endsWith("tidied\n");
    }

    @Test
    void aMountThatCannotBeMadeEndsTheAttemptAndTheLogSaysWhy() {
        LaunchHandle handle = submit(launch(mounts(
                replica("main", 0, "echo must not run"),
                new Mount("data", directory.resolve("gone"), "/mounted-here", Mount.Access.READ_ONLY))));
        ReplicaStatus.Ended ended = end(handle, "main-0");
        assertThat(ended.cause()).isEqualTo(EndCause.SETUP_FAILED);
        assertThat(ended.exitCode()).isNotZero();
        assertThat(text(handle, "main-0")).contains("gone").doesNotContain("must not run");
    }

    // --- forgetting and remembering

    @Test
    void aLaunchThatIsNotKnownIsAbsent() {
        LaunchHandle handle = submit(launch(replica("main", 0, "true")));
        LaunchHandle unknown = new LaunchHandle(LaunchId.mint(), handle.reference() + "-unknown");
        assertThat(executor.observe(List.of(unknown, handle))).containsOnlyKeys(handle);
        assertThat(executor.observe(List.of())).isEmpty();
        executor.cancel(unknown, NO_GRACE);
        executor.release(unknown);
    }

    @Test
    void whatWasSubmittedIsFoundByItsDirectory() {
        Launch launch = launch(replica("main", 0, "exit 0"));
        assertThat(executor.find(launch.id(), launch.directory())).isEmpty();
        LaunchHandle handle = submit(launch);
        assertThat(executor.find(launch.id(), launch.directory())).contains(handle);
        end(handle, "main-0");
        assertThat(executor.find(launch.id(), launch.directory())).contains(handle);
    }

    @Test
    void releasingTwiceIsReleasingOnceAndTheLogStays() {
        LaunchHandle handle = submit(launch(replica("main", 0, "echo kept")));
        end(handle, "main-0");
        executor.release(handle);
        executor.release(handle);
        assertThat(text(handle, "main-0")).isEqualTo("kept\n");
    }

    @Test
    void whatRunsIsFoundAgainByTheNextExecutorAndItsEndIsSeen() {
        Path gate = directory.resolve("gate");
        LaunchHandle handle = submit(launch(replica(
                "main",
                0,
                "echo before; until [ -e \"$GATE\" ]; do sleep 0.01; done; echo after; exit 9",
                literal("GATE", gate))));
        ReplicaStatus running = awaitRunning(handle, "main-0");
        reopen();
        assertThat(status(handle, "main-0")).isEqualTo(running);
        List<LaunchId> heard = new CopyOnWriteArrayList<>();
        if (executor instanceof SignalsChanges signals) {
            signals.onChange(heard::add);
        }
        write(gate, "");
        assertThat(end(handle, "main-0").exitCode()).isEqualTo(9);
        assertThat(text(handle, "main-0")).isEqualTo("before\nafter\n");
        if (executor instanceof SignalsChanges) {
            eventually("a signal", () -> heard.contains(handle.launch()));
        }
    }

    @Test
    void whatEndedMeanwhileIsKnownToTheNextExecutor() {
        LaunchHandle handle = submit(launch(replica("main", 0, "sleep 0.2; exit 5")));
        executor.close();
        executor = open(directory);
        assertThat(end(handle, "main-0").exitCode()).isEqualTo(5);
        reopen();
        assertThat(end(handle, "main-0").exitCode()).isEqualTo(5);
    }

    @Test
    void theNextExecutorDoesNotStartAgainWhatWasStarted() {
        Path starts = directory.resolve("starts");
        Launch launch = launch(replica("main", 0, "echo start >> \"$STARTS\"; sleep 0.3", literal("STARTS", starts)));
        LaunchHandle handle = submit(launch);
        reopen();
        assertThat(executor.submit(launch)).isEqualTo(handle);
        end(handle, "main-0");
        assertThatNothingGrows(starts);
        assertThat(starts).hasContent("start\n");
    }

    @Test
    void theNextExecutorFinishesACancel() {
        LaunchHandle handle =
                submit(launch(replica("main", 0, "trap '' TERM; echo ready; while :; do sleep 0.05; done")));
        eventually("ready", () -> text(handle, "main-0").startsWith("ready"));
        executor.cancel(handle, Duration.ofMillis(500));
        reopen();
        ReplicaStatus.Ended ended = end(handle, "main-0");
        assertThat(ended.exitCode()).isEqualTo(137);
        assertThat(ended.cause()).isEqualTo(EndCause.CANCELLED);
    }

    @Test
    void addressesAndPortsOfLaunchesThatLiveAreDifferentAlsoAfterARestart() {
        Variable[] told = {new Variable("A", new OwnAddress()), new Variable("P", new OwnPort())};
        String command = "echo $A $P; sleep 1000";
        Set<String> addresses = new LinkedHashSet<>();
        Set<String> endpoints = new LinkedHashSet<>();
        int replicas = 0;
        for (int round = 0; round < 3; round++) {
            LaunchHandle handle = submit(launch(
                    withPort(replica("main", 0, command, told), 2222),
                    withPort(replica("main", 1, command, told), 2222)));
            for (String replica : List.of("main-0", "main-1")) {
                eventually("a line", () -> text(handle, replica).endsWith("\n"));
                String line = text(handle, replica).strip();
                addresses.add(line.substring(0, line.indexOf(' ')));
                endpoints.add(line);
                replicas++;
            }
            reopen();
        }
        assertThat(addresses).hasSize(replicas);
        assertThat(endpoints).hasSize(replicas);
    }

    // --- the small language of these tests

    protected final Executor executor() {
        return executor;
    }

    protected final void reopen() {
        executor.close();
        executor = open(directory);
    }

    protected final LaunchHandle submit(Launch launch) {
        LaunchHandle handle = executor.submit(launch);
        submitted.add(handle);
        return handle;
    }

    protected final Launch launch(Replica... replicas) {
        LaunchId id = LaunchId.mint();
        return new Launch(id, "conformance", makeDirectory("runs/" + id), Arrays.asList(replicas));
    }

    protected static Replica replica(String role, int index, String command, Variable... environment) {
        return new Replica(
                new ReplicaId(role, index), 1, command, "", List.of(environment), List.of(), 0, Resources.NONE);
    }

    protected static Replica attempt(Replica of, int attempt) {
        return new Replica(
                of.id(), attempt, of.command(), of.workDir(), of.environment(), of.mounts(), of.port(), of.limits());
    }

    protected static Replica workDir(Replica of, String workDir) {
        return new Replica(
                of.id(), of.attempt(), of.command(), workDir, of.environment(), of.mounts(), of.port(), of.limits());
    }

    protected static Replica withPort(Replica of, int port) {
        return new Replica(
                of.id(), of.attempt(), of.command(), of.workDir(), of.environment(), of.mounts(), port, of.limits());
    }

    protected static Replica limited(Replica of, Resources limits) {
        return new Replica(
                of.id(), of.attempt(), of.command(), of.workDir(), of.environment(), of.mounts(), of.port(), limits);
    }

    protected static Replica mounts(Replica of, Mount... mounts) {
        return new Replica(
                of.id(),
                of.attempt(),
                of.command(),
                of.workDir(),
                of.environment(),
                List.of(mounts),
                of.port(),
                of.limits());
    }

    protected static Variable literal(String name, Object text) {
        return new Variable(name, new Literal(text.toString()));
    }

    protected final ReplicaObservation observation(LaunchHandle handle, String replica) {
        Observation observation =
                Objects.requireNonNull(executor.observe(List.of(handle)).get(handle), "the launch is known");
        return observation.replicas().stream()
                .filter(seen -> seen.replica().equals(ReplicaId.parse(replica)))
                .findFirst()
                .orElseThrow();
    }

    protected final ReplicaStatus status(LaunchHandle handle, String replica) {
        return observation(handle, replica).status();
    }

    protected final ReplicaStatus.Running awaitRunning(LaunchHandle handle, String replica) {
        eventually(replica + " running", () -> status(handle, replica) instanceof ReplicaStatus.Running);
        return (ReplicaStatus.Running) status(handle, replica);
    }

    /// Waits for the end of a replica; being lost is none.
    protected final ReplicaStatus.Ended end(LaunchHandle handle, String replica) {
        eventually("the end of " + replica, () -> hasEnded(status(handle, replica)));
        assertThat(status(handle, replica)).isInstanceOf(ReplicaStatus.Ended.class);
        return (ReplicaStatus.Ended) status(handle, replica);
    }

    protected final LogChunk log(LaunchHandle handle, String replica, int attempt) {
        return executor.readLog(handle, ReplicaId.parse(replica), attempt, 0, 10_000_000);
    }

    protected final String text(LaunchHandle handle, String replica) {
        return new String(log(handle, replica, 1).bytes(), StandardCharsets.UTF_8);
    }

    /// Waits until something is so, and fails when it does not come about.
    protected static void eventually(String what, BooleanSupplier condition) {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as("waiting for %s", what).isBefore(deadline);
            LockSupport.parkNanos(2_000_000);
        }
    }

    protected final Path makeDirectory(String name) {
        try {
            return Files.createDirectories(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    protected static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    protected static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A file that a living program would write to every 20 ms stays as it is for much longer.
    protected static void assertThatNothingGrows(Path file) {
        long before = size(file);
        Instant until = Instant.now().plusMillis(300);
        while (Instant.now().isBefore(until)) {
            assertThat(size(file)).isEqualTo(before);
            LockSupport.parkNanos(10_000_000);
        }
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean hasEnded(LaunchHandle handle) {
        Map<LaunchHandle, Observation> seen = new LinkedHashMap<>(executor.observe(List.of(handle)));
        return Optional.ofNullable(seen.get(handle)).stream()
                .flatMap(observation -> observation.replicas().stream())
                .allMatch(replica -> hasEnded(replica.status()));
    }

    private static boolean hasEnded(ReplicaStatus status) {
        return switch (status) {
            case ReplicaStatus.Ended _, ReplicaStatus.Lost _ -> true;
            case ReplicaStatus.Waiting _, ReplicaStatus.Running _ -> false;
        };
    }

    private static boolean isDeleted(Path directory) {
        if (!Files.exists(directory)) {
            return true;
        }
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
            return true;
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
