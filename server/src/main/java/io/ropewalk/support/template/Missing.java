package io.ropewalk.support.template;

/// What happens where a template prints a value that the data does not have. In a condition such a value is
/// false.
public enum Missing {
    /// Rendering fails with the name.
    REFUSE,
    /// The action stays as it was written.
    KEEP,
    /// Nothing is printed.
    EMPTY
}
