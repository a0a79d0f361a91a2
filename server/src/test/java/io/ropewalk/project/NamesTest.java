package io.ropewalk.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class NamesTest {
    static Stream<Arguments> names() {
        return Stream.of(
                Arguments.of("my_project-train-7-Worker", "my-project-train-7-worker"),
                Arguments.of("x".repeat(62), "x".repeat(62)),
                Arguments.of("x".repeat(63), "x".repeat(54) + "-3511893f"),
                Arguments.of(
                        "tensorflow-with-a-very-long-project-name-parallel-training-12-parameter-server-0",
                        "tensorflow-with-a-very-long-project-name-parallel-trai-99e882e9"),
                Arguments.of("größe", "gr--e"),
                Arguments.of("a.b/c d", "a-b-c-d"),
                Arguments.of("", ""));
    }

    @ParameterizedTest
    @MethodSource("names")
    void aNameIsEncodedWithinItsLimit(String name, String expected) {
        assertThat(Names.encode(name, 63)).isEqualTo(expected).hasSizeLessThanOrEqualTo(63);
    }

    @Test
    void namesThatDifferOnlyBehindTheCutStayApart() {
        String same = "y".repeat(100);
        assertThat(Names.encode(same + "1", 63)).isNotEqualTo(Names.encode(same + "2", 63));
    }

    @ParameterizedTest
    @CsvSource({"my-data,MY_DATA", "lib,LIB", "a.b c,A_B_C", "x1_y,X1_Y"})
    void aNameBecomesPartOfAVariable(String name, String expected) {
        assertThat(Names.environmentName(name)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"a,true", "ab,true", "a-b,true", "0,true", "-a,false", "a-,false", "A,false", "a_b,false", "'',false"})
    void aPartIsNamedInSmallLetters(String name, boolean allowed) {
        assertThat(Names.namesPart(name)).isEqualTo(allowed);
    }

    @Test
    void aNameHasAtMost63Characters() {
        assertThat(Names.namesPart("a".repeat(63))).isTrue();
        assertThat(Names.namesPart("a".repeat(64))).isFalse();
        assertThat(Names.namesProject("a".repeat(63))).isTrue();
        assertThat(Names.namesProject("a".repeat(64))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "1,1000",
        "500m,500",
        "0.1,100",
        "1.5,1500",
        ".5,500",
        "2k,2000000",
        "1e3,1000000",
        "0.0001,1",
        "+1,1000",
        "0,0"
    })
    void processorsAreCountedInThousandths(String text, long expected) {
        assertThat(Quantity.milliCpu(text)).isEqualTo(OptionalLong.of(expected));
    }

    @ParameterizedTest
    @CsvSource({
        "1,1",
        "1Ki,1024",
        "512Mi,536870912",
        "2Gi,2147483648",
        "1.5Gi,1610612736",
        "1Ti,1099511627776",
        "1k,1000",
        "3M,3000000",
        "2G,2000000000",
        "128974848,128974848",
        "1e9,1000000000",
        "100m,1",
        "1E,1000000000000000000"
    })
    void memoryIsCountedInBytes(String text, long expected) {
        assertThat(Quantity.bytes(text)).isEqualTo(OptionalLong.of(expected));
    }

    @ParameterizedTest
    @CsvSource({
        "''",
        "x",
        "-1",
        "1 Gi",
        "1GB",
        "1gi",
        "1ki",
        "0x10",
        "1e999",
        "9E",
        "99999999999999999999",
        "1..2",
        "Gi",
        "NaN"
    })
    void anythingElseIsNoAmount(String text) {
        assertThat(Quantity.bytes(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"90s,90", "5m,300", "2h,7200", "1d,86400", "1h30m,5400", "120,120", "1d2h3m4s,93784", "0,0"})
    void timeIsCountedInSeconds(String text, long expected) {
        assertThat(Durations.seconds(text)).isEqualTo(OptionalLong.of(expected));
    }

    @ParameterizedTest
    @CsvSource({"''", "m", "5 minutes", "-5m", "1m1h", "1.5h", "9999999999"})
    void anythingElseIsNoTime(String text) {
        assertThat(Durations.seconds(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "replica,replicas",
        "workdir,workDir",
        "work_dir,workDir",
        "comand,command",
        "commadn,command",
        "evn,env",
        "zzzzzz,''",
        "port_number,''"
    })
    void theNearestWordIsSuggested(String wrong, String expected) {
        assertThat(Suggestion.nearest(wrong, Keys.ROLE.names()).orElse("")).isEqualTo(expected);
    }
}
