package io.ropewalk.support.archive;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Reads an archive that a stranger made: zip, tar, or tar packed with gzip. The whole archive is looked at
/// before anything of it is handed on. Checksums are compared on the way, so what a sink got counts only when
/// [#unpack] has returned. Archives inside of archives are files.
public final class SafeUnpacker {
    private static final int LONGEST_LINK = 4096;

    private final ArchiveLimits limits;

    public SafeUnpacker(ArchiveLimits limits) {
        this.limits = limits;
    }

    private enum Format {
        ZIP,
        TAR,
        TAR_GZ,
        SINGLE
    }

    /// @param name what the archive was called, which says how to read it; anything that is no archive is
    ///     one file
    public void unpack(Path archive, String name, ArchiveSink sink) throws IOException {
        switch (format(name)) {
            case ZIP -> unpackZip(archive, sink);
            case TAR -> unpackTar(archive, false, sink);
            case TAR_GZ -> unpackTar(archive, true, sink);
            case SINGLE -> {
                EntryPath path = new EntryPath(name);
                if (!path.parents().isEmpty()) {
                    throw new RopewalkException(
                            ErrorCode.INVALID_REQUEST, "A file's name has no '/': give only its last part.");
                }
                try (InputStream in = Files.newInputStream(archive)) {
                    sink.file(path, false, Files.size(archive), in);
                }
            }
        }
    }

    private static Format format(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".zip")) {
            return Format.ZIP;
        }
        if (lower.endsWith(".tar")) {
            return Format.TAR;
        }
        return lower.endsWith(".tar.gz") || lower.endsWith(".tgz") ? Format.TAR_GZ : Format.SINGLE;
    }

    private void unpackZip(Path archive, ArchiveSink sink) throws IOException {
        try (FileChannel file = FileChannel.open(archive)) {
            ZipReader zip = new ZipReader(file);
            checkCount(zip.count());
            long[] starts = checkZip(zip, Files.size(archive));
            zip.forEach(entry -> {
                Optional<EntryPath> path =
                        EntryPath.inArchive(entry.name()).stream().findFirst();
                if (path.isEmpty() || entry.isDirectory()) {
                    return;
                }
                int next = Arrays.binarySearch(starts, entry.offset()) + 1;
                long end = next < starts.length ? starts[next] : zip.directoryStart();
                try (InputStream in = zip.open(entry, end)) {
                    if (entry.isLink()) {
                        sink.link(path.get(), linkTarget(path.get(), in));
                    } else {
                        sink.file(path.get(), (entry.mode() & 0111) != 0, entry.size(), in);
                    }
                    // Reading past the end compares the checksum, in case the sink stopped right before it.
                    if (in.read() >= 0) {
                        throw new IllegalStateException("the sink left a part of " + path.get());
                    }
                }
            });
        }
    }

    /// @return where entries begin, in order
    private long[] checkZip(ZipReader zip, long archiveSize) throws IOException {
        PathCensus census = new PathCensus();
        Amount amount = new Amount();
        long[] starts = new long[(int) zip.count()];
        long[] ends = new long[(int) zip.count()];
        int[] next = {0};
        zip.forEach(entry -> {
            starts[next[0]] = entry.offset();
            // Its local header may be longer; that is looked at when it is opened.
            ends[next[0]++] = entry.offset() + 30 + entry.rawName().length + entry.compressed();
            Optional<EntryPath> path =
                    EntryPath.inArchive(entry.name()).stream().findFirst();
            if (path.isEmpty()) {
                return;
            }
            if (entry.isDirectory()) {
                census.directory(path.get());
                return;
            }
            if (entry.isLink() && entry.size() > LONGEST_LINK) {
                throw Refusal.refused("has a symbolic link of " + entry.size() + " bytes");
            }
            census.file(path.get(), entry.size());
            amount.add(entry.size(), archiveSize);
        });
        long[] sortedEnds = ends.clone();
        Arrays.sort(starts);
        Arrays.sort(sortedEnds);
        // Where no two overlap, the n-th to end ends before the next one begins.
        for (int i = 0; i < starts.length; i++) {
            long nextStart = i + 1 < starts.length ? starts[i + 1] : zip.directoryStart();
            if (sortedEnds[i] > nextStart) {
                throw Refusal.refused("has entries that overlap");
            }
        }
        zip.forEach(entry -> {
            if (entry.isLink()) {
                EntryPath path = EntryPath.inArchive(entry.name()).getFirst();
                int at = Arrays.binarySearch(starts, entry.offset()) + 1;
                try (InputStream in = zip.open(entry, at < starts.length ? starts[at] : zip.directoryStart())) {
                    linkTarget(path, in);
                }
            }
        });
        return starts;
    }

    private static String linkTarget(EntryPath path, InputStream in) throws IOException {
        String target = new String(in.readNBytes(LONGEST_LINK + 1), StandardCharsets.UTF_8);
        path.checkLink(target);
        return target;
    }

    private void unpackTar(Path archive, boolean packed, ArchiveSink sink) throws IOException {
        try (Tar tar = new Tar(archive, packed)) {
            checkTar(tar);
        } catch (ZipException | java.io.EOFException _) {
            throw Refusal.refused("is not packed with gzip, or is damaged");
        }
        try (Tar tar = new Tar(archive, packed)) {
            for (Optional<TarReader.Entry> entry = tar.reader.next(); entry.isPresent(); entry = tar.reader.next()) {
                Optional<EntryPath> path =
                        EntryPath.inArchive(entry.get().name()).stream().findFirst();
                if (path.isEmpty()) {
                    continue;
                }
                switch (entry.get().kind()) {
                    case FILE ->
                        sink.file(
                                path.get(),
                                entry.get().executable(),
                                entry.get().size(),
                                tar.reader.content());
                    case SYMBOLIC_LINK -> sink.link(path.get(), entry.get().link());
                    case HARD_LINK ->
                        sink.copy(
                                path.get(),
                                EntryPath.inArchive(entry.get().link()).getFirst());
                    case DIRECTORY -> {}
                }
            }
        }
    }

    private void checkTar(Tar tar) throws IOException {
        PathCensus census = new PathCensus();
        Amount amount = new Amount();
        long entries = 0;
        for (Optional<TarReader.Entry> next = tar.reader.next(); next.isPresent(); next = tar.reader.next()) {
            TarReader.Entry entry = next.get();
            checkCount(++entries);
            Optional<EntryPath> found =
                    EntryPath.inArchive(entry.name()).stream().findFirst();
            if (found.isEmpty()) {
                if (entry.kind() != TarReader.Kind.DIRECTORY) {
                    throw Refusal.refused("has an entry without a name");
                }
                continue;
            }
            EntryPath path = found.get();
            switch (entry.kind()) {
                case DIRECTORY -> census.directory(path);
                case FILE -> {
                    census.file(path, entry.size());
                    amount.add(entry.size(), tar.packedSize());
                    // What a header only claims must be there.
                    drain(tar);
                }
                case SYMBOLIC_LINK -> {
                    path.checkLink(entry.link());
                    // Nothing may be a hard link to a symbolic one.
                    census.file(path, Long.MAX_VALUE);
                }
                case HARD_LINK -> {
                    long size = EntryPath.inArchive(entry.link()).stream()
                            .mapToLong(census::sizeOf)
                            .findFirst()
                            .orElse(-1);
                    if (size < 0 || size == Long.MAX_VALUE) {
                        throw Refusal.refused("has a hard link, '%s', to something that is no file before it"
                                .formatted(EntryPath.shown(entry.name())));
                    }
                    census.file(path, size);
                    amount.add(size, tar.packedSize());
                }
            }
        }
    }

    private void drain(Tar tar) throws IOException {
        byte[] buffer = new byte[1 << 16];
        InputStream in = tar.reader.content();
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            tar.checkRatio();
        }
    }

    private void checkCount(long entries) {
        if (entries > limits.entries() || entries < 0) {
            throw tooMuch("more than %,d entries".formatted(limits.entries()));
        }
    }

    private static RopewalkException tooMuch(String what) {
        return new RopewalkException(
                ErrorCode.UNSAFE_ARCHIVE,
                "The archive holds %s. Upload the files themselves, or several smaller archives.".formatted(what));
    }

    private RopewalkException tooPacked() {
        return tooMuch("more than %d times its own size".formatted(limits.ratio()));
    }

    /// How much has been counted.
    private final class Amount {
        private long bytes;

        void add(long size, long packedSize) {
            if (size > limits.bytes() || bytes + size > limits.bytes()) {
                throw tooMuch("more than %,d bytes".formatted(limits.bytes()));
            }
            bytes += size;
            if (bytes > limits.unratedBytes() && bytes / limits.ratio() > packedSize) {
                throw tooPacked();
            }
        }
    }

    /// An open tar file, which counts what comes out of it.
    private final class Tar implements AutoCloseable {
        private final long size;
        private final InputStream in;
        private final TarReader reader;
        private long unpacked;

        Tar(Path archive, boolean packed) throws IOException {
            size = Files.size(archive);
            InputStream file = new BufferedInputStream(Files.newInputStream(archive), 1 << 16);
            in = new FilterInputStream(packed ? gunzip(file) : file) {
                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    int read = super.read(bytes, offset, length);
                    unpacked += Math.max(read, 0);
                    checkRatio();
                    return read;
                }
            };
            reader = new TarReader(new BufferedInputStream(in, 1 << 16));
        }

        long packedSize() {
            return size;
        }

        void checkRatio() {
            if (unpacked > limits.unratedBytes() && unpacked / limits.ratio() > size) {
                throw tooPacked();
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }

        private static InputStream gunzip(InputStream file) throws IOException {
            try {
                return new GZIPInputStream(file, 1 << 16);
            } catch (ZipException | java.io.EOFException e) {
                file.close();
                throw e;
            }
        }
    }
}
