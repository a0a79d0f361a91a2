package io.ropewalk.extensions.source.storage;

import io.ropewalk.extensions.source.SettingRules;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.source.SourceContext;
import java.util.ArrayList;
import java.util.List;

/// Where a storage path leads to below the storage root:
///
/// | path | below the root |
/// |---|---|
/// | `/shared/x` | `shared/x`, for every workspace; with `shared: false` like any `/x` |
/// | `/x` | `<workspace>/<workspace id>/x`, for every project of the workspace |
/// | `/` | `<workspace>/<workspace id>/<project>` |
/// | `x` | `<workspace>/<workspace id>/<project>/x` |
/// | empty | `<workspace>/<workspace id>/<project>/<source>` |
record StoragePath(List<String> names) {
    private static final String SHARED = "shared";

    StoragePath {
        names = List.copyOf(names);
    }

    static StoragePath of(StorageSource.StorageSettings settings, SourceContext context) {
        String path = SettingRules.text(settings.path());
        List<String> given = SettingRules.segments("path", path);
        if (path.startsWith("/")
                && given.size() > 1
                && given.getFirst().equals(SHARED)
                && !Boolean.FALSE.equals(settings.shared())) {
            return new StoragePath(given);
        }
        List<String> names = new ArrayList<>();
        names.add(workspaceFolder(context));
        names.add(context.workspaceId().value());
        if (!path.startsWith("/") || given.isEmpty()) {
            names.add(context.project());
        }
        names.addAll(path.isEmpty() ? List.of(context.source()) : given);
        names.forEach(name -> SettingRules.segments("name", name));
        return new StoragePath(names);
    }

    /// What all workspaces share must not be some workspace's own.
    private static String workspaceFolder(SourceContext context) {
        if (context.workspace().equals(SHARED)) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "A workspace named '%s' cannot have storage: that folder belongs to all workspaces. Use another one."
                            .formatted(SHARED));
        }
        return context.workspace();
    }
}
