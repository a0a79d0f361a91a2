package io.ropewalk.extensions.source.emptydir;

import io.ropewalk.conformance.source.FakeSnapshots;
import io.ropewalk.conformance.source.SourceTypeContract;
import io.ropewalk.spi.source.SourceContext;
import java.nio.file.Path;
import java.util.Map;

class EmptyDirSourceTest extends SourceTypeContract<EmptyDirSource.EmptyDirSettings> {
    @Override
    protected Subject<EmptyDirSource.EmptyDirSettings> subject(
            SourceContext context, FakeSnapshots snapshots, Path workbench) {
        return new Subject<>(new EmptyDirSource(), new EmptyDirSource.EmptyDirSettings(), Map.of(), Map.of());
    }
}
