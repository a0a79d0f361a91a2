package io.ropewalk.extensions.source.hostpath;

import io.ropewalk.extensions.source.Directories;
import io.ropewalk.extensions.source.SettingRules;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.source.Setting;
import io.ropewalk.spi.source.SourceContext;
import io.ropewalk.spi.source.SourceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/// A directory of the server's machine, seen live. The operator lists which directories projects may use; what counts
/// is where a path leads to after following every link, looked at again at each start.
public final class HostPathSource implements SourceType<HostPathSource.HostPathSettings> {
    public record HostPathSettings(
            @Setting(
                    value = "Absolute path of a directory on the server's machine, below one that its operator allows.",
                    required = true)
            String path) {
        public HostPathSettings {
            path = SettingRules.text(path);
            if (!path.startsWith("/")) {
                throw new RopewalkException(
                        ErrorCode.INVALID_REQUEST,
                        "The setting 'path' of a hostPath source is '%s'. Give an absolute path, such as '/data/sets'."
                                .formatted(SettingRules.shown(path)));
            }
            path = "/" + String.join("/", SettingRules.segments("path", path));
        }
    }

    @Override
    public String kind() {
        return "hostPath";
    }

    @Override
    public String description() {
        return "A directory of the server's machine, below one that its operator allows.";
    }

    @Override
    public Class<HostPathSettings> settings() {
        return HostPathSettings.class;
    }

    @Override
    public Pin pin(HostPathSettings settings, SourceContext context) {
        find(settings, context);
        return Pin.NOTHING;
    }

    @Override
    public Delivery deliver(HostPathSettings settings, Pin pin, SourceContext context) {
        return new Delivery.Bind(find(settings, context), false);
    }

    /// A path outside of the list gets the same answer whether it exists or not.
    private static Path find(HostPathSettings settings, SourceContext context) {
        try {
            Path real = Directories.realBelow(context.allowedHostPaths(), Path.of(settings.path()))
                    .orElseThrow(() -> refused(settings, context));
            if (!Files.isDirectory(real)) {
                throw new RopewalkException(
                        ErrorCode.SOURCE_UNAVAILABLE,
                        "The path '%s' is not a directory. Name the directory it lies in.".formatted(settings.path()));
            }
            return real;
        } catch (IOException _) {
            throw refused(settings, context);
        }
    }

    private static RopewalkException refused(HostPathSettings settings, SourceContext context) {
        String allowed = context.allowedHostPaths().isEmpty()
                ? "The operator of this server allows none; the list is 'allowedHostPaths' in its configuration."
                : "Choose an existing one below %s, or ask the operator to add to 'allowedHostPaths'."
                        .formatted(context.allowedHostPaths().stream()
                                .map(path -> "'" + path + "'")
                                .collect(Collectors.joining(", ")));
        return new RopewalkException(
                ErrorCode.SOURCE_UNAVAILABLE,
                "The path '%s' is not a directory that projects may use. %s".formatted(settings.path(), allowed));
    }
}
