package io.ropewalk.search;

import java.util.Set;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.BytesRefHash;

/// The runs of which nothing more is to be indexed, in the order in which that became known: so a number tells which
/// of them somebody knew. There may be millions, and one takes little more than its text. Thread-safe.
final class SettledRuns {
    private final BytesRefHash runs = new BytesRefHash();

    synchronized void add(String run) {
        runs.add(new BytesRef(run));
    }

    synchronized int size() {
        return runs.size();
    }

    /// @param first how many of them count
    synchronized boolean contains(String run, int first) {
        int number = runs.find(new BytesRef(run));
        return number >= 0 && number < first;
    }

    synchronized SettledRuns without(Set<String> gone) {
        SettledRuns others = new SettledRuns();
        BytesRef run = new BytesRef();
        for (int number = 0; number < runs.size(); number++) {
            String text = runs.get(number, run).utf8ToString();
            if (!gone.contains(text)) {
                others.add(text);
            }
        }
        return others;
    }

    synchronized void addTo(Set<String> texts) {
        BytesRef run = new BytesRef();
        for (int number = 0; number < runs.size(); number++) {
            texts.add(runs.get(number, run).utf8ToString());
        }
    }
}
