package io.ropewalk.search;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.BytesRefHash;

/// The runs of which nothing more is to be indexed, in the order in which that became known: so a number tells which
/// of them somebody knew. There may be millions, and nearly all are called by a UUID, which takes its 16 bytes here and
/// as much again for the finding of it. Thread-safe.
final class SettledRuns {
    private static final int UUID_BYTES = 2 * Long.BYTES;

    private final BytesRefHash runs = new BytesRefHash();

    synchronized void add(String run) {
        runs.add(bytes(run));
    }

    synchronized int size() {
        return runs.size();
    }

    /// @param first how many of them count
    synchronized boolean contains(String run, int first) {
        int number = runs.find(bytes(run));
        return number >= 0 && number < first;
    }

    synchronized SettledRuns without(Set<String> gone) {
        SettledRuns others = new SettledRuns();
        BytesRef run = new BytesRef();
        for (int number = 0; number < runs.size(); number++) {
            String text = text(runs.get(number, run));
            if (!gone.contains(text)) {
                others.add(text);
            }
        }
        return others;
    }

    synchronized void addTo(Set<String> texts) {
        BytesRef run = new BytesRef();
        for (int number = 0; number < runs.size(); number++) {
            texts.add(text(runs.get(number, run)));
        }
    }

    /// A UUID in 16 bytes, and everything else in its text behind as many zeros as make it another length than that.
    private static BytesRef bytes(String run) {
        Optional<UUID> uuid = uuid(run);
        if (uuid.isPresent()) {
            ByteBuffer bytes = ByteBuffer.allocate(UUID_BYTES);
            bytes.putLong(uuid.get().getMostSignificantBits());
            bytes.putLong(uuid.get().getLeastSignificantBits());
            return new BytesRef(bytes.array());
        }
        BytesRef text = new BytesRef(run);
        int zeros = text.length == UUID_BYTES - 1 ? 2 : 1;
        byte[] bytes = new byte[zeros + text.length];
        System.arraycopy(text.bytes, text.offset, bytes, zeros, text.length);
        return new BytesRef(bytes);
    }

    /// Only what is written as a UUID writes itself.
    private static Optional<UUID> uuid(String run) {
        if (run.length() != 36 || run.charAt(8) != '-') {
            return Optional.empty();
        }
        try {
            return Optional.of(UUID.fromString(run))
                    .filter(uuid -> uuid.toString().equals(run));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static String text(BytesRef bytes) {
        if (bytes.length == UUID_BYTES) {
            ByteBuffer uuid = ByteBuffer.wrap(bytes.bytes, bytes.offset, bytes.length);
            return new UUID(uuid.getLong(), uuid.getLong()).toString();
        }
        byte[] copy = Arrays.copyOfRange(bytes.bytes, bytes.offset, bytes.offset + bytes.length);
        int zeros = bytes.length == UUID_BYTES + 1 && copy[1] == 0 ? 2 : 1;
        return new BytesRef(copy, zeros, copy.length - zeros).utf8ToString();
    }
}
