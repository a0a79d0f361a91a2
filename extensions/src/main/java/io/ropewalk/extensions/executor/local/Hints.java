package io.ropewalk.extensions.executor.local;

import io.ropewalk.spi.LaunchId;
import java.io.File;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens to supervisors, whoever started them: each makes a file named `<launch>,<replica>,<attempt>,<what>` in one
/// directory when its attempt has started or ended.
final class Hints implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Hints.class);

    private static final Pattern NAME = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]{0,127}),[^,]+,[0-9]+,[a-z]+");

    private final Path directory;
    private final Consumer<LaunchId> listener;
    private final WatchService watch;

    Hints(Path directory, Consumer<LaunchId> listener) throws IOException {
        this.directory = directory;
        this.listener = listener;
        watch = directory.getFileSystem().newWatchService();
        directory.register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.OVERFLOW);
        // What came while nobody listened is of no use: whoever listens now looks first.
        File[] old = directory.toFile().listFiles();
        for (File hint : old == null ? new File[0] : old) {
            delete(hint.toPath());
        }
        Background.THREADS.execute(this::listen);
    }

    @Override
    public void close() {
        try {
            watch.close();
        } catch (IOException e) {
            LOG.debug("The watch of {} cannot be closed", directory, e);
        }
    }

    private void listen() {
        try {
            while (true) {
                WatchKey key = watch.take();
                for (WatchEvent<?> event : key.pollEvents()) {
                    if (event.context() instanceof Path name) {
                        hear(name.toString());
                    } else {
                        hearAll();
                    }
                }
                key.reset();
            }
        } catch (ClosedWatchServiceException _) {
            // The end of listening.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// The kernel's queue has overflown.
    private void hearAll() {
        String[] names = directory.toFile().list();
        for (String name : names == null ? new String[0] : names) {
            hear(name);
        }
    }

    private void hear(String name) {
        delete(directory.resolve(name));
        Matcher hint = NAME.matcher(name);
        if (hint.matches()) {
            listener.accept(new LaunchId(hint.group(1)));
        }
    }

    private static void delete(Path hint) {
        try {
            Files.deleteIfExists(hint);
        } catch (IOException e) {
            LOG.debug("{} cannot be removed", hint, e);
        }
    }
}
