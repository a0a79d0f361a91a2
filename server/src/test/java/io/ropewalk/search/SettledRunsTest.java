package io.ropewalk.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettledRunsTest {
    private static final List<String> NAMES = List.of(
            "01a2026d-5054-7605-b6d6-810f10bcff7c",
            "01A2026D-5054-7605-B6D6-810F10BCFF7C",
            "01a2026d-5054-7605-b6d6-810f10bcff7",
            "01a2026d50547605b6d6810f10bcff7c",
            "00000000-0000-0000-0000-000000000000",
            "00000000-0000-0000-0000-00000000000g",
            "a",
            "fourteen-bytes",
            "fifteen-bytes-x",
            "sixteen-bytes-xy",
            "seventeen-bytes-x",
            "a name with ä and 😀");

    @Test
    void everyNameIsKnownAsItWasAdded() {
        SettledRuns runs = new SettledRuns();
        NAMES.forEach(runs::add);

        Set<String> texts = new HashSet<>();
        runs.addTo(texts);

        assertThat(runs.size()).isEqualTo(NAMES.size());
        assertThat(texts).containsExactlyInAnyOrderElementsOf(NAMES);
        assertThat(NAMES).allMatch(name -> runs.contains(name, NAMES.size()));
        assertThat(runs.contains("another", NAMES.size())).isFalse();
    }

    @Test
    void theNumberOfThoseThatWereKnownSaysWhich() {
        SettledRuns runs = new SettledRuns();
        NAMES.forEach(runs::add);

        assertThat(runs.contains(NAMES.get(2), 3)).isTrue();
        assertThat(runs.contains(NAMES.get(3), 3)).isFalse();
    }

    @Test
    void whatIsGoneIsLeftOut() {
        SettledRuns runs = new SettledRuns();
        NAMES.forEach(runs::add);

        SettledRuns others = runs.without(Set.of(NAMES.get(0), NAMES.get(8)));

        assertThat(others.size()).isEqualTo(NAMES.size() - 2);
        assertThat(others.contains(NAMES.get(0), NAMES.size())).isFalse();
        assertThat(others.contains(NAMES.get(1), NAMES.size())).isTrue();
    }
}
