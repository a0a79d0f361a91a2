package io.ropewalk.support.http;

/// Who is calling.
public interface Principal {
    /// What it is called in what people read; a sentence can begin with it.
    String name();

    /// Tells callers apart who may bear the same name.
    String identity();

    boolean holds(Permission permission);

    /// Nobody has been recognised.
    boolean anonymous();
}
