package io.ropewalk.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.ropewalk.project.LineDiff.Kind;
import io.ropewalk.project.LineDiff.Line;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LineDiffTest {
    static Stream<Arguments> pairs() {
        return Stream.of(
                Arguments.of("", "", ""),
                Arguments.of("abc", "abc", " a b c"),
                Arguments.of("abc", "", "-a-b-c"),
                Arguments.of("", "abc", "+a+b+c"),
                Arguments.of("abc", "axc", " a-b+x c"),
                Arguments.of("abc", "abxc", " a b+x c"),
                Arguments.of("abcd", "bcd", "-a b c d"),
                Arguments.of("a", "b", "-a+b"));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aDifferenceIsShownLineByLine(String from, String to, String expected) {
        String shown = LineDiff.between(lines(from), lines(to)).stream()
                .map(line -> sign(line) + line.text())
                .collect(Collectors.joining());
        assertThat(shown).isEqualTo(expected);
    }

    @Test
    void linesKeepTheirNumbers() {
        assertThat(LineDiff.between("a\nb\nc\n", "a\nx\nc\n"))
                .containsExactly(
                        new Line(Kind.SAME, "a", 1, 1),
                        new Line(Kind.REMOVED, "b", 2, null),
                        new Line(Kind.ADDED, "x", null, 2),
                        new Line(Kind.SAME, "c", 3, 3));
    }

    @Test
    void everyDifferenceLeadsFromOneTextToTheOtherByTheFewestLines() {
        Random random = new Random(20261121);
        for (int round = 0; round < 3_000; round++) {
            String from = randomText(random);
            String to = randomText(random);
            List<Line> diff = LineDiff.between(lines(from), lines(to));
            assertThat(kept(diff, Kind.ADDED)).isEqualTo(from);
            assertThat(kept(diff, Kind.REMOVED)).isEqualTo(to);
            long same = diff.stream().filter(line -> line.kind() == Kind.SAME).count();
            assertThat(same).as(from + " to " + to).isEqualTo(longestCommon(from, to));
        }
    }

    @Test
    void tenThousandLinesAreComparedQuickly() {
        String from =
                IntStream.range(0, 10_000).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
        String to = IntStream.range(0, 10_000)
                .filter(i -> i % 10 != 0)
                .mapToObj(i -> i % 7 == 0 ? "changed " + i + "\n" : "line " + i + "\n")
                .collect(Collectors.joining());
        String other = from.replace("line", "other");
        String repeated = "a\nb\n".repeat(250_000);
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            assertThat(LineDiff.between(from, to))
                    .filteredOn(line -> line.kind() == Kind.SAME)
                    .hasSize(7_714);
            assertThat(LineDiff.between(from, other)).hasSize(20_000);
            assertThat(LineDiff.between(repeated, "b\na\n".repeat(250_000))).isNotEmpty();
        });
    }

    private static String randomText(Random random) {
        return random.ints(random.nextInt(12), 'a', 'a' + 1 + random.nextInt(4))
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    private static String lines(String letters) {
        return letters.chars().mapToObj(c -> (char) c + "\n").collect(Collectors.joining());
    }

    private static String kept(List<Line> diff, Kind without) {
        return diff.stream()
                .filter(line -> line.kind() != without)
                .map(Line::text)
                .collect(Collectors.joining());
    }

    private static String sign(Line line) {
        return switch (line.kind()) {
            case SAME -> " ";
            case ADDED -> "+";
            case REMOVED -> "-";
        };
    }

    private static int longestCommon(String a, String b) {
        int[][] length = new int[a.length() + 1][b.length() + 1];
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                length[i][j] = a.charAt(i - 1) == b.charAt(j - 1)
                        ? length[i - 1][j - 1] + 1
                        : Math.max(length[i - 1][j], length[i][j - 1]);
            }
        }
        return length[a.length()][b.length()];
    }
}
