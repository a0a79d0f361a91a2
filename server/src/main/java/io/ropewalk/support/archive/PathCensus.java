package io.ropewalk.support.archive;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.security.SecureRandom;

/// Remembers which paths an archive has, in eight bytes each, and refuses what cannot be together in one
/// tree: the same path twice, or a file where a directory is. The bytes are a keyed hash: nobody can make
/// two paths collide, and by chance it takes billions.
final class PathCensus {
    private static final int MOST_PARENTS = 512;

    private final long key1 = new SecureRandom().nextLong() | 1;
    private final long key2 = new SecureRandom().nextLong();
    private final LongTable files = new LongTable();
    private final LongTable directories = new LongTable();

    /// @param size of the file, for those that link to it
    void file(EntryPath path, long size) {
        long hash = hash(path);
        if (files.contains(hash)) {
            throw refused(path, "is there twice");
        }
        if (directories.contains(hash)) {
            throw refused(path, "is a file and a directory");
        }
        parents(path);
        files.put(hash, size);
    }

    void directory(EntryPath path) {
        long hash = hash(path);
        if (files.contains(hash)) {
            throw refused(path, "is a file and a directory");
        }
        parents(path);
        directories.put(hash, 0);
    }

    /// The size of a file that was counted before, -1 when there was none.
    long sizeOf(EntryPath path) {
        return files.get(hash(path));
    }

    private void parents(EntryPath path) {
        String value = path.value();
        int depth = 0;
        for (int slash = value.indexOf('/'); slash >= 0; slash = value.indexOf('/', slash + 1)) {
            if (++depth > MOST_PARENTS) {
                throw refused(path, "lies in more than " + MOST_PARENTS + " directories");
            }
            long hash = hash(value, slash);
            if (files.contains(hash)) {
                throw refused(path, "lies in something that is not a directory");
            }
            directories.put(hash, 0);
        }
    }

    private static RopewalkException refused(EntryPath path, String why) {
        return new RopewalkException(
                ErrorCode.UNSAFE_ARCHIVE,
                "The path '%s' %s. Make the archive again from a plain folder."
                        .formatted(EntryPath.shown(path.value()), why));
    }

    private long hash(EntryPath path) {
        return hash(path.value(), path.value().length());
    }

    private long hash(String text, int length) {
        long hash = key2;
        for (int i = 0; i < length; i++) {
            hash = (hash ^ text.charAt(i)) * key1;
            hash ^= hash >>> 29;
        }
        hash *= 0xbf58476d1ce4e5b9L;
        return hash ^ (hash >>> 32);
    }

    /// Longs to longs, open addressing.
    private static final class LongTable {
        private long[] keys = new long[256];
        private long[] values = new long[256];
        private int count;

        boolean contains(long key) {
            return get(key) >= 0;
        }

        long get(long key) {
            int at = find(key);
            return keys[at] == 0 ? -1 : values[at];
        }

        void put(long key, long value) {
            int at = find(key);
            if (keys[at] == 0) {
                keys[at] = key == 0 ? 1 : key;
                count++;
            }
            values[at] = value;
            if (count * 2 > keys.length) {
                grow();
            }
        }

        private int find(long key) {
            long wanted = key == 0 ? 1 : key;
            int at = (int) (wanted & (keys.length - 1));
            while (keys[at] != 0 && keys[at] != wanted) {
                at = (at + 1) & (keys.length - 1);
            }
            return at;
        }

        private void grow() {
            long[] oldKeys = keys;
            long[] oldValues = values;
            keys = new long[oldKeys.length * 2];
            values = new long[oldKeys.length * 2];
            count = 0;
            for (int i = 0; i < oldKeys.length; i++) {
                if (oldKeys[i] != 0) {
                    put(oldKeys[i], oldValues[i]);
                }
            }
        }
    }
}
