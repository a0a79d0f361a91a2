package io.ropewalk.extensions.source.hostpath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.conformance.source.FakeSnapshots;
import io.ropewalk.conformance.source.SourceTypeContract;
import io.ropewalk.conformance.source.Traversals;
import io.ropewalk.extensions.source.TestContexts;
import io.ropewalk.extensions.source.hostpath.HostPathSource.HostPathSettings;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.source.SourceContext;
import io.ropewalk.spi.source.SourceType.Delivery;
import io.ropewalk.spi.source.SourceType.Pin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostPathSourceTest extends SourceTypeContract<HostPathSettings> {
    private final HostPathSource type = new HostPathSource();

    @TempDir
    Path machine;

    @Override
    protected Subject<HostPathSettings> subject(SourceContext context, FakeSnapshots snapshots, Path workbench)
            throws IOException {
        Path data = Files.createDirectory(workbench.resolve("data"));
        Files.createFile(workbench.resolve("file"));
        Map<String, Supplier<HostPathSettings>> bad = new LinkedHashMap<>();
        bad.put("path", () -> new HostPathSettings("relative"));
        return new Subject<>(
                type,
                new HostPathSettings(data.toString()),
                bad,
                Map.of(
                        new HostPathSettings("/etc"), "allowedHostPaths",
                        new HostPathSettings(workbench + "/none"), "'" + workbench + "'",
                        new HostPathSettings(workbench + "/file"), "not a directory"));
    }

    @Test
    void aLinkOutOfAnAllowedDirectoryIsRefused() throws IOException {
        Path allowed = Files.createDirectory(machine.resolve("allowed"));
        Path secret = Files.createDirectory(machine.resolve("secret"));
        Files.createSymbolicLink(allowed.resolve("out"), secret);
        Files.createSymbolicLink(allowed.resolve("out2"), Path.of("../secret"));
        SourceContext context = TestContexts.in(machine, "default", "digits", List.of(allowed));

        for (String name : List.of("out", "out2")) {
            assertThatThrownBy(() -> type.pin(new HostPathSettings(allowed + "/" + name), context))
                    .isInstanceOf(RopewalkException.class)
                    .hasMessageContaining("ask the operator");
        }
    }

    @Test
    void anAllowedDirectoryMayItselfBeReachedByALink() throws IOException {
        Path real = Files.createDirectory(machine.resolve("real"));
        Path data = Files.createDirectory(real.resolve("data"));
        Path link = Files.createSymbolicLink(machine.resolve("link"), real);
        SourceContext context = TestContexts.in(machine, "default", "digits", List.of(link));

        assertThat(type.deliver(new HostPathSettings(link + "/data"), Pin.NOTHING, context))
                .isEqualTo(new Delivery.Bind(data.toRealPath(), false));
    }

    @Test
    void aNeighbourWithTheSameBeginningIsNotAllowed() throws IOException {
        Path allowed = Files.createDirectory(machine.resolve("data"));
        Path neighbour = Files.createDirectory(machine.resolve("data-private"));
        SourceContext context = TestContexts.in(machine, "default", "digits", List.of(allowed));
        assertThatThrownBy(() -> type.pin(new HostPathSettings(neighbour.toString()), context))
                .isInstanceOf(RopewalkException.class);
    }

    @Test
    void whetherAForbiddenPathExistsIsNotTold() {
        SourceContext context = TestContexts.in(machine, "default", "digits", List.of());
        String there = messageFor("/etc", context).replace("/etc", "");
        String notThere = messageFor("/etcetera", context).replace("/etcetera", "");
        assertThat(there).isEqualTo(notThere);
    }

    @Test
    void noSpellingOfAWayOutGetsOut() throws IOException {
        Path allowed = Files.createDirectories(machine.resolve("deep/allowed"));
        Files.createDirectories(machine.resolve("deep/secret"));
        Files.createDirectories(machine.resolve("secret"));
        Path real = allowed.toRealPath();
        SourceContext context = TestContexts.in(machine, "default", "digits", List.of(allowed));
        assertThat(Traversals.all()).hasSizeGreaterThanOrEqualTo(200);
        for (String spelling : Traversals.all()) {
            try {
                Delivery delivery = type.deliver(new HostPathSettings(allowed + "/" + spelling), Pin.NOTHING, context);
                assertThat(((Delivery.Bind) delivery).directory()).as(spelling).startsWith(real);
            } catch (RopewalkException e) {
                assertThat(e.code().status()).as(spelling).isEqualTo(400);
            }
        }
    }

    private String messageFor(String path, SourceContext context) {
        try {
            type.pin(new HostPathSettings(path), context);
            return "allowed";
        } catch (RopewalkException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
