package io.ropewalk.source;

import io.ropewalk.access.Caller;
import io.ropewalk.access.Right;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.WorkspaceId;
import io.ropewalk.spi.source.SourceType.Pin;
import io.ropewalk.support.archive.EntryPath;
import io.ropewalk.support.http.Call;
import io.ropewalk.support.http.Content;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.http.FromQuery;
import io.ropewalk.support.http.NoInput;
import io.ropewalk.support.http.Page;
import io.ropewalk.support.http.Reply;
import io.ropewalk.support.http.RequestBody;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sources over HTTP.
public final class SourceApi {
    private static final String SOURCES = "/api/v1/workspaces/{workspace}/projects/{project}/sources";
    private static final String SOURCE = SOURCES + "/{source}";
    private static final String BLOBS = "/api/v1/workspaces/{workspace}/blobs";
    private static final String UPLOAD = "upload";
    private static final int USUAL_LIMIT = 50;
    private static final int HIGHEST_LIMIT = 500;

    private final Sources sources;
    private final Uploads uploads;
    private final ProjectSources projects;

    public SourceApi(Sources sources, Uploads uploads, ProjectSources projects) {
        this.sources = sources;
        this.uploads = uploads;
        this.projects = projects;
    }

    /// A source as a project has it; secrets are masked.
    ///
    /// @param latest the newest upload, of a source that takes them
    public record SourceView(
            String name,
            String kind,
            Map<String, Object> settings,
            @Nullable String mountPath,
            boolean readOnly,
            String description,
            @Nullable Snapshot latest) {}

    /// What a source stands for now.
    public record PinView(String revision, String description) {}

    /// Either the contents that must be sent first, or the snapshot.
    public record Offered(
            @Nullable List<String> missing, @Nullable Snapshot snapshot) {}

    public record Stored(int stored) {}

    public record FileItem(
            String name,
            boolean directory,
            @Nullable Long bytes,
            @Nullable Instant modifiedAt) {}

    public record FileList(String path, List<FileItem> entries, boolean truncated) {}

    record ProjectRequest(String workspace, String project) {}

    record SourceRequest(String workspace, String project, String source) {}

    record OfferRequest(
            String workspace,
            String project,
            String source,
            List<FileEntry> files,
            Uploads.@Nullable OriginNote origin) {}

    record BlobRequest(String workspace, ContentHash hash, RequestBody body) {}

    record BlobsRequest(String workspace, RequestBody body) {}

    record ArchiveRequest(
            String workspace,
            String project,
            String source,
            @FromQuery String name,
            RequestBody body) {}

    record ListRequest(
            String workspace,
            String project,
            String source,
            @Nullable Integer limit,
            @Nullable String cursor) {
        ListRequest {
            if (limit != null && (limit < 1 || limit > HIGHEST_LIMIT)) {
                throw new RopewalkException(
                        ErrorCode.INVALID_REQUEST, "'limit' must be from 1 to %d.".formatted(HIGHEST_LIMIT));
            }
        }
    }

    record FilesRequest(
            String workspace,
            String project,
            String source,
            @Nullable String snapshot,
            @Nullable String path) {}

    record ContentRequest(
            String workspace,
            String project,
            String source,
            @Nullable String snapshot,
            EntryPath path,
            @Nullable Boolean download) {}

    public List<Endpoint<?, ?>> endpoints() {
        return List.of(
                Endpoint.get(
                        "/api/v1/source-types",
                        Right.READ,
                        NoInput.class,
                        Reply.list(Sources.Kind.class),
                        "List the kinds of source",
                        (_, _) -> sources.kinds()),
                Endpoint.get(
                        SOURCES,
                        Right.READ,
                        ProjectRequest.class,
                        Reply.list(SourceView.class),
                        "List the sources of a project",
                        this::list),
                Endpoint.post(
                        SOURCE + "/pin",
                        Right.EDIT,
                        SourceRequest.class,
                        Reply.of(PinView.class),
                        "Try a source: find out what it stands for now",
                        this::pin),
                Endpoint.post(
                        SOURCE + "/snapshots",
                        Right.EDIT,
                        OfferRequest.class,
                        Reply.of(Offered.class),
                        "Name a tree of files; contents that are missing must be sent first",
                        this::offer),
                Endpoint.put(
                        BLOBS + "/{hash}",
                        Right.EDIT,
                        BlobRequest.class,
                        Reply.created(Stored.class),
                        "Send one content",
                        this::putBlob),
                Endpoint.post(
                        BLOBS,
                        Right.EDIT,
                        BlobsRequest.class,
                        Reply.of(Stored.class),
                        "Send many contents as a tar archive whose entries are named by their hashes",
                        this::putBlobs),
                Endpoint.post(
                        SOURCE + "/archive",
                        Right.EDIT,
                        ArchiveRequest.class,
                        Reply.created(Snapshot.class),
                        "Upload a zip or tar archive, or a single file, as the source's new tree",
                        this::archive),
                Endpoint.get(
                        SOURCE + "/snapshots",
                        Right.READ,
                        ListRequest.class,
                        Reply.page(Snapshot.class),
                        "List the snapshots of a source, newest first",
                        this::snapshots),
                Endpoint.get(
                        SOURCE + "/files",
                        Right.READ,
                        FilesRequest.class,
                        Reply.of(FileList.class),
                        "List a directory of a snapshot",
                        this::files),
                Endpoint.get(
                        SOURCE + "/content",
                        Right.READ,
                        ContentRequest.class,
                        Reply.content("application/octet-stream"),
                        "Get a file of a snapshot",
                        this::content));
    }

    private List<SourceView> list(ProjectRequest request, Call call) {
        Caller caller = Caller.of(call);
        ProjectSources.Listed listed = projects.sources(request.workspace(), request.project(), caller.scope());
        return listed.definitions().stream()
                .map(definition -> new SourceView(
                        definition.name(),
                        definition.kind(),
                        sources.shown(definition),
                        definition.mountPath(),
                        definition.readOnly(),
                        sources.description(definition),
                        definition.kind().equals(UPLOAD)
                                ? uploads.newest(listed.place(), definition.name(), caller.scope())
                                        .orElse(null)
                                : null))
                .toList();
    }

    private PinView pin(SourceRequest request, Call call) {
        Pin pin = sources.pin(find(request.workspace(), request.project(), request.source(), call));
        return new PinView(pin.revision(), pin.description());
    }

    private Offered offer(OfferRequest request, Call call) {
        ProjectSource source = uploaded(request.workspace(), request.project(), request.source(), call);
        Uploads.Offer offer = source.definition()
                .naming(() -> uploads.offer(
                        source.place(),
                        request.source(),
                        request.files(),
                        request.origin(),
                        Caller.of(call).author()));
        return switch (offer) {
            case Uploads.Offer.Missing missing ->
                new Offered(missing.hashes().stream().map(ContentHash::hex).toList(), null);
            case Uploads.Offer.Taken taken -> new Offered(null, taken.snapshot());
        };
    }

    private Stored putBlob(BlobRequest request, Call call) {
        WorkspaceId workspace =
                projects.workspace(request.workspace(), Caller.of(call).scope());
        uploads.put(workspace, request.hash(), request.body().stream());
        return new Stored(1);
    }

    private Stored putBlobs(BlobsRequest request, Call call) {
        WorkspaceId workspace =
                projects.workspace(request.workspace(), Caller.of(call).scope());
        return new Stored(uploads.putAll(workspace, request.body().stream()));
    }

    private Snapshot archive(ArchiveRequest request, Call call) {
        ProjectSource source = uploaded(request.workspace(), request.project(), request.source(), call);
        return source.definition()
                .naming(() -> uploads.archive(
                        source.place(),
                        request.source(),
                        request.name(),
                        request.body().stream(),
                        Caller.of(call).author()));
    }

    private Page<Snapshot> snapshots(ListRequest request, Call call) {
        ProjectSource source = uploaded(request.workspace(), request.project(), request.source(), call);
        int limit = request.limit() == null ? USUAL_LIMIT : request.limit();
        return uploads.list(source.place(), request.source(), Caller.of(call).scope(), limit, request.cursor());
    }

    private FileList files(FilesRequest request, Call call) {
        ProjectSource source = uploaded(request.workspace(), request.project(), request.source(), call);
        String path = request.path() == null ? "" : request.path();
        Uploads.Listing listing = uploads.browse(
                source.place(),
                request.source(),
                snapshot(request.snapshot(), source, call),
                path,
                Caller.of(call).scope());
        return new FileList(
                path,
                listing.items().stream()
                        .map(item -> new FileItem(
                                item.name(), item.directory(), item.directory() ? null : item.bytes(), null))
                        .toList(),
                listing.truncated());
    }

    private Content content(ContentRequest request, Call call) {
        ProjectSource source = uploaded(request.workspace(), request.project(), request.source(), call);
        String name = request.path().name();
        Path file = uploads.content(
                source.place(),
                request.source(),
                snapshot(request.snapshot(), source, call),
                request.path(),
                Caller.of(call).scope());
        return new Content.Untrusted(
                () -> Files.newByteChannel(file), name, MediaTypes.of(name), !Boolean.TRUE.equals(request.download()));
    }

    private String snapshot(@Nullable String asked, ProjectSource source, Call call) {
        if (asked != null) {
            return asked;
        }
        String name = source.definition().name();
        return uploads.newest(source.place(), name, Caller.of(call).scope())
                .map(Snapshot::id)
                .orElseThrow(() -> new RopewalkException(
                        ErrorCode.NOT_FOUND,
                        "Nothing has been uploaded yet for the source '%s'.".formatted(EntryPath.shown(name))));
    }

    private ProjectSource uploaded(String workspace, String project, String source, Call call) {
        ProjectSource found = find(workspace, project, source, call);
        if (!found.definition().kind().equals(UPLOAD)) {
            throw new RopewalkException(
                    ErrorCode.CONFLICT,
                    "The source '%s' is of kind '%s'. Only a source of kind '%s' takes and shows uploaded files."
                            .formatted(
                                    EntryPath.shown(source), found.definition().kind(), UPLOAD));
        }
        return found;
    }

    private ProjectSource find(String workspace, String project, String source, Call call) {
        ProjectSources.Listed listed =
                projects.sources(workspace, project, Caller.of(call).scope());
        return listed.definitions().stream()
                .filter(definition -> definition.name().equals(source))
                .findFirst()
                .map(definition -> new ProjectSource(listed.place(), definition))
                .orElseThrow(() -> new RopewalkException(
                        ErrorCode.NOT_FOUND,
                        "The project '%s' has no source '%s'."
                                .formatted(listed.place().project(), EntryPath.shown(source))));
    }
}
