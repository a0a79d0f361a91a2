package io.ropewalk.support.db;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/// SQLite's native library, kept as a file. Left to itself, the driver unpacks it anew at every start and compares the
/// two byte by byte, which takes longer than opening a database.
final class SqliteLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteLibrary.class);
    /// Where the driver looks first; when that is of no use, it unpacks the library after all.
    private static final String PLACE = "org.sqlite.lib.path";

    private SqliteLibrary() {}

    /// To be called before the first database is opened.
    ///
    /// @param folder only this server's user may write here
    static synchronized void keepBelow(Path folder) {
        if (System.getProperty(PLACE) != null) {
            return;
        }
        Path home = folder.resolve("sqlite-" + SQLiteJDBCLoader.getVersion());
        try {
            unpack(home.resolve(LibraryLoaderUtil.getNativeLibName()));
            System.setProperty(PLACE, home.toString());
        } catch (IOException e) {
            LOG.debug("SQLite's library cannot be kept in '{}'; it is unpacked at every start", home, e);
        }
    }

    private static void unpack(Path library) throws IOException {
        if (Files.exists(library)) {
            return;
        }
        String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + library.getFileName();
        Files.createDirectories(library.getParent());
        Path draft = library.resolveSibling(library.getFileName() + ".new");
        try (InputStream in = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new FileNotFoundException(resource);
            }
            Files.copy(in, draft, StandardCopyOption.REPLACE_EXISTING);
        }
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(draft, library, StandardCopyOption.ATOMIC_MOVE);
    }
}
