package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.metric.UseStore.Sample;
import io.ropewalk.project.DocumentReader;
import io.ropewalk.project.ProjectDocument;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WasteTest {
    /// Peaks in MB and %, as they are measured.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {memory: 8Gi}           | 1073 | 50  | it asked for 8 GiB of memory and held 1023 MiB at most; 'resources: {memory: 1536Mi}' would be enough, and lets others start
            {memory: 8Gi}           | 2147 | 50  | it asked for 8 GiB of memory and held 2 GiB at most; 'resources: {memory: 3072Mi}' would be enough, and lets others start
            {memory: 8Gi}           | 2148 | 50  |
            {memory: 900M}          | 1    | 50  |
            {memory: 1G}            | 3    | 50  | it asked for 954 MiB of memory and held 2.86 MiB at most; 'resources: {memory: 256Mi}' would be enough, and lets others start
            {cpu: 4, memory: 500Mi} | 100  | 99  | it asked for 4 CPUs and used 0.99 at most; 'resources: {cpu: 1500m}' would be enough, and lets others start
            {cpu: 4}                | 100  | 100 |
            {cpu: 1500m}            | 100  | 1   |
            {cpu: 2}                | 100  | 0   | it asked for 2 CPUs and used 0.01 at most; 'resources: {cpu: 500m}' would be enough, and lets others start
            """)
    void whoNeverUsedAQuarterOfMuchIsTold(String resources, double memory, double cpu, @Nullable String told) {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            samples.add(new Sample("train-0/memory", i, memory / 2, memory));
            samples.add(new Sample("train-1/memory", i, memory / 2));
            samples.add(new Sample("train-0/cpu", i, cpu));
            // Another role's use says nothing of this one's.
            samples.add(new Sample("serve-0/memory", i, 100_000));
        }
        assertThat(Waste.of(specification(resources), samples, Instant.EPOCH))
                .extracting(incident -> incident.component() + " " + incident.message())
                .isEqualTo(told == null ? List.of() : List.of("train " + told));
    }

    @Test
    void whoWasHardlyLookedAtIsNotTold() {
        List<Sample> few = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            few.add(new Sample("train-0/memory", i, 1));
        }
        assertThat(Waste.of(specification("{memory: 8Gi}"), few, Instant.EPOCH)).isEmpty();
    }

    private static RunSpecification specification(String resources) {
        ProjectDocument document = new DocumentReader(List.of())
                .read("""
                        name: p
                        tasks:
                          - name: t
                            roles:
                              - {name: train, replicas: 2, command: work, resources: %s}
                              - {name: serve, command: serve}
                        """.formatted(resources))
                .document()
                .orElseThrow();
        return new RunSpecification(document, Map.of(), Map.of());
    }
}
