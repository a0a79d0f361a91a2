package io.ropewalk.support.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.datatype.jsr310.deser.InstantDeserializer;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/// Reads times. Every row of a run holds many, so the form in which they are written is read digit by digit; other
/// forms are left to a formatter.
final class TimeText extends StdDeserializer<Instant> {
    private static final long serialVersionUID = 1;
    private static final String FORM = "0000-00-00T00:00:00";

    TimeText() {
        super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        if (parser.hasToken(JsonToken.VALUE_STRING) && isAsWritten(parser.getText())) {
            try {
                return read(parser.getText());
            } catch (DateTimeException _) {
                // Such as the 30th of February: the formatter says what is wrong.
            }
        }
        return InstantDeserializer.INSTANT.deserialize(parser, context);
    }

    private static boolean isAsWritten(String text) {
        int end = text.length() - 1;
        int fraction = end - FORM.length() - 1;
        if (end < FORM.length() || text.charAt(end) != 'Z' || fraction > 9) {
            return false;
        }
        for (int i = 0; i < FORM.length(); i++) {
            if (FORM.charAt(i) == '0' ? !isDigit(text.charAt(i)) : text.charAt(i) != FORM.charAt(i)) {
                return false;
            }
        }
        if (end == FORM.length()) {
            return true;
        }
        boolean digits = fraction > 0 && text.charAt(FORM.length()) == '.';
        for (int i = FORM.length() + 1; i < end; i++) {
            digits &= isDigit(text.charAt(i));
        }
        return digits;
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    private static Instant read(String text) {
        int nanos = 0;
        int digits = 0;
        for (int i = FORM.length() + 1; i < text.length() - 1; i++, digits++) {
            nanos = nanos * 10 + text.charAt(i) - '0';
        }
        for (; digits < 9; digits++) {
            nanos *= 10;
        }
        return LocalDateTime.of(
                        number(text, 0, 4),
                        number(text, 5, 7),
                        number(text, 8, 10),
                        number(text, 11, 13),
                        number(text, 14, 16),
                        number(text, 17, 19),
                        nanos)
                .toInstant(ZoneOffset.UTC);
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }
}
