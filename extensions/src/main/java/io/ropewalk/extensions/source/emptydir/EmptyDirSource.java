package io.ropewalk.extensions.source.emptydir;

import io.ropewalk.spi.source.SourceContext;
import io.ropewalk.spi.source.SourceType;

/// An empty directory that each replica finds at its start and that ends with it.
public final class EmptyDirSource implements SourceType<EmptyDirSource.EmptyDirSettings> {
    public record EmptyDirSettings() {}

    @Override
    public String kind() {
        return "emptyDir";
    }

    @Override
    public String description() {
        return "An empty directory of each replica's own, gone when the replica ends.";
    }

    @Override
    public Class<EmptyDirSettings> settings() {
        return EmptyDirSettings.class;
    }

    @Override
    public Pin pin(EmptyDirSettings settings, SourceContext context) {
        return Pin.NOTHING;
    }

    @Override
    public Delivery deliver(EmptyDirSettings settings, Pin pin, SourceContext context) {
        return new Delivery.Scratch();
    }
}
