package io.ropewalk.support.http;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The web pages' files, from the class path. A path that names no file is a page of the application, which finds out
/// by itself what to show.
final class WebFiles {
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("webmanifest", "application/manifest+json"),
            Map.entry("txt", "text/plain; charset=utf-8"));

    private final String root;
    private final Map<String, Optional<WebFile>> known = new ConcurrentHashMap<>();

    /// @param hashed its name changes with its content, so it may be kept for ever
    record WebFile(byte[] bytes, String mediaType, boolean hashed, String tag) {}

    WebFiles(String root) {
        this.root = root;
    }

    WebFile find(List<String> segments) {
        String path = String.join("/", segments);
        boolean file = segments.getLast().contains(".");
        Optional<WebFile> found = file ? known.computeIfAbsent(path, this::load) : Optional.empty();
        if (file && segments.getFirst().equals("assets") && found.isEmpty()) {
            throw new RopewalkException(ErrorCode.NOT_FOUND, "There is no file '%s'. Reload the page.".formatted(path));
        }
        return found.or(() -> known.computeIfAbsent("index.html", this::load))
                .orElseThrow(
                        () -> new RopewalkException(
                                ErrorCode.NOT_FOUND,
                                "This server was built without its web pages. Build it without -Dui.skip, or use the command line."));
    }

    private Optional<WebFile> load(String path) {
        try (InputStream in = WebFiles.class.getClassLoader().getResourceAsStream(root + "/" + path)) {
            if (in == null) {
                return Optional.empty();
            }
            byte[] bytes = in.readAllBytes();
            String extension = path.substring(path.lastIndexOf('.') + 1);
            String tag = "\"" + Integer.toHexString(java.util.Arrays.hashCode(bytes)) + "-" + bytes.length + "\"";
            return Optional.of(new WebFile(
                    bytes, TYPES.getOrDefault(extension, "application/octet-stream"), path.startsWith("assets/"), tag));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
