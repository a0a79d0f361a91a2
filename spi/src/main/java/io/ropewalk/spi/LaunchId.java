package io.ropewalk.spi;

/// The identity of a launch: opaque text, kept as it came when it was imported.
public record LaunchId(String value) {
    public LaunchId {
        Ids.check("launch", value);
    }

    public static LaunchId mint() {
        return new LaunchId(Ids.mint());
    }

    @Override
    public String toString() {
        return value;
    }
}
