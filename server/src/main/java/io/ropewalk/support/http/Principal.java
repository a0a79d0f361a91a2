package io.ropewalk.support.http;

/// Who is calling.
public interface Principal {
    /// For logs and the author column.
    String name();

    /// Tells callers apart who may bear the same name.
    String identity();

    boolean holds(Permission permission);

    /// Nobody has been recognised.
    boolean anonymous();
}
