package io.ropewalk.support.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something that a template can call.
public interface TemplateFunction {
    /// @param arguments in the order of the template, the piped value last
    /// @throws IllegalArgumentException with a sentence for people
    @Nullable
    Object call(List<@Nullable Object> arguments);
}
