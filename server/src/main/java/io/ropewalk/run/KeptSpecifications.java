package io.ropewalk.run;

import io.ropewalk.support.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/// Specifications as read from their rows, those last used: reading one costs more than everything else of a row, and
/// most runs of a task have the same. Thread-safe.
final class KeptSpecifications {
    private final long most;
    private final Map<String, RunSpecification> kept = new LinkedHashMap<>(16, 0.75f, true);
    private long size;

    /// @param most how much text is kept, in characters
    KeptSpecifications(long most) {
        this.most = most;
    }

    /// @param text as stored with a run
    RunSpecification get(String text) {
        synchronized (this) {
            RunSpecification known = kept.get(text);
            if (known != null) {
                return known;
            }
        }
        RunSpecification read = Json.read(text, RunSpecification.class);
        keep(text, read);
        return read;
    }

    private synchronized void keep(String text, RunSpecification one) {
        if (kept.put(text, one) == null) {
            size += text.length();
        }
        var oldest = kept.keySet().iterator();
        while (size > most && oldest.hasNext()) {
            size -= oldest.next().length();
            oldest.remove();
        }
    }
}
