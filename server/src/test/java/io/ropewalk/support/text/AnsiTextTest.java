package io.ropewalk.support.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnsiTextTest {
    /// `^` stands for the escape character, `~` for the bell.
    @ParameterizedTest
    @CsvSource({
        "plain, plain",
        "^[31mred^[0m!, red!",
        "^[2K^[1;2Hplaced, placed",
        "^]0;title~after, after",
        "^]8;;http://x^\\link^]8;;^\\, link",
        "^]0;never ends, ''",
        "^]0;cut off^[1mbold, bold",
        "^[31, ''",
        "^[31^[1mtwice, twice",
        "^[31é, é",
        "^^[1mtwo, two",
        "^cgone, gone",
        "^, ''",
    })
    void whatIsReadIsWhatSteersNothing(String written, String read) {
        String text = written.replace('^', '\u001b').replace('~', '\u0007');
        assertThat(AnsiText.plain(text)).isEqualTo(read);
        assertThat(AnsiText.pieces(text).stream()
                        .filter(AnsiText.Piece::isText)
                        .map(AnsiText.Piece::text)
                        .collect(Collectors.joining()))
                .isEqualTo(read);
        assertThat(AnsiText.pieces(text).stream().map(AnsiText.Piece::text).collect(Collectors.joining()))
                .as("nothing is lost")
                .isEqualTo(text);
    }
}
