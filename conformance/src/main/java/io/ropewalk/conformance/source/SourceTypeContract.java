package io.ropewalk.conformance.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.WorkspaceId;
import io.ropewalk.spi.source.Setting;
import io.ropewalk.spi.source.SourceContext;
import io.ropewalk.spi.source.SourceType;
import io.ropewalk.spi.source.SourceType.Delivery;
import io.ropewalk.spi.source.SourceType.Pin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What [SourceType] promises. A kind passes it with a subclass that returns a [Subject].
public abstract class SourceTypeContract<S extends Record> {
    /// Stands in every secret setting of [Subject#good] and must show up nowhere.
    protected static final String CANARY = "canary-4b1c3f9e77";

    @TempDir
    Path temporary;

    private SourceContext context;
    private FakeSnapshots snapshots;
    private Subject<S> subject;

    /// A kind and what to try it with.
    ///
    /// @param good settings that can be pinned and delivered; each secret holds [#CANARY]
    /// @param bad makes settings that their constructor must refuse, by the name of the setting that is wrong
    /// @param unavailable settings that are well-formed but stand for nothing that can be had, with words of the
    ///     refusal
    public record Subject<S extends Record>(
            SourceType<S> type, S good, Map<String, Supplier<S>> bad, Map<S, String> unavailable) {}

    /// Makes whatever the good settings stand for, inside `workbench` and the context's directories.
    protected abstract Subject<S> subject(SourceContext context, FakeSnapshots snapshots, Path workbench)
            throws IOException;

    @BeforeEach
    void prepare() throws IOException {
        snapshots = new FakeSnapshots();
        Path workbench = Files.createDirectory(temporary.toRealPath().resolve("workbench"));
        context = new SourceContext(
                new WorkspaceId("w-1"),
                "default",
                "digits",
                new ProjectId("p-1"),
                "src",
                temporary.toRealPath().resolve("storage"),
                List.of(workbench),
                temporary.toRealPath().resolve("cache"),
                snapshots);
        subject = subject(context, snapshots, workbench);
    }

    @Test
    void itsKindAndDescriptionCanBeShown() {
        assertThat(subject.type().kind()).matches("[a-z][A-Za-z0-9]{1,30}");
        assertThat(subject.type().description()).isNotBlank().doesNotContain("\n");
    }

    @Test
    void everySettingSaysWhatItMeans() {
        for (var component : subject.type().settings().getRecordComponents()) {
            Setting setting = component.getAnnotation(Setting.class);
            assertThat(setting)
                    .as("the setting '%s' needs @Setting", component.getName())
                    .isNotNull();
            assertThat(setting.value()).isNotBlank();
            assertThat(setting.secret() && component.getType() != String.class)
                    .as("the secret '%s' must be text", component.getName())
                    .isFalse();
        }
    }

    @Test
    void badSettingsAreRefusedByTheirName() {
        subject.bad().forEach((setting, make) -> {
            Throwable refusal = catchThrowable(make::get);
            assertThat(refusal).as("bad '%s'", setting).isInstanceOf(RopewalkException.class);
            assertThat(((RopewalkException) refusal).code().blame()).isEqualTo(ErrorCode.Blame.USER);
            assertThat(refusal).hasMessageContaining("'" + setting + "'");
        });
    }

    @Test
    void whatCannotBeHadIsRefusedWhenItIsPinned() {
        subject.unavailable().forEach((settings, words) -> {
            Throwable refusal = catchThrowable(() -> subject.type().pin(settings, context));
            assertThat(refusal).as("%s", settings).isInstanceOf(RopewalkException.class);
            assertThat(((RopewalkException) refusal).code().blame()).isEqualTo(ErrorCode.Blame.USER);
            assertThat(refusal).hasMessageContaining(words);
            assertThat(refusal.getMessage()).doesNotContain(CANARY);
        });
    }

    @Test
    void theSamePlaceGivesTheSamePin() {
        assertThat(pin()).isEqualTo(pin());
    }

    @Test
    void aPinIsDeliveredInTheSameWayEveryTime() {
        Pin pin = pin();
        assertThat(described(deliver(pin))).isEqualTo(described(deliver(pin)));
    }

    @Test
    void aFetchedTreeIsTheSameEveryTime() throws IOException {
        if (deliver(pin()) instanceof Delivery.Fetch fetch) {
            Path one = Files.createDirectory(temporary.resolve("one"));
            Path two = Files.createDirectory(temporary.resolve("two"));
            fetch.writer().writeInto(one, _ -> {});
            fetch.writer().writeInto(two, _ -> {});
            assertThat(files(one)).isNotEmpty().isEqualTo(files(two));
        }
    }

    @Test
    void aBoundDirectoryIsThere() {
        if (deliver(pin()) instanceof Delivery.Bind bind) {
            assertThat(bind.directory()).isAbsolute().isDirectory();
        }
    }

    @Test
    void secretsAppearNowhere() throws IOException {
        Pin pin = pin();
        assertThat(pin.toString()).doesNotContain(CANARY);
        assertThat(subject.good().toString()).doesNotContain(CANARY);
        if (deliver(pin) instanceof Delivery.Fetch fetch) {
            assertThat(fetch.key()).doesNotContain(CANARY);
            Path tree = Files.createDirectory(temporary.resolve("tree"));
            List<String> reports = new ArrayList<>();
            fetch.writer().writeInto(tree, reports::add);
            assertThat(reports).noneMatch(line -> line.contains(CANARY));
        }
        try (Stream<Path> left = Files.walk(temporary)) {
            for (Path file : left.filter(p -> Files.isRegularFile(p, LinkOption.NOFOLLOW_LINKS))
                    .toList()) {
                assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1))
                        .as("%s", file)
                        .doesNotContain(CANARY);
            }
        }
    }

    @Test
    void manyMayUseItAtOnce() throws Exception {
        Pin pin = pin();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                Path tree = Files.createDirectory(temporary.resolve("at-once-" + i));
                Callable<String> use = () -> {
                    assertThat(pin()).isEqualTo(pin);
                    Delivery delivery = deliver(pin);
                    if (delivery instanceof Delivery.Fetch fetch) {
                        fetch.writer().writeInto(tree, _ -> {});
                        return files(tree).toString();
                    }
                    return described(delivery);
                };
                answers.add(threads.submit(use));
            }
            String first = answers.getFirst().get();
            for (Future<String> answer : answers) {
                assertThat(answer.get()).isEqualTo(first);
            }
        }
    }

    private Pin pin() {
        return subject.type().pin(subject.good(), context);
    }

    private Delivery deliver(Pin pin) {
        return subject.type().deliver(subject.good(), pin, context);
    }

    private static String described(Delivery delivery) {
        return switch (delivery) {
            case Delivery.Bind bind -> bind.toString();
            case Delivery.Fetch fetch -> "Fetch " + fetch.key();
            case Delivery.Scratch scratch -> scratch.toString();
        };
    }

    /// What a program sees: version-control folders hold times and are left out.
    private static Map<String, String> files(Path tree) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path file : all.toList()) {
                Path relative = tree.relativize(file);
                boolean hidden = Stream.of(relative.toString().split("/")).anyMatch(".git"::equals);
                if (hidden) {
                    continue;
                }
                if (Files.isSymbolicLink(file)) {
                    files.put(relative.toString(), "-> " + Files.readSymbolicLink(file));
                } else if (Files.isRegularFile(file)) {
                    files.put(relative.toString(), Arrays.toString(Files.readAllBytes(file)));
                }
            }
        }
        return files;
    }
}
