package io.ropewalk.extensions.source.upload;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.source.Setting;
import io.ropewalk.spi.source.SourceContext;
import io.ropewalk.spi.source.SourceType;
import org.jspecify.annotations.Nullable;

/// The newest tree of files that was uploaded for the source. A run keeps the snapshot that was newest when it was
/// submitted.
public final class UploadSource implements SourceType<UploadSource.UploadSettings> {
    public record UploadSettings(
            @Setting(
                    "Folder beside the project document whose files 'ropewalk apply' and 'ropewalk run' upload; left out, the"
                            + " document's own. The server never looks at it.")
            @Nullable
            String path) {}

    @Override
    public String kind() {
        return "upload";
    }

    @Override
    public String description() {
        return "Files uploaded from a person's machine; each run keeps the snapshot it was started with.";
    }

    @Override
    public Class<UploadSettings> settings() {
        return UploadSettings.class;
    }

    @Override
    public Pin pin(UploadSettings settings, SourceContext context) {
        String snapshot = context.snapshots()
                .latest(context.projectId(), context.source())
                .orElseThrow(() -> new RopewalkException(
                        ErrorCode.SOURCE_UNAVAILABLE,
                        "Nothing has been uploaded yet for the source '%s' of project '%s'. Run 'ropewalk apply' beside the project document, or upload an archive on the project's page."
                                .formatted(context.source(), context.project())));
        return new Pin(snapshot, "snapshot " + snapshot);
    }

    @Override
    public Delivery deliver(UploadSettings settings, Pin pin, SourceContext context) {
        return new Delivery.Fetch("upload " + pin.revision(), (directory, progress) -> {
            progress.report("unpacking snapshot " + pin.revision() + " of source '" + context.source() + "'");
            context.snapshots().writeInto(pin.revision(), directory);
        });
    }
}
