package io.ropewalk.extensions.executor.local;

import io.ropewalk.spi.DurableStep;
import io.ropewalk.spi.LaunchId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens to supervisors, whoever started them: each appends a line `<launch>,<replica>,<attempt>,<what>` to one file
/// when its attempt has started or ended. Making a file for each would cost a start several times as much.
final class Hints implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Hints.class);

    private static final Pattern LINE = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]{0,127}),[^,]+,[0-9]+,[a-z]+");
    private static final long LONGEST = 4 * 1024 * 1024;

    private final Path directory;
    private final Consumer<LaunchId> listener;
    private final WatchService watch;
    private @Nullable Object file;
    private long position;

    Hints(Path directory, Consumer<LaunchId> listener) throws IOException {
        this.directory = directory;
        this.listener = listener;
        watch = directory.getFileSystem().newWatchService();
        directory.register(
                watch,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.OVERFLOW);
        // What came while nobody listened is of no use: whoever listens now looks first.
        if (Files.exists(file(directory))) {
            file = key(file(directory));
            position = Files.size(file(directory));
        }
        Background.THREADS.execute(this::listen);
    }

    /// The file that supervisors append to.
    static Path file(Path directory) {
        return directory.resolve("hints");
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
                key.pollEvents();
                key.reset();
                hear();
            }
        } catch (ClosedWatchServiceException _) {
            // The end of listening.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void hear() {
        Set<LaunchId> launches = new LinkedHashSet<>();
        try {
            Path now = file(directory);
            Path before = directory.resolve("hints-before");
            if (file != null && !file.equals(key(now))) {
                // It has become too long and was put aside.
                if (file.equals(key(before))) {
                    read(before, launches);
                }
                position = 0;
            }
            file = key(now);
            read(now, launches);
            if (position > LONGEST) {
                Files.move(now, before, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("There are no hints in {}", directory);
        } catch (IOException e) {
            LOG.warn(
                    "The hints in {} cannot be read; what they say is found out at the next look at all", directory, e);
        }
        if (!launches.isEmpty()) {
            DurableStep.reached("local.hints.heard");
        }
        launches.forEach(listener);
    }

    /// Reads on, up to the end of the last complete line.
    private void read(Path hints, Set<LaunchId> launches) throws IOException {
        try (FileChannel channel = FileChannel.open(hints, StandardOpenOption.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(channel.size() - position, LONGEST));
            while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) > 0) {}
            String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
            int end = text.lastIndexOf('\n') + 1;
            for (String line : text.substring(0, end).split("\n", -1)) {
                Matcher hint = LINE.matcher(line);
                if (hint.matches()) {
                    launches.add(new LaunchId(hint.group(1)));
                }
            }
            position += end;
        }
    }

    private static @Nullable Object key(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
