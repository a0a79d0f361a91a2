package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.metric.Point;
import io.ropewalk.project.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointTest {
    /// Checkpoints are named after when they were written; points are a time and a value.
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            # there         | keep | goal | points                          | expired
            10 20           | 3    | MAX  | -                               | -
            30 10 20 40     | 2    | MAX  | -                               | 10 20
            10 20 30 40     | 1    | MAX  | 9=0.5 19=0.9 29=0.8 39=0.7      | 10 30
            10 20 30 40     | 1    | MIN  | 9=0.5 19=0.9 29=0.8 39=0.7      | 20 30
            10 20 30 40     | 1    | MAX  | 11=0.5 21=0.9 31=0.8 41=0.7     | 10 30
            10 20 30 40     | 2    | MAX  | 9=0.5 39=0.9                    | 10 20
            10 20 30        | 1    | MAX  | 9=0.9 19=NaN 29=0.1             | 20
            10 20 30        | 1    | MAX  | 9=0.9 19=0.9 29=0.1             | 10
            """)
    void theLatestAndTheBestAreKept(
            String there, int keep, Task.Goal goal, @Nullable String points, @Nullable String expired) {
        List<Checkpoint> checkpoints = Arrays.stream(there.split(" "))
                .map(at -> new Checkpoint(at, Long.parseLong(at)))
                .toList();
        List<Point> logged = new ArrayList<>();
        for (String point : points == null ? new String[0] : points.split(" ")) {
            String[] parts = point.split("=", 2);
            logged.add(new Point("acc", 0, Long.parseLong(parts[0]), Double.parseDouble(parts[1])));
        }
        Task.Checkpoints rule = new Task.Checkpoints(keep, "acc", goal, "*");
        assertThat(Checkpoint.expired(checkpoints, rule, logged))
                .extracting(Checkpoint::name)
                .isEqualTo(expired == null ? List.of() : List.of(expired.split(" ")));
    }
}
