package io.ropewalk.extensions.source.storage;

import io.ropewalk.extensions.source.Directories;
import io.ropewalk.extensions.source.SettingRules;
import io.ropewalk.spi.source.Setting;
import io.ropewalk.spi.source.SourceContext;
import io.ropewalk.spi.source.SourceType;
import org.jspecify.annotations.Nullable;

/// A directory of the workspace storage, shared live by all replicas that mount it and kept when they have ended.
public final class StorageSource implements SourceType<StorageSource.StorageSettings> {
    public record StorageSettings(
            @Setting(
                    "Where in the storage: 'x' is this project's own, '/x' the workspace's, '/shared/x' for every workspace;"
                            + " left out, a folder with the source's name.")
            @Nullable
            String path,

            @Setting("false keeps '/shared/x' inside the workspace.") @Nullable
            Boolean shared) {
        public StorageSettings {
            path = SettingRules.text(path);
            SettingRules.segments("path", path);
        }
    }

    @Override
    public String kind() {
        return "storage";
    }

    @Override
    public String description() {
        return "A directory of the workspace storage, kept between runs.";
    }

    @Override
    public Class<StorageSettings> settings() {
        return StorageSettings.class;
    }

    @Override
    public Pin pin(StorageSettings settings, SourceContext context) {
        StoragePath.of(settings, context);
        return Pin.NOTHING;
    }

    @Override
    public Delivery deliver(StorageSettings settings, Pin pin, SourceContext context) {
        StoragePath path = StoragePath.of(settings, context);
        return new Delivery.Bind(Directories.makeBelow(context.storageRoot(), path.names()), false);
    }
}
