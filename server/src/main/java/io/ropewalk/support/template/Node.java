package io.ropewalk.support.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A part of a template that is carried out in order.
sealed interface Node {
    record Text(String text) implements Node {}

    /// @param source the action as it was written
    record Print(Expression value, String source) implements Node {}

    /// @param declares `:=`, not `=`
    record Assign(String variable, boolean declares, Expression value, int at) implements Node {}

    record If(Expression condition, List<Node> then, List<Node> otherwise) implements Node {}

    /// @param variable set to the value; may be null
    record With(@Nullable String variable, Expression value, List<Node> then, List<Node> otherwise) implements Node {}

    record Range(@Nullable String key, @Nullable String value, Expression over, List<Node> body, List<Node> otherwise)
            implements Node {}

    record Break() implements Node {}

    record Continue() implements Node {}
}
