package io.ropewalk.artifact;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.http.Content;
import io.ropewalk.support.json.Json;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// The files below one directory, which a program may be writing at this moment. Nothing outside is ever reached:
/// links are listed and not followed, special files are left out. Thread-safe.
public final class RunFiles {
    private static final int MOST_ENTRIES = 10_000;
    private static final int MOST_FILES = 100_000;
    private static final int HEAD = 64 * 1024;
    private static final int LONGEST_TEXT = 64 * 1024;
    private static final int LONGEST_JSON = 256 * 1024;
    private static final int LONGEST_TABLE = 1024 * 1024;

    private final Path root;

    /// @param root may not exist yet; then there are no files
    public RunFiles(Path root) {
        this.root = root;
    }

    public FileList list(String path) {
        List<Path> names = FileNames.of(path);
        if (names.isEmpty() && !Files.isDirectory(root)) {
            return new FileList(path, List.of(), false);
        }
        return within(path, names, directory -> {
            List<FileList.Entry> entries = new ArrayList<>();
            boolean truncated = false;
            for (Path found : directory) {
                if (entries.size() == MOST_ENTRIES) {
                    truncated = true;
                    break;
                }
                add(directory, found.getFileName(), entries);
            }
            entries.sort(Comparator.comparing((FileList.Entry entry) -> !entry.directory())
                    .thenComparing(FileList.Entry::name));
            return new FileList(path, entries, truncated);
        });
    }

    private static void add(SecureDirectoryStream<Path> directory, Path name, List<FileList.Entry> entries)
            throws IOException {
        try {
            BasicFileAttributes about = about(directory, name);
            if (!about.isOther()) {
                entries.add(new FileList.Entry(
                        FileNames.text(name),
                        about.isDirectory(),
                        about.isRegularFile() ? about.size() : null,
                        about.lastModifiedTime().toInstant()));
            }
        } catch (NoSuchFileException _) {
            // It was there when the directory was read, and is gone.
        }
    }

    /// A file's bytes for a browser: images are shown, text is shown as plain text whatever it is, everything else is
    /// downloaded.
    public Content content(String path, boolean download) {
        return withFile(path, (name, channel) -> {
            byte[] head = read(channel, HEAD);
            String type = switch (FileKind.of(name, head)) {
                case IMAGE -> FileKind.imageType(head);
                case TEXT, CSV, JSON, HTML -> "text/plain; charset=utf-8";
                case BINARY -> "application/octet-stream";
            };
            boolean inline = !download && !type.startsWith("application/");
            return new Content.Untrusted(() -> open(path), name, type, inline);
        });
    }

    public Preview preview(String path) {
        return withFile(path, (name, channel) -> {
            long bytes = channel.size();
            byte[] head = read(channel, HEAD);
            FileKind kind = FileKind.of(name, head);
            return switch (kind) {
                case IMAGE -> Preview.image(FileKind.imageType(head), bytes);
                case BINARY -> Preview.binary(bytes);
                case TEXT -> Preview.text(kind, text(channel, LONGEST_TEXT), bytes > LONGEST_TEXT, bytes);
                case HTML -> Preview.text(kind, text(channel, LONGEST_JSON), bytes > LONGEST_JSON, bytes);
                case CSV ->
                    Preview.table(
                            Table.of(text(channel, LONGEST_TABLE), bytes > LONGEST_TABLE),
                            bytes > LONGEST_TABLE,
                            bytes);
                case JSON -> json(channel, bytes);
            };
        });
    }

    private static Preview json(SeekableByteChannel channel, long bytes) throws IOException {
        if (bytes > LONGEST_JSON) {
            return Preview.text(FileKind.TEXT, text(channel, LONGEST_TEXT), true, bytes);
        }
        String text = text(channel, LONGEST_JSON);
        StringWriter indented = new StringWriter();
        try (JsonParser parser = Json.MAPPER.createParser(text);
                JsonGenerator generator = Json.MAPPER.createGenerator(indented)) {
            generator.useDefaultPrettyPrinter();
            while (parser.nextToken() != null) {
                generator.copyCurrentEventExact(parser);
            }
        } catch (JsonProcessingException _) {
            return Preview.text(FileKind.TEXT, text, false, bytes);
        }
        return Preview.text(FileKind.JSON, indented.toString(), false, bytes);
    }

    /// Counts files, up to a bound.
    public FileTotals totals() {
        if (!Files.isDirectory(root)) {
            return new FileTotals(0, 0, false);
        }
        long[] seen = new long[3];
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes about) {
                    if (++seen[2] > MOST_FILES) {
                        return FileVisitResult.TERMINATE;
                    }
                    if (about.isRegularFile()) {
                        seen[0]++;
                        seen[1] += about.size();
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(
                        Path directory, @org.jspecify.annotations.Nullable IOException failed) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot count the files in '" + root + "'", e);
        }
        return new FileTotals(seen[0], seen[1], seen[2] > MOST_FILES);
    }

    private interface InDirectory<T> {
        T with(SecureDirectoryStream<Path> directory) throws IOException;
    }

    private interface InFile<T> {
        T with(String name, SeekableByteChannel channel) throws IOException;
    }

    private <T> T withFile(String path, InFile<T> work) {
        List<Path> names = FileNames.of(path);
        try (SeekableByteChannel channel = open(path)) {
            return work.with(FileNames.text(names.getLast()), channel);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private SeekableByteChannel open(String path) {
        List<Path> names = FileNames.of(path);
        if (names.isEmpty()) {
            throw new RopewalkException(ErrorCode.INVALID_REQUEST, "'path' must name a file.");
        }
        Path name = names.getLast();
        return within(path, names.subList(0, names.size() - 1), directory -> {
            // Opening anything else than a regular file could wait forever.
            if (!about(directory, name).isRegularFile()) {
                throw new RopewalkException(
                        ErrorCode.INVALID_REQUEST,
                        "'%s' is not a file with content: it is a directory, a link or something special. Links are not followed here; name the file itself."
                                .formatted(path));
            }
            return directory.newByteChannel(name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        });
    }

    private <T> T within(String path, List<Path> names, InDirectory<T> work) {
        try (var stream = Files.newDirectoryStream(root)) {
            if (!(stream instanceof SecureDirectoryStream<Path> directory)) {
                throw new IllegalStateException("this system cannot open files beneath a directory");
            }
            return within(directory, names, work);
        } catch (NoSuchFileException _) {
            throw new RopewalkException(
                    ErrorCode.NOT_FOUND,
                    "The run has no file '%s'; list its files to see what it has.".formatted(path));
        } catch (IOException | DirectoryIteratorException e) {
            throw unreadable(path, e);
        }
    }

    private static RopewalkException unreadable(String path, Exception e) {
        return new RopewalkException(
                ErrorCode.NOT_FOUND,
                "'%s' cannot be opened (%s). Links are not followed; list the run's files to see what it has."
                        .formatted(path, e.getClass().getSimpleName()),
                e);
    }

    private static <T> T within(SecureDirectoryStream<Path> directory, List<Path> names, InDirectory<T> work)
            throws IOException {
        if (names.isEmpty()) {
            return work.with(directory);
        }
        try (SecureDirectoryStream<Path> below =
                directory.newDirectoryStream(names.getFirst(), LinkOption.NOFOLLOW_LINKS)) {
            return within(below, names.subList(1, names.size()), work);
        }
    }

    private static BasicFileAttributes about(SecureDirectoryStream<Path> directory, Path name) throws IOException {
        return directory
                .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
    }

    private static byte[] read(SeekableByteChannel channel, int most) throws IOException {
        channel.position(0);
        return Channels.newInputStream(channel).readNBytes(most);
    }

    private static String text(SeekableByteChannel channel, int most) throws IOException {
        byte[] bytes = read(channel, most);
        String text = new String(bytes, StandardCharsets.UTF_8);
        // A character that the limit has cut in two is left out.
        return bytes.length == most && text.endsWith("\ufffd") ? text.substring(0, text.length() - 1) : text;
    }
}
