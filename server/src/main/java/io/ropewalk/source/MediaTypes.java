package io.ropewalk.source;

import java.util.Locale;
import java.util.Map;

/// What a browser should take a file for, by the end of its name. Never for a script or a style: pages of this site may
/// load those from this site, and anybody may have uploaded a file.
final class MediaTypes {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final Map<String, String> BY_ENDING = Map.ofEntries(
            Map.entry("txt", TEXT),
            Map.entry("md", TEXT),
            Map.entry("py", TEXT),
            Map.entry("r", TEXT),
            Map.entry("sh", TEXT),
            Map.entry("yaml", TEXT),
            Map.entry("yml", TEXT),
            Map.entry("toml", TEXT),
            Map.entry("ini", TEXT),
            Map.entry("cfg", TEXT),
            Map.entry("log", TEXT),
            Map.entry("csv", TEXT),
            Map.entry("tsv", TEXT),
            Map.entry("json", "application/json"),
            Map.entry("ipynb", "application/json"),
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("jpeg", "image/jpeg"),
            Map.entry("gif", "image/gif"),
            Map.entry("webp", "image/webp"),
            Map.entry("pdf", "application/pdf"));

    private MediaTypes() {}

    static String of(String name) {
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return BY_ENDING.getOrDefault(ending, "application/octet-stream");
    }
}
