package io.ropewalk.spi;

import java.nio.file.Path;
import java.util.Map;

/// What an extension may know of the server that loads it.
///
/// @param dataDirectory the server's own directory; an extension keeps its files in a folder of its own name
/// @param settings the configuration below `extensions:`, keys flattened with dots
public record ExtensionContext(Path dataDirectory, Map<String, String> settings) {
    public ExtensionContext {
        settings = Map.copyOf(settings);
    }
}
