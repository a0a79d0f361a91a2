package io.ropewalk.run;

import io.ropewalk.support.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/// Specifications as read from their rows, those last used: they never change, and reading one costs more than
/// everything else of a row. Thread-safe.
final class KeptSpecifications {
    private final long most;
    private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
    private long size;

    private record Kept(RunSpecification specification, int size) {}

    /// @param most how much text is kept, in characters
    KeptSpecifications(long most) {
        this.most = most;
    }

    /// @param text as stored with the run
    RunSpecification get(String run, String text) {
        synchronized (this) {
            Kept known = kept.get(run);
            if (known != null) {
                return known.specification();
            }
        }
        RunSpecification read = Json.read(text, RunSpecification.class);
        keep(run, new Kept(read, text.length()));
        return read;
    }

    private synchronized void keep(String run, Kept one) {
        Kept before = kept.put(run, one);
        size += one.size() - (before == null ? 0 : before.size());
        var oldest = kept.entrySet().iterator();
        while (size > most && oldest.hasNext()) {
            size -= oldest.next().getValue().size();
            oldest.remove();
        }
    }
}
