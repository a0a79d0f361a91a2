package io.ropewalk.conformance.source;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.ProjectId;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.source.Snapshots;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Snapshots in memory, for suites.
public final class FakeSnapshots implements Snapshots {
    private final Map<String, String> latest = new ConcurrentHashMap<>();
    private final Map<String, Map<String, String>> contents = new ConcurrentHashMap<>();
    private final Map<String, String> owners = new ConcurrentHashMap<>();

    /// @param files path to text
    public void add(ProjectId project, String source, String snapshot, Map<String, String> files) {
        contents.put(snapshot, Map.copyOf(files));
        owners.put(snapshot, project + "/" + source);
        latest.put(project + "/" + source, snapshot);
    }

    @Override
    public Optional<String> latest(ProjectId project, String source) {
        return Optional.ofNullable(latest.get(project + "/" + source));
    }

    @Override
    public boolean has(ProjectId project, String source, String snapshot) {
        return (project + "/" + source).equals(owners.get(snapshot));
    }

    @Override
    public void writeInto(ProjectId project, String source, String snapshot, Path directory) {
        Map<String, String> files = contents.get(snapshot);
        if (files == null || !has(project, source, snapshot)) {
            throw new RopewalkException(ErrorCode.NOT_FOUND, "There is no snapshot '" + snapshot + "'.");
        }
        files.forEach((path, text) -> {
            try {
                Files.createDirectories(directory.resolve(path).getParent());
                Files.writeString(directory.resolve(path), text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
