package io.ropewalk.support.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something that has a value.
sealed interface Expression {
    record Constant(@Nullable Object value) implements Expression {}

    record Dot() implements Expression {}

    /// @param name without the dollar sign; empty for the data as a whole
    record Variable(String name, int at) implements Expression {}

    record Field(Expression of, String name, int at) implements Expression {}

    record Call(String function, List<Expression> arguments, int at) implements Expression {}
}
