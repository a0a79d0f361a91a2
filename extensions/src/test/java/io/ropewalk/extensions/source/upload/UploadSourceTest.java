package io.ropewalk.extensions.source.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.conformance.source.FakeSnapshots;
import io.ropewalk.conformance.source.SourceTypeContract;
import io.ropewalk.extensions.source.TestContexts;
import io.ropewalk.spi.source.SourceContext;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UploadSourceTest extends SourceTypeContract<UploadSource.UploadSettings> {
    private final UploadSource type = new UploadSource();
    private final UploadSource.UploadSettings settings = new UploadSource.UploadSettings(null, null);

    @Override
    protected Subject<UploadSource.UploadSettings> subject(
            SourceContext context, FakeSnapshots snapshots, Path workbench) {
        snapshots.add(context.projectId(), context.source(), "s-1", Map.of("a/b.txt", "hello"));
        return new Subject<>(type, settings, Map.of(), Map.of());
    }

    @Test
    void aRunKeepsTheSnapshotThatItWasPinnedTo() {
        FakeSnapshots snapshots = new FakeSnapshots();
        SourceContext context = TestContexts.with(snapshots);
        snapshots.add(context.projectId(), "src", "s-1", Map.of("a", "1"));
        var pin = type.pin(settings, context);
        snapshots.add(context.projectId(), "src", "s-2", Map.of("a", "2"));

        assertThat(pin.revision()).isEqualTo("s-1");
        assertThat(type.pin(settings, context).revision()).isEqualTo("s-2");
    }

    @Test
    void whereNothingWasUploadedTheCommandToUploadIsNamed() {
        SourceContext context = TestContexts.with(new FakeSnapshots());
        assertThatThrownBy(() -> type.pin(settings, context))
                .hasMessageContaining("ropewalk apply")
                .hasMessageContaining("'digits'");
    }
}
