package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.access.Scope;
import io.ropewalk.artifact.FileList;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.http.Content;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.json.Json;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunFileApiTest {
    private static final String FILES = "GET /api/v1/runs/{run}/files";

    @TempDir
    Path directory;

    private List<Endpoint<?, ?>> api = List.of();

    @BeforeEach
    void write() throws IOException {
        api = new RunFileApi(
                        (scope, _) -> {
                            if (!scope.equals(Scope.EVERYTHING)) {
                                throw new RopewalkException(ErrorCode.NOT_FOUND, "There is no such run.");
                            }
                        },
                        run -> directory.resolve(run.value()))
                .endpoints();
        Files.createDirectories(directory.resolve("run-1/sub"));
        Files.writeString(directory.resolve("run-1/sub/a.csv"), "x,y\n1,2\n");
    }

    @Test
    void filesAreListedShownAndDownloaded() throws Exception {
        TestCall call = TestCall.owner();
        FileList list = call.call(api, FILES, Map.of("run", "run-1"), FileList.class);
        assertThat(list.entries()).extracting(FileList.Entry::name).containsExactly("sub");
        Map<String, ?> file = Map.of("run", "run-1", "path", "sub/a.csv");
        assertThat(Json.write(call.call(api, FILES + "/preview", file, Object.class)))
                .isEqualTo("{\"kind\":\"csv\",\"columns\":[\"x\",\"y\"],\"types\":[\"integer\",\"integer\"],"
                        + "\"rows\":[[\"1\",\"2\"]],\"truncated\":false,\"bytes\":8}");
        Content.Untrusted content = call.call(
                api,
                FILES + "/content",
                Map.of("run", "run-1", "path", "sub/a.csv", "download", true),
                Content.Untrusted.class);
        try (var opened = content.file().open()) {
            assertThat(Channels.newInputStream(opened)).hasContent("x,y\n1,2\n");
        }
        assertThat(content.inline()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/content", "/preview"})
    void someoneElsesFilesAreNotThere(String what) {
        Map<String, ?> file = Map.of("run", "run-1", "path", "sub/a.csv");
        assertThatThrownBy(() -> TestCall.stranger().call(api, FILES + what, file, Object.class))
                .isInstanceOfSatisfying(
                        RopewalkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }
}
