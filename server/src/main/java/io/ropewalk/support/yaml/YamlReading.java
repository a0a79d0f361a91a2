package io.ropewalk.support.yaml;

import java.util.List;
import java.util.Optional;

/// What came of reading a text.
///
/// @param root empty when the text holds nothing or cannot be read to its end
/// @param problems in the order of the text; all of them are errors
public record YamlReading(Optional<YamlNode> root, List<YamlProblem> problems) {
    public YamlReading {
        problems = List.copyOf(problems);
    }
}
