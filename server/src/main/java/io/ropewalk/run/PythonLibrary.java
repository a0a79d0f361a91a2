package io.ropewalk.run;

import io.ropewalk.support.failpoint.Failpoints;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;

/// Our Python library as a directory, so that programs in runs can `import ropewalk` without installing
/// anything.
final class PythonLibrary {
    private static final String RESOURCES = "/sdk/python/ropewalk/";
    /// By name: to list what a library file of Java holds takes longer than to read all of these.
    static final List<String> FILES = List.of(
            "__init__.py", "__main__.py", "_api.py", "_client.py", "_run.py", "_sender.py", "_spool.py", "py.typed");

    private PythonLibrary() {}

    /// Unpacks the library below a directory, unless this very version is there.
    ///
    /// @return what belongs on `PYTHONPATH`
    static Path unpack(Path dataDirectory, String version) {
        Path target = dataDirectory.resolve("python").resolve(version);
        URL first = PythonLibrary.class.getResource(RESOURCES + FILES.getFirst());
        if (first == null) {
            return target;
        }
        try {
            if (first.getProtocol().equals("file")) {
                return Path.of(first.toURI().resolve(".."));
            }
            Path home = target.resolve("ropewalk");
            Files.createDirectories(home);
            for (String file : FILES) {
                copy(RESOURCES + file, home.resolve(file));
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack the Python library to '" + target + "'", e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void copy(String resource, Path copy) throws IOException {
        byte[] bytes;
        try (InputStream in = PythonLibrary.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new FileNotFoundException(resource);
            }
            bytes = in.readAllBytes();
        }
        if (Files.exists(copy) && Arrays.equals(Files.readAllBytes(copy), bytes)) {
            return;
        }
        // Programs may be importing it, and a server that dies here must not leave half a file.
        Path draft = copy.resolveSibling(copy.getFileName() + ".new");
        Files.write(draft, bytes);
        Failpoints.LIBRARY_COPIED.reached();
        Files.move(draft, copy, StandardCopyOption.ATOMIC_MOVE);
    }
}
