package io.ropewalk.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Where the server is and how to be somebody there.
///
/// @param found where this was found, for messages
record ServerAddress(String url, Optional<String> token, String found) {
    ServerAddress {
        while (url.endsWith("/")) {
            url = url.substring(0, url.length() - 1);
        }
    }

    /// `ROPEWALK_URL` and `ROPEWALK_TOKEN`, unless a data directory was named; else what the server of the data
    /// directory wrote there.
    static ServerAddress find(Terminal terminal, Optional<String> namedData) {
        Optional<String> url = terminal.variable("ROPEWALK_URL");
        if (url.isPresent() && namedData.isEmpty()) {
            return new ServerAddress(url.get(), terminal.variable("ROPEWALK_TOKEN"), "ROPEWALK_URL");
        }
        Path data = dataDirectory(terminal, namedData);
        Optional<String> recorded = firstLine(data.resolve("url"));
        return recorded.map(found -> new ServerAddress(
                        found,
                        terminal.variable("ROPEWALK_TOKEN").or(() -> firstLine(data.resolve("owner-token"))),
                        data.resolve("url").toString()))
                .orElseThrow(() -> new Failure(
                        Failure.UNREACHABLE,
                        "No server has been started with the data directory " + data
                                + ". Start one with `ropewalk up`, or set ROPEWALK_URL and ROPEWALK_TOKEN."));
    }

    static Path dataDirectory(Terminal terminal, Optional<String> namedData) {
        String text = namedData.or(() -> terminal.variable("ROPEWALK_DATA")).orElse("~/.ropewalk");
        String home = terminal.variable("HOME").orElse(System.getProperty("user.home", "."));
        Path path = text.equals("~") || text.startsWith("~/") ? Path.of(home + text.substring(1)) : Path.of(text);
        return terminal.folder().resolve(path).normalize();
    }

    private static Optional<String> firstLine(Path file) {
        try {
            return Files.readString(file).lines().findFirst().map(String::strip).filter(line -> !line.isEmpty());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
