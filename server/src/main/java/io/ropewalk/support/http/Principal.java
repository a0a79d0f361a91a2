package io.ropewalk.support.http;

/// Who is calling.
public interface Principal {
    /// For logs and the author column.
    String name();

    boolean holds(Permission permission);

    /// Nobody has been recognised.
    boolean anonymous();
}
