package io.ropewalk.spi;

/// The identity of a project: opaque text, kept as it came when it was imported.
public record ProjectId(String value) {
    public ProjectId {
        Ids.check("project", value);
    }

    public static ProjectId mint() {
        return new ProjectId(Ids.mint());
    }

    @Override
    public String toString() {
        return value;
    }
}
