package io.ropewalk.extensions;

import io.ropewalk.extensions.executor.local.LocalExecutor;
import io.ropewalk.extensions.source.emptydir.EmptyDirSource;
import io.ropewalk.extensions.source.git.GitSource;
import io.ropewalk.extensions.source.hostpath.HostPathSource;
import io.ropewalk.extensions.source.storage.StorageSource;
import io.ropewalk.extensions.source.upload.UploadSource;
import io.ropewalk.spi.Extension;
import io.ropewalk.spi.ExtensionContext;
import io.ropewalk.spi.executor.Executor;
import io.ropewalk.spi.source.SourceType;
import java.util.List;

/// The one list of what is built in.
public final class BuiltinExtension implements Extension {
    @Override
    public List<SourceType<?>> sourceTypes() {
        return List.of(
                new GitSource(), new UploadSource(), new StorageSource(), new HostPathSource(), new EmptyDirSource());
    }

    @Override
    public List<Executor> executors(ExtensionContext context) {
        return List.of(new LocalExecutor(context));
    }
}
