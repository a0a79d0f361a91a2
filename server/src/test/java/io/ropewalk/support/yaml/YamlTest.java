package io.ropewalk.support.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class YamlTest {
    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of("a: 1", Map.of("a", 1)),
                Arguments.of("a: 0x1F", Map.of("a", 31)),
                Arguments.of("a: 0o17", Map.of("a", 15)),
                Arguments.of("a: 017", Map.of("a", 17)),
                Arguments.of("a: 3000000000", Map.of("a", 3_000_000_000L)),
                Arguments.of("a: 99999999999999999999", Map.of("a", new BigInteger("99999999999999999999"))),
                Arguments.of("a: 1e-5", Map.of("a", 1e-5)),
                Arguments.of("a: .5", Map.of("a", 0.5)),
                Arguments.of("a: -.inf", Map.of("a", Double.NEGATIVE_INFINITY)),
                Arguments.of("a: .NaN", Map.of("a", Double.NaN)),
                Arguments.of("a: yes", Map.of("a", "yes")),
                Arguments.of("a: True", Map.of("a", true)),
                Arguments.of("a: '1'", Map.of("a", "1")),
                Arguments.of("a: !!str 1", Map.of("a", "1")),
                Arguments.of("a: ! 1", Map.of("a", "1")),
                Arguments.of("a: 1.2.3", Map.of("a", "1.2.3")),
                Arguments.of("a: 2026-11-21", Map.of("a", "2026-11-21")),
                Arguments.of("- 1\n- [x, {y: z}]", List.of(1, List.of("x", Map.of("y", "z")))),
                Arguments.of("a: |\n  one\n  two\n", Map.of("a", "one\ntwo\n")),
                Arguments.of("a: &x [1]\nb: *x", Map.of("a", List.of(1), "b", List.of(1))),
                Arguments.of(
                        "a: &x {k: 1, l: 2}\nb: {<<: *x, l: 3}",
                        Map.of("a", Map.of("k", 1, "l", 2), "b", Map.of("k", 1, "l", 3))),
                Arguments.of(
                        "a: &x {k: 1}\nb: &y {k: 2, m: 3}\nc: {<<: [*x, *y]}",
                        Map.of("a", Map.of("k", 1), "b", Map.of("k", 2, "m", 3), "c", Map.of("k", 1, "m", 3))));
    }

    @ParameterizedTest
    @MethodSource("values")
    void aTextStandsForValues(String text, Object expected) {
        YamlReading reading = Yaml.read(text);
        assertThat(reading.problems()).isEmpty();
        assertThat(reading.root().orElseThrow().value()).isEqualTo(expected);
    }

    @Test
    void everyNodeKnowsWhereItStands() {
        YamlNode.Mapping root = (YamlNode.Mapping)
                Yaml.read("a: 1\nlist:\n  - x: {y: z}\n").root().orElseThrow();
        YamlNode.Entry list = root.entry("list").orElseThrow();
        YamlNode.Mapping first =
                (YamlNode.Mapping) ((YamlNode.Sequence) list.value()).items().getFirst();
        YamlNode inner = first.entry("x").orElseThrow().value();
        YamlNode z = ((YamlNode.Mapping) inner).entry("y").orElseThrow().value();
        assertThat(describe(list.place())).isEqualTo("2:1 list");
        assertThat(describe(first.place())).isEqualTo("3:5 list[0]");
        assertThat(describe(z.place())).isEqualTo("3:12 list[0].x.y");
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of("a: b: c", "1:5 This is not YAML: mapping values are not allowed here."),
                Arguments.of(
                        "a: 1\n\tb: 2",
                        "2:1 This is not YAML: found character '\\t(TAB)' that cannot start any"
                                + " token. (Do not use \\t(TAB) for indentation)."),
                Arguments.of("a: [1, 2", "1:9 This is not YAML: expected ',' or ']', but got <stream end>."),
                Arguments.of("a: 1\n b: 2", "2:3 This is not YAML: mapping values are not allowed here."),
                Arguments.of("a: \"x", "1:6 This is not YAML: found unexpected end of stream."),
                Arguments.of("a: {{ .x }}", "1:5 A list or mapping stands where a key should be."),
                Arguments.of("? [a]\n: b", "1:3 A list or mapping stands where a key should be."),
                Arguments.of("a: 1\nb: 2\na: 3", "3:1 The key 'a' is given twice; the first is on line 1."),
                Arguments.of("a: *nobody", "1:4 The alias '*nobody' has no anchor before it."),
                Arguments.of("a: &x [*x]", "1:8 The alias '*x' has no anchor before it."),
                Arguments.of(
                        "a: !!python/object:os.system x",
                        "1:4 The tag '!!python/object:os.system' means nothing" + " here."),
                Arguments.of("a: !mine {b: 1}", "1:4 The tag '!mine' means nothing here."),
                Arguments.of("a: 1\n---\nb: 2", "2:1 A second document starts here."),
                Arguments.of("a: {<<: 3}", "1:9 '<<' merges mappings, but this is '3'."),
                Arguments.of("a: b\u0000c", "1:5 The character U+0000 may not stand in YAML."));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsAProblemWithItsPlace(String text, String expected) {
        assertThat(Yaml.read(text).problems())
                .extracting(problem ->
                        problem.place().line() + ":" + problem.place().column() + " " + problem.message())
                .containsExactly(expected);
    }

    static Stream<Arguments> bombs() {
        String doubling = IntStream.range(1, 40)
                .mapToObj(i -> "a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1))
                .collect(Collectors.joining("", "a0: &a0 [x, x]\n", ""));
        String longText = "x: &x " + "y".repeat(100_000) + "\nz:\n" + "- *x\n".repeat(50_000);
        String deepThroughAliases = IntStream.range(1, 5_000)
                .mapToObj(i -> "a%d: &a%d [[[[[[[[*a%d]]]]]]]]\n".formatted(i, i, i - 1))
                .collect(Collectors.joining("", "a0: &a0 [x]\n", ""));
        String merges = IntStream.range(1, 2_000)
                .mapToObj(i -> "a%d: &a%d {<<: *a%d, k%d: 1}\n".formatted(i, i, i - 1, i))
                .collect(Collectors.joining("", "a0: &a0 {x: 1}\n", ""));
        String wideMerges = IntStream.range(1, 1_000)
                .mapToObj("k%d: 1\n"::formatted)
                .collect(Collectors.joining("  ", "a0: &a0\n  ", "b: [" + "{<<: *a0},".repeat(1_000) + "]\n"));
        return Stream.of(
                Arguments.of("aliases that double", doubling, "counting aliases"),
                Arguments.of("a long text many times", longText, "counting aliases"),
                Arguments.of("depth through aliases", deepThroughAliases, "Nested deeper than 64 levels."),
                Arguments.of("merges of merges", merges, "Nested deeper than 64 levels."),
                Arguments.of("wide merges", wideMerges, "counting aliases"),
                Arguments.of("lists in lists", "[".repeat(100_000), "Nested deeper than 64 levels."),
                Arguments.of("dashes in dashes", "- ".repeat(100_000) + "x", "Nested deeper than 64 levels."),
                Arguments.of("keys in keys", "? ".repeat(100_000) + "x", "stands where a key should be"),
                Arguments.of("braces in braces", "{a: ".repeat(100_000), "Nested deeper than 64 levels."),
                Arguments.of("a key of 5 MB", "k".repeat(5_000_000) + ": 1", "longer than 1048576 characters"),
                Arguments.of("a long key", "k".repeat(1_000_000) + ": 1", "This is not YAML"),
                Arguments.of("many values", "- 1\n".repeat(200_000), "More than 100000 values"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bombs")
    void aHostileTextIsRefusedQuickly(String name, String text, String expected) {
        YamlReading reading = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> Yaml.read(text));
        assertThat(reading.problems()).isNotEmpty();
        assertThat(reading.problems().getLast().message()).contains(expected).hasSizeLessThan(500);
    }

    @Test
    void aLongExplicitKeyWithManyChildrenCostsNoMoreThanItsText() {
        String text = "? " + "k".repeat(400_000) + "\n:\n" + "  - 1\n".repeat(50_000);
        YamlReading reading = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> Yaml.read(text));
        assertThat(reading.problems()).isEmpty();
        YamlNode.Sequence items =
                (YamlNode.Sequence) ((YamlNode.Mapping) reading.root().orElseThrow())
                        .entries()
                        .getFirst()
                        .value();
        assertThat(items.items().getLast().place().path()).hasSizeLessThan(100).endsWith("[49999]");
    }

    @Test
    void nothingIsNoDocument() {
        assertThat(Yaml.read("")).isEqualTo(new YamlReading(java.util.Optional.empty(), List.of()));
        assertThat(Yaml.read("# only a comment\n").root()).isEmpty();
    }

    @Test
    void whatIsWrittenReadsBackTheSame() {
        Map<String, Object> value = Map.of(
                "text", "a: b # not a comment",
                "lines", "one\n two\n",
                "looksLike", Arrays.asList("1", "true", "null", "", "~", "1e5", "- x", "{{ .x }}", "0x1F", "0o7"),
                "numbers", List.of(1, 3_000_000_000L, 0.25, 1e-7),
                "nested", List.of(Map.of("k", List.of()), Map.of("m", Map.of())));
        assertThat(Yaml.read(Yaml.write(value)).root().orElseThrow().value()).isEqualTo(value);
    }

    @Test
    void repeatedValuesAreWrittenOut() {
        List<String> same = List.of("x");
        assertThat(Yaml.write(List.of(same, same))).isEqualTo("- - x\n- - x\n");
    }

    private static String describe(Place place) {
        return place.line() + ":" + place.column() + " " + place.path();
    }
}
