package io.ropewalk.support.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.ropewalk.support.yaml.Yaml;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TemplateTest {
    private static final @Nullable Object DATA =
            Yaml.read("""
                    name: digits
                    replicas: 2
                    lr: 0.001
                    tiny: 1e-5
                    big: 1e21
                    use_gpu: true
                    off: false
                    empty: ''
                    nothing: null
                    version: 2.2.0
                    list: [a, b, c]
                    numbers: [0.25, 0.5, 1.0, 2.0]
                    none: []
                    map: {y: 2, x: 1}
                    a: {b: {c: deep}}
                    sources:
                      - {name: code, path: /src}
                      - {name: data, path: /data}
                    quote: it's "so"
                    """).root().orElseThrow().value();

    static Stream<Arguments> templates() {
        return Stream.of(
                // Values and trim markers.
                Arguments.of("plain { text } }}", "plain { text } }}"),
                Arguments.of("{{ .name }}", "digits"),
                Arguments.of("{{.name}}", "digits"),
                Arguments.of("a {{- .name -}} b", "adigitsb"),
                Arguments.of("a  {{- /* note */ -}}  b", "ab"),
                Arguments.of("a {{/* note */}} b", "a  b"),
                Arguments.of("{{ .a.b.c }}", "deep"),
                Arguments.of("{{ $.a.b.c }}", "deep"),
                Arguments.of("{{ (index .sources 1).path }}", "/data"),
                Arguments.of("{{ .replicas }} {{ .lr }} {{ .tiny }} {{ .big }}", "2 0.001 1e-05 1e+21"),
                Arguments.of(
                        "{{ .use_gpu }} {{ .list }} {{ .map }} {{ .numbers }}",
                        "true [a b c] map[x:1 y:2] [0.25 0.5 1 2]"),
                Arguments.of("{{ \"a}}b\" }}{{ `\\n` }}{{ \"\\t\\x41\\u00e9\" }}", "a}}b\\n\tAé"),
                Arguments.of("{{ 'a' }} {{ -3 }} {{ 0x10 }} {{ 1.5e3 }}", "97 -3 16 1500"),
                // Conditions.
                Arguments.of("{{ if .use_gpu }}gpu{{ else }}cpu{{ end }}", "gpu"),
                Arguments.of("{{ if .off }}gpu{{ else }}cpu{{ end }}", "cpu"),
                Arguments.of("{{ if .empty }}1{{ else if .none }}2{{ else if .list }}3{{ else }}4{{ end }}", "3"),
                Arguments.of("{{ if .missing }}yes{{ else }}no{{ end }}", "no"),
                Arguments.of("{{ if .missing.deeper }}yes{{ else }}no{{ end }}", "no"),
                Arguments.of("{{ if not .off }}yes{{ end }}", "yes"),
                Arguments.of("{{ if and .use_gpu (gt .replicas 1) }}many{{ end }}", "many"),
                Arguments.of("{{ if or .off .empty .list }}some{{ end }}", "some"),
                Arguments.of("{{ and .off (index .none 7) }}", "false"),
                Arguments.of("{{ or .name .missing }}", "digits"),
                Arguments.of("{{- if gt .replicas 1 }}parallel{{ else }}single{{- end }}", "parallel"),
                // Comparisons.
                Arguments.of(
                        "{{ eq .name \"digits\" }} {{ ne .name \"x\" }} {{ eq .replicas 1 2 3 }}", "true true true"),
                Arguments.of("{{ lt 1 2 }} {{ le 2 2 }} {{ gt 1.5 1 }} {{ ge \"b\" \"a\" }}", "true true true true"),
                Arguments.of("{{ eq .missing nil }} {{ eq .replicas 2.0 }}", "true true"),
                Arguments.of("{{ if eq (index .version 0) 50 }}two{{ end }}", "two"),
                // Loops and variables.
                Arguments.of("{{ range .list }}<{{ . }}>{{ end }}", "<a><b><c>"),
                Arguments.of("{{ range $i, $v := .list }}{{ $i }}={{ $v }} {{ end }}", "0=a 1=b 2=c "),
                Arguments.of("{{ range $k, $v := .map }}{{ $k }}={{ $v }} {{ end }}", "x=1 y=2 "),
                Arguments.of("{{ range $v := .list }}{{ $v }}{{ end }}", "abc"),
                Arguments.of("{{ range .none }}x{{ else }}none{{ end }}", "none"),
                Arguments.of("{{ range .missing }}x{{ else }}none{{ end }}", "none"),
                Arguments.of("{{ range .list }}{{ if eq . \"b\" }}{{ continue }}{{ end }}{{ . }}{{ end }}", "ac"),
                Arguments.of("{{ range .list }}{{ if eq . \"b\" }}{{ break }}{{ end }}{{ . }}{{ end }}", "a"),
                Arguments.of("{{ range .sources }}{{ .name }}:{{ $.name }} {{ end }}", "code:digits data:digits "),
                Arguments.of("{{ with .a.b }}{{ .c }}{{ end }}", "deep"),
                Arguments.of("{{ with .empty }}x{{ else }}y{{ end }}", "y"),
                Arguments.of("{{ with $s := index .sources 0 }}{{ $s.name }}{{ .path }}{{ end }}", "code/src"),
                Arguments.of("{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $y := 3 }}{{ end }}{{ $x }}", "2"),
                Arguments.of("{{ $x := 1 }}{{ range .list }}{{ $x := 5 }}{{ end }}{{ $x }}", "1"),
                // Functions and pipelines.
                Arguments.of("{{ join \" \" .numbers }}", "0.25 0.5 1 2"),
                Arguments.of("{{ .list | join \",\" | upper }}", "A,B,C"),
                Arguments.of(
                        "{{ default \"x\" .missing }} {{ .empty | default 3 }} {{ default 1 .replicas }}", "x 3 2"),
                Arguments.of("{{ default 1 .nothing }}", "1"),
                Arguments.of("{{ index .map \"y\" }} {{ index .list 2 }} {{ index .sources 1 \"name\" }}", "2 c data"),
                Arguments.of("{{ len .list }} {{ len .map }} {{ len \"né\" }}", "3 2 3"),
                Arguments.of("{{ quote .quote }} {{ shellQuote .quote }}", "\"it's \\\"so\\\"\" 'it'\\''s \"so\"'"),
                Arguments.of("{{ upper .name }} {{ lower \"ABC\" }} {{ trim \"  x \" }}|", "DIGITS abc x|"),
                Arguments.of("{{ replace \"i\" \"o\" .name }}", "dogots"),
                Arguments.of("{{ toYaml .map }}", "y: 2\nx: 1"),
                Arguments.of("m:{{ toYaml .map | nindent 2 }}", "m:\n  y: 2\n  x: 1"),
                Arguments.of(
                        "{{ printf \"%s-%d %v %q\" .name .replicas .list .quote }}",
                        "digits-2 [a b c] \"it's \\\"so\\\"\""),
                Arguments.of("{{ printf \"%.1s\" .version }}", "2"),
                Arguments.of("{{ printf \"%f %.2f %g %t %x\" 1.5 0.125 0.5 true 255 }}", "1.500000 0.12 0.5 true ff"),
                Arguments.of(
                        "{{ printf \"%5d|%-5d|%05d|%+d|%5s|%%\" 42 42 42 42 \"ab\" }}",
                        "   42|42   |00042|+42|   ab|%"),
                Arguments.of("{{ .name | printf \"%s-%s\" \"a\" }}", "a-digits"));
    }

    @ParameterizedTest
    @MethodSource("templates")
    void aTemplateRendersTo(String template, String expected) {
        assertThat(Template.parse(template).render(DATA, Missing.REFUSE)).isEqualTo(expected);
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of("{{ .name", "1:1 The {{ here has no }}."),
                Arguments.of("a\nb {{ }}", "2:3 There is nothing between the braces."),
                Arguments.of("{{ if .name }}x", "1:1 The block that starts here has no {{ end }}."),
                Arguments.of("x {{ end }}", "1:6 {{ end }} without a block before it."),
                Arguments.of(
                        "{{ if .a }}{{ else }}{{ else }}{{ end }}",
                        "1:25 A second {{ else }}; the block ends with {{ end }}."),
                Arguments.of("{{ nothing .name }}", "1:4 There is no function 'nothing'."),
                Arguments.of("{{ .name | \"x\" }}", "1:12 A function belongs after '|'."),
                Arguments.of(
                        "{{ .name .list }}", "1:10 This value follows another one; only functions take arguments."),
                Arguments.of("{{ (.name }}", "1:4 The '(' here has no ')'."),
                Arguments.of("{{ .name ) }}", "1:10 ')' does not belong here."),
                Arguments.of("{{ .name & }}", "1:10 '&' means nothing in a template."),
                Arguments.of("{{ \"\\q\" }}", "1:5 '\\q' is not an escape."),
                Arguments.of("{{ 1.2.3 }}", "1:4 '1.2.3' is not a number."),
                Arguments.of("{{ 99999999999999999999 }}", "1:4 '99999999999999999999' is not a number."),
                Arguments.of("{{ define \"x\" }}", "1:4 {{ define }} is not supported."),
                Arguments.of("{{ break }}", "1:4 {{ break }} outside of a range."),
                Arguments.of("{{ /* x }}", "1:4 '/' means nothing in a template."),
                Arguments.of("{{/* x", "1:1 The comment that starts here has no */."),
                Arguments.of("{{ $x }}", "1:4 There is no variable '$x'."),
                Arguments.of("{{ $x = 1 }}", "1:4 There is no variable '$x'; ':=' makes one."),
                Arguments.of("a\n {{ .missing }}", "2:5 There is no value '.missing'."),
                Arguments.of("{{ .a.nope.deeper }}", "1:6 There is no value '.a.nope'."),
                Arguments.of("{{ .nothing }}", "1:4 There is no value '.nothing'."),
                Arguments.of("{{ upper .missing }}", "1:10 There is no value '.missing'."),
                Arguments.of("{{ .name.first }}", "1:9 There is no '.first' in text."),
                Arguments.of("{{ lt .name 1 }}", "1:4 lt: text cannot be compared with a number."),
                Arguments.of("{{ eq .replicas \"2\" }}", "1:4 eq: a number cannot be compared with text."),
                Arguments.of("{{ index .list 3 }}", "1:4 index: 3 is outside of 0 to 2."),
                Arguments.of("{{ index .list \"a\" }}", "1:4 index: the place must be a whole number, not text."),
                Arguments.of("{{ index .replicas 0 }}", "1:4 index: cannot look into a number."),
                Arguments.of("{{ range .name }}{{ end }}", "1:10 range goes over a list or a map, not text."),
                Arguments.of("{{ join \",\" }}", "1:4 join: takes 2 arguments, not 1."),
                Arguments.of("{{ printf \"%d\" .name }}", "1:4 printf: '%d' does not take text."),
                Arguments.of("{{ printf \"%s\" }}", "1:4 printf: there is no value for '%s'."),
                Arguments.of("{{ printf \"x\" 1 }}", "1:4 printf: the format has no place for the first value."),
                Arguments.of("{{ printf \"%y\" 1 }}", "1:4 printf: '%y' is not a verb it knows."),
                Arguments.of("{{ len 3 }}", "1:4 len: a number has no length."));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsNamedWithItsPlace(String template, String expected) {
        assertThatThrownBy(() -> Template.parse(template).render(DATA, Missing.REFUSE))
                .asInstanceOf(InstanceOfAssertFactories.type(TemplateException.class))
                .extracting(e -> e.line() + ":" + e.column() + " " + e.getMessage())
                .isEqualTo(expected);
    }

    static Stream<Arguments> missing() {
        return Stream.of(
                Arguments.of("a {{ .x }} b", "a {{ .x }} b", "a  b"),
                Arguments.of("a {{- .x -}} b", "a{{- .x -}}b", "ab"),
                Arguments.of("{{ upper .x }}{{ .name }}", "{{ upper .x }}digits", "<no value>digits"),
                Arguments.of("{{ .x | default \"d\" }}", "d", "d"));
    }

    @ParameterizedTest
    @MethodSource("missing")
    void aValueThatIsNotThereStaysOrVanishes(String template, String kept, String emptied) {
        assertThat(Template.parse(template).render(DATA, Missing.KEEP)).isEqualTo(kept);
        assertThat(Template.parse(template).render(DATA, Missing.EMPTY).toUpperCase(java.util.Locale.ROOT))
                .isEqualTo(emptied.toUpperCase(java.util.Locale.ROOT));
    }

    static Stream<Arguments> bombs() {
        return Stream.of(
                Arguments.of("{{ $x := \"0123456789\" }}" + "{{ $x = printf \"%s%s\" $x $x }}".repeat(60)),
                Arguments.of("{{ $x := \"aaaaaaaaaa\" }}" + "{{ $x = replace \"a\" $x $x }}".repeat(60)),
                Arguments.of("{{ range .wide }}{{ range $.wide }}{{ range $.wide }}x{{ end }}{{ end }}{{ end }}"),
                Arguments.of("{{ range .wide }}{{ join \"\" $.wide }}{{ end }}".repeat(1_000)),
                Arguments.of("{{ range .wide }}{{ $x := toYaml $.wide }}{{ end }}"),
                Arguments.of("{{ (".repeat(100_000)),
                Arguments.of("{{ " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}"),
                Arguments.of("{{ if true }}".repeat(50_000)),
                Arguments.of("{{ if true }}{{ else if true }}" + "{{ else if true }}".repeat(20_000) + "{{ end }}"),
                Arguments.of("{{ .a" + ".b".repeat(300_000) + " }}"),
                Arguments.of("{{ " + "9".repeat(900_000) + " }}"),
                Arguments.of("x".repeat(2_000_000)));
    }

    @ParameterizedTest
    @MethodSource("bombs")
    void aHostileTemplateEndsQuickly(String template) {
        Map<String, Object> data = Map.of("wide", java.util.Collections.nCopies(1_000, "0123456789".repeat(10)));
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThatThrownBy(() -> Template.parse(template).render(data, Missing.REFUSE))
                        .isInstanceOf(TemplateException.class)
                        .message()
                        .hasSizeLessThan(200));
    }

    @Test
    void valuesAreRenderedOnceOverTheOtherValues() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("BUILD_ID", "7");
        values.put("LOG_DIR", "/logs/{{ .BUILD_ID }}");
        values.put("DEEPER", "{{ .LOG_DIR }}/x");
        values.put("BROKEN", "{{ .NOBODY }}");
        values.put("OTHER_SYNTAX", "{{ .Names | json }}");
        values.put("PEEK", "{{ .WORKSPACE_SECRET }}");
        values.put("WORKSPACE_SECRET", "hidden");
        assertThat(Template.renderEach(values, Set.of("WORKSPACE_SECRET")))
                .containsExactly(
                        Map.entry("BUILD_ID", "7"),
                        Map.entry("LOG_DIR", "/logs/7"),
                        Map.entry("DEEPER", "/logs/{{ .BUILD_ID }}/x"),
                        Map.entry("BROKEN", "{{ .NOBODY }}"),
                        Map.entry("OTHER_SYNTAX", "{{ .Names | json }}"),
                        Map.entry("PEEK", "{{ .WORKSPACE_SECRET }}"),
                        Map.entry("WORKSPACE_SECRET", "hidden"));
    }

    @Test
    @DisplayName("AT-K22: a block with use_gpu toggles the GPU")
    void aBlockTogglesTheGpu() {
        Template template = Template.parse("""
                resources:
                  cpu: 1
                {{- if .use_gpu }}
                  gpu: 1
                {{- end }}
                """);
        assertThat(template.render(Map.of("use_gpu", true), Missing.REFUSE))
                .isEqualTo("resources:\n  cpu: 1\n  gpu: 1\n");
        assertThat(template.render(Map.of("use_gpu", false), Missing.REFUSE)).isEqualTo("resources:\n  cpu: 1\n");
    }

    @Test
    @DisplayName("AT-K24: a major version in text switches an argument")
    void aMajorVersionSwitchesAnArgument() {
        Template template = Template.parse(
                "{{- if eq (index .v.value 0) 50 }}--bind_all{{ else }}--host 0.0.0.0{{ end }} {{ printf \"%.1s\" .v.value }}");
        assertThat(template.render(Map.of("v", Map.of("value", "2.2.0")), Missing.REFUSE))
                .isEqualTo("--bind_all 2");
        assertThat(template.render(Map.of("v", Map.of("value", "1.15")), Missing.REFUSE))
                .isEqualTo("--host 0.0.0.0 1");
    }

    @Test
    void moreFunctionsCanBeGiven() {
        Map<String, TemplateFunction> functions = new LinkedHashMap<>(TemplateFunctions.STANDARD);
        functions.put("twice", arguments -> List.of(arguments.getFirst() + "", arguments.getFirst() + ""));
        assertThat(Template.parse("{{ twice .name | join \" \" }}", functions).render(DATA, Missing.REFUSE))
                .isEqualTo("digits digits");
    }
}
