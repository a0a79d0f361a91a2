package io.ropewalk.run;

import io.ropewalk.support.failpoint.Failpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Our Python library as a directory, so that programs in runs can `import ropewalk` without installing
/// anything.
final class PythonLibrary {
    private static final String RESOURCE = "/sdk/python/ropewalk/__init__.py";

    private PythonLibrary() {}

    /// Unpacks the library below a directory, unless this very version is there.
    ///
    /// @return what belongs on `PYTHONPATH`
    static Path unpack(Path dataDirectory, String version) {
        Path target = dataDirectory.resolve("python").resolve(version);
        URL marker = PythonLibrary.class.getResource(RESOURCE);
        if (marker == null) {
            return target;
        }
        try {
            URI uri = marker.toURI();
            if (uri.getScheme().equals("file")) {
                return Path.of(uri.resolve(".."));
            }
            try (FileSystem jar =
                    FileSystems.newFileSystem(URI.create(uri.toString().replaceFirst("!.*", "!/")), Map.of())) {
                copy(jar.getPath("/sdk/python"), target);
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack the Python library to '" + target + "'", e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(from)) {
            files = walk.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            Path copy = to.resolve(from.relativize(file).toString());
            Files.createDirectories(copy.getParent());
            if (Files.exists(copy) && Arrays.equals(Files.readAllBytes(copy), Files.readAllBytes(file))) {
                continue;
            }
            // Programs may be importing it, and a server that dies here must not leave half a file.
            Path draft = copy.resolveSibling(copy.getFileName() + ".new");
            Files.copy(file, draft, StandardCopyOption.REPLACE_EXISTING);
            Failpoints.LIBRARY_COPIED.reached();
            Files.move(draft, copy, StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
