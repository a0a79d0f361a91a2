package io.ropewalk.run;

import io.ropewalk.access.Caller;
import io.ropewalk.access.Right;
import io.ropewalk.artifact.FileList;
import io.ropewalk.artifact.Preview;
import io.ropewalk.artifact.RunFiles;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.http.Call;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.http.Reply;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The files that a run wrote, over HTTP.
public final class RunFileApi {
    private final VisibleRuns runs;
    private final Function<RunId, Path> outputs;

    /// @param outputs the output directory of a run
    public RunFileApi(VisibleRuns runs, Function<RunId, Path> outputs) {
        this.runs = runs;
        this.outputs = outputs;
    }

    public List<Endpoint<?, ?>> endpoints() {
        return List.of(
                Endpoint.get(
                        "/api/v1/runs/{run}/files",
                        Right.READ,
                        InDirectory.class,
                        Reply.of(FileList.class),
                        "List what a run wrote",
                        (request, call) -> files(request.run(), call).list(request.directory())),
                Endpoint.get(
                        "/api/v1/runs/{run}/files/content",
                        Right.READ,
                        OfFile.class,
                        Reply.content("application/octet-stream"),
                        "Read a file that a run wrote",
                        (request, call) -> files(request.run(), call).content(request.path(), request.isDownload())),
                Endpoint.get(
                        "/api/v1/runs/{run}/files/preview",
                        Right.READ,
                        Shown.class,
                        Reply.of(Preview.class),
                        "Show the beginning of a file that a run wrote",
                        (request, call) -> files(request.run(), call).preview(request.path())));
    }

    record InDirectory(String run, @Nullable String path) {
        String directory() {
            return path == null ? "" : path;
        }
    }

    record OfFile(String run, String path, @Nullable Boolean download) {
        boolean isDownload() {
            return Boolean.TRUE.equals(download);
        }
    }

    record Shown(String run, String path) {}

    private RunFiles files(String run, Call call) {
        RunId id = new RunId(run);
        runs.check(Caller.of(call).scope(), id);
        return new RunFiles(outputs.apply(id));
    }
}
