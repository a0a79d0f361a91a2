package io.ropewalk.notice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ropewalk.metric.Extent;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OccasionTest {
    private static Asked asked(String json) {
        return Json.read(json, Asked.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"on":"ended"}                                              | ends                     | end
            {"on":"failed"}                                             | fails                    | end
            {"on":"silent","minutes":1}                                 | is silent for 1 minute   | silent 1
            {"on":"silent","minutes":10080}                             | is silent for 10080 minutes | silent 10080
            {"on":"number","metric":"loss","is":"above","value":10}     | has loss > 10            | number loss > 10
            {"on":"number","metric":"val/acc","is":"below","value":0.1} | has val/acc < 0.1        | number val/acc < 0.1
            {"on":"number","metric":"loss","is":"above","value":1e-9}   | has loss > 0.000000001   | number loss > 0.000000001
            {"on":"number","metric":"loss","is":"above","value":1e300}  | has loss > 1.0E300       | number loss > 1.0E300
            {"on":"number","metric":"loss","is":"nan"}                  | has loss NaN             | number loss NaN
            """)
    void anOccasionIsReadSaidAndWritten(String json, String words, String key) {
        Occasion occasion = asked(json).occasion();
        assertThat(occasion.words()).isEqualTo(words);
        assertThat(occasion.key()).isEqualTo(key);
        assertThat(Json.read(Json.write(Asked.of(occasion)), Asked.class).occasion())
                .isEqualTo(occasion);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"on":"ended","minutes":5}                                  | A rule for a run that ends takes no 'minutes', 'metric', 'is' or 'value'.
            {"on":"failed","metric":"loss"}                             | A rule for a run that fails takes no 'minutes', 'metric', 'is' or 'value'.
            {"on":"silent"}                                             | A rule for a silent run says after how many 'minutes', such as 10.
            {"on":"silent","minutes":0}                                 | 'minutes' says how long a run may be silent: a number from 1 to 10080, not 0.
            {"on":"silent","minutes":10081}                             | 'minutes' says how long a run may be silent: a number from 1 to 10080, not 10081.
            {"on":"silent","minutes":5,"value":1}                       | A rule for a silent run takes 'minutes' alone, no 'metric', 'is' or 'value'.
            {"on":"number","metric":"loss"}                             | A rule for a number names its 'metric' and says when: 'is' above, below or nan.
            {"on":"number","is":"above","value":1}                      | A rule for a number names its 'metric' and says when: 'is' above, below or nan.
            {"on":"number","metric":"loss","is":"above"}                | A rule for a number says with which 'value' 'loss' is compared.
            {"on":"number","metric":"loss","is":"nan","value":1}        | A rule for NaN takes no 'value'.
            {"on":"number","metric":"loss","is":"above","value":1,"minutes":1} | A rule for a number takes no 'minutes'.
            {"on":"number","metric":" loss","is":"above","value":1}     | 'metric' is the name of a series, 1 to 250 printable characters with no blank at the ends.
            {"on":"number","metric":"loss","is":"above","value":"NaN"}  | 'value' is a plain number to compare 'loss' with; for what is no number, ask for 'is: nan'.
            {"on":"number","metric":"loss","is":"below","value":"-Infinity"} | 'value' is a plain number to compare 'loss' with; for what is no number, ask for 'is: nan'.
            """)
    void whatMakesNoSenseIsRefusedWithTheReason(String json, String message) {
        Asked asked = asked(json);
        assertThatExceptionOfType(RopewalkException.class)
                .isThrownBy(asked::occasion)
                .withMessage(message);
    }

    /// The columns: what is asked for, how far the series has gone, whether that is it.
    @ParameterizedTest
    @CsvSource({
        "above, 10,   1,         9.9,       false, false",
        "above, 10,   1,         10,        false, false",
        "above, 10,   1,         10.1,      false, true",
        "above, 10,   1,         Infinity,  false, true",
        "above, 10,   NaN,       NaN,       true,  false",
        "below, 0.5,  0.5,       1,         false, false",
        "below, 0.5,  0.4,       1,         true,  true",
        "below, 0.5,  -Infinity, 1,         false, true",
        "below, 0.5,  NaN,       NaN,       true,  false",
        "nan,   0,    1,         2,         false, false",
        "nan,   0,    1,         2,         true,  true",
        "nan,   0,    NaN,       NaN,       true,  true",
        "nan,   0,    1,         Infinity,  false, false"
    })
    void aNumberGoesTooFar(String is, double value, double min, double max, boolean nan, boolean met) {
        Occasion.Crossing on =
                new Occasion.Crossing("loss", Occasion.Is.valueOf(is.toUpperCase(java.util.Locale.ROOT)), value);
        assertThat(on.met(new Extent(min, max, nan))).isEqualTo(met);
    }

    @Test
    void minusNothingIsNothing() {
        assertThat(new Occasion.Crossing("x", Occasion.Is.BELOW, -0.0))
                .isEqualTo(new Occasion.Crossing("x", Occasion.Is.BELOW, 0.0));
    }
}
