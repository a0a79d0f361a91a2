package io.ropewalk.spi;

/// The identity of a run: opaque text, kept as it came when it was imported.
public record RunId(String value) {
    public RunId {
        Ids.check("run", value);
    }

    public static RunId mint() {
        return new RunId(Ids.mint());
    }

    @Override
    public String toString() {
        return value;
    }
}
