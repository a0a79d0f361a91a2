package io.ropewalk.spi;

/// The identity of a workspace: opaque text, kept as it came when it was imported.
public record WorkspaceId(String value) {
    public WorkspaceId {
        Ids.check("workspace", value);
    }

    public static WorkspaceId mint() {
        return new WorkspaceId(Ids.mint());
    }

    @Override
    public String toString() {
        return value;
    }
}
