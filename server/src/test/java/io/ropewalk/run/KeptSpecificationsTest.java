package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.support.json.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeptSpecificationsTest {
    private final KeptSpecifications kept = new KeptSpecifications(1_000_000);

    @ParameterizedTest
    @ValueSource(strings = {"plain", "}", "{", "\"", "\\", "},\"parameters\":{", "}}}", "ä→😀"})
    void whatIsReadIsWhatWasWritten(String awkward) {
        RunSpecification one =
                RunSpecification.tracked(awkward, awkward, Map.of(awkward, awkward, "document", awkward));

        assertThat(kept.get(Json.write(one))).isEqualTo(one);
    }

    @Test
    void specificationsThatDifferInTheirParametersShareTheirDocument() {
        RunSpecification first = kept.get(Json.write(RunSpecification.tracked("p", "t", Map.of("lr", 0.1))));
        RunSpecification second = kept.get(Json.write(RunSpecification.tracked("p", "t", Map.of("lr", 0.2))));

        assertThat(second.document()).isSameAs(first.document());
        assertThat(second.parameters()).isEqualTo(Map.of("lr", 0.2));
    }

    @Test
    void fieldsInAnotherOrderAreReadToo() {
        RunSpecification one = RunSpecification.tracked("p", "t", Map.of("lr", 0.1));
        String document = Json.write(one.document());

        assertThat(kept.get("{\"pins\":{},\"parameters\":{\"lr\":0.1},\"document\":" + document + "}"))
                .isEqualTo(one);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"document\":{", "{\"document\":{},\"parameters\":{}"})
    void whatIsCutOffIsRefused(String text) {
        assertThatThrownBy(() -> kept.get(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
