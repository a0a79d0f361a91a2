package io.ropewalk.extensions.source.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.conformance.source.FakeSnapshots;
import io.ropewalk.conformance.source.SourceTypeContract;
import io.ropewalk.conformance.source.Traversals;
import io.ropewalk.extensions.source.TestContexts;
import io.ropewalk.extensions.source.storage.StorageSource.StorageSettings;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.source.SourceContext;
import io.ropewalk.spi.source.SourceType.Delivery;
import io.ropewalk.spi.source.SourceType.Pin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StorageSourceTest extends SourceTypeContract<StorageSettings> {
    private final StorageSource type = new StorageSource();

    @TempDir
    Path machine;

    @Override
    protected Subject<StorageSettings> subject(SourceContext context, FakeSnapshots snapshots, Path workbench) {
        return new Subject<>(
                type,
                new StorageSettings("models", null),
                Map.of("path", () -> new StorageSettings("../other", null)),
                Map.of());
    }

    @ParameterizedTest
    @DisplayName("AT-K11: a storage path leads where its beginning says")
    @CsvSource({
        "'/shared/x',     , shared/x",
        "'/shared/x/y',   , shared/x/y",
        "'/shared/x', false, default/id-default/shared/x",
        "'/shared',       , default/id-default/shared",
        "'/x',            , default/id-default/x",
        "'/x/y/',         , default/id-default/x/y",
        "'/',             , default/id-default/digits",
        "'x',             , default/id-default/digits/x",
        "'shared/x',      , default/id-default/digits/shared/x",
        "'',              , default/id-default/digits/src",
        ",                , default/id-default/digits/src",
    })
    void aPathLeadsWhereItsBeginningSays(String path, Boolean shared, String below) throws IOException {
        SourceContext context = TestContexts.in(machine, "default", "digits", List.of());
        Delivery delivery = type.deliver(new StorageSettings(path, shared), Pin.NOTHING, context);
        assertThat(delivery)
                .isEqualTo(new Delivery.Bind(
                        machine.toRealPath().resolve("storage").resolve(below), false));
    }

    @ParameterizedTest
    @DisplayName("AT-K11: '..' in a storage path is a bad request")
    @ValueSource(strings = {"../", "..", "/..", "/shared/../default", "a/../..", "/shared/..", "x/..\\y"})
    void aPathThatClimbsIsABadRequest(String path) {
        assertThatThrownBy(() -> new StorageSettings(path, null)).isInstanceOfSatisfying(RopewalkException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(e.code().status()).isEqualTo(400);
        });
    }

    @Test
    @DisplayName("AT-K12: '/team' is the workspace's, 'x' the project's own, '/shared/x' everybody's")
    void storageIsSharedAsFarAsItsPathSays() {
        SourceContext digits = TestContexts.in(machine, "red", "digits", List.of());
        SourceContext letters = TestContexts.in(machine, "red", "letters", List.of());
        SourceContext foreign = TestContexts.in(machine, "blue", "digits", List.of());

        assertThat(where("/team", digits)).isEqualTo(where("/team", letters)).isNotEqualTo(where("/team", foreign));
        assertThat(where("x", digits)).isNotEqualTo(where("x", letters)).isNotEqualTo(where("x", foreign));
        assertThat(where("/shared/x", digits))
                .isEqualTo(where("/shared/x", letters))
                .isEqualTo(where("/shared/x", foreign));
    }

    @Test
    void aLinkThatAProgramLeftInTheStorageIsNotFollowed() throws IOException {
        SourceContext context = TestContexts.in(machine, "default", "digits", List.of());
        Path own = where("mine", context);
        Files.createSymbolicLink(own.resolve("out"), Path.of("/etc"));
        assertThatThrownBy(() -> where("mine/out", context))
                .isInstanceOf(RopewalkException.class)
                .hasMessageContaining("a symbolic link");
        assertThatThrownBy(() -> where("mine/out/ssh", context)).isInstanceOf(RopewalkException.class);
    }

    @Test
    void aFileInTheWayIsSaid() throws IOException {
        SourceContext context = TestContexts.in(machine, "default", "digits", List.of());
        Files.createFile(where("mine", context).resolve("file"));
        assertThatThrownBy(() -> where("mine/file", context)).hasMessageContaining("a file, not a directory");
    }

    @Test
    void aWorkspaceCannotBeCalledLikeWhatAllShare() {
        SourceContext context = TestContexts.in(machine, "shared", "digits", List.of());
        assertThatThrownBy(() -> where("x", context)).isInstanceOf(RopewalkException.class);
    }

    @Test
    void noSpellingOfAWayOutGetsOut() throws IOException {
        SourceContext context = TestContexts.in(machine, "default", "digits", List.of());
        Path own = where("/", context).resolveSibling("");
        for (String spelling : Traversals.all()) {
            for (String path : List.of(spelling, "/" + spelling, "x/" + spelling)) {
                try {
                    assertThat(where(path, context)).as(path).startsWith(own);
                } catch (RopewalkException e) {
                    assertThat(e.code().status()).as(path).isEqualTo(400);
                }
            }
            for (String shared : List.of("/shared/" + spelling)) {
                try {
                    assertThat(where(shared, context))
                            .as(shared)
                            .startsWith(machine.toRealPath().resolve("storage/shared"));
                } catch (RopewalkException e) {
                    assertThat(e.code().status()).as(shared).isEqualTo(400);
                }
            }
        }
        assertThat(machine.resolve("secret")).doesNotExist();
    }

    private Path where(String path, SourceContext context) {
        return ((Delivery.Bind) type.deliver(new StorageSettings(path, null), Pin.NOTHING, context)).directory();
    }
}
