package io.ropewalk.extensions.source.upload;

import io.ropewalk.extensions.source.SettingRules;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.source.Setting;
import io.ropewalk.spi.source.SourceContext;
import io.ropewalk.spi.source.SourceType;
import org.jspecify.annotations.Nullable;

/// A tree of files that was uploaded for the source, the newest one unless another is asked for. A run keeps the
/// snapshot that was newest when it was submitted.
public final class UploadSource implements SourceType<UploadSource.UploadSettings> {
    public record UploadSettings(
            @Setting(
                    "Folder beside the project document whose files 'ropewalk apply' and 'ropewalk run' upload; left out, the"
                            + " document's own. The server never looks at it.")
            @Nullable
            String path,

            @Setting("A certain snapshot; left out, the newest.") @Nullable
            String revision) {
        public UploadSettings {
            path = SettingRules.text(path);
            revision = SettingRules.text(revision);
        }
    }

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
        String snapshot = SettingRules.text(settings.revision()).isEmpty()
                ? newest(context)
                : known(SettingRules.text(settings.revision()), context);
        return new Pin(snapshot, "snapshot " + snapshot);
    }

    private static String newest(SourceContext context) {
        return context.snapshots()
                .latest(context.projectId(), context.source())
                .orElseThrow(() -> new RopewalkException(
                        ErrorCode.SOURCE_UNAVAILABLE,
                        "Nothing has been uploaded for it yet in project '%s'. Run 'ropewalk apply' beside the project document, or upload an archive on the project's page."
                                .formatted(context.project())));
    }

    private static String known(String snapshot, SourceContext context) {
        if (!context.snapshots().has(context.projectId(), context.source(), snapshot)) {
            throw new RopewalkException(
                    ErrorCode.SOURCE_UNAVAILABLE,
                    "It has no snapshot '%s'. Choose one that is listed on the project's page."
                            .formatted(SettingRules.shown(snapshot)));
        }
        return snapshot;
    }

    @Override
    public Delivery deliver(UploadSettings settings, Pin pin, SourceContext context) {
        return new Delivery.Fetch("upload " + pin.revision(), (directory, progress) -> {
            progress.report("unpacking snapshot " + pin.revision() + " of source '" + context.source() + "'");
            context.snapshots().writeInto(context.projectId(), context.source(), pin.revision(), directory);
        });
    }
}
