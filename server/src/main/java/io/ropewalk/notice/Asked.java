package io.ropewalk.notice;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import org.jspecify.annotations.Nullable;

/// An occasion as it is written: on the wire, and in its row.
///
/// @param minutes of silence
/// @param metric the name of a series
/// @param value what it is compared with
record Asked(
        Occasion.Kind on,
        @Nullable Integer minutes,
        @Nullable String metric,
        Occasion.@Nullable Is is,
        @Nullable Double value) {

    static Asked of(Occasion occasion) {
        Occasion.Kind kind = occasion.kind();
        return switch (occasion) {
            case Occasion.Ended _, Occasion.Failed _ -> new Asked(kind, null, null, null, null);
            case Occasion.Silent(int minutes) -> new Asked(kind, minutes, null, null, null);
            case Occasion.Crossing(String metric, Occasion.Is is, double value) ->
                new Asked(kind, null, metric, is, is == Occasion.Is.NAN ? null : value);
        };
    }

    Occasion occasion() {
        return switch (on) {
            case ENDED -> alone(new Occasion.Ended());
            case FAILED -> alone(new Occasion.Failed());
            case SILENT -> silent();
            case NUMBER -> number();
        };
    }

    private Occasion alone(Occasion occasion) {
        if (minutes != null || metric != null || is != null || value != null) {
            throw wrong("A rule for a run that %s takes no 'minutes', 'metric', 'is' or 'value'."
                    .formatted(occasion.words()));
        }
        return occasion;
    }

    private Occasion silent() {
        if (minutes == null) {
            throw wrong("A rule for a silent run says after how many 'minutes', such as 10.");
        }
        if (metric != null || is != null || value != null) {
            throw wrong("A rule for a silent run takes 'minutes' alone, no 'metric', 'is' or 'value'.");
        }
        return new Occasion.Silent(minutes);
    }

    private Occasion number() {
        if (metric == null || is == null) {
            throw wrong("A rule for a number names its 'metric' and says when: 'is' above, below or nan.");
        }
        if (minutes != null) {
            throw wrong("A rule for a number takes no 'minutes'.");
        }
        if ((value == null) != (is == Occasion.Is.NAN)) {
            throw wrong(
                    is == Occasion.Is.NAN
                            ? "A rule for NaN takes no 'value'."
                            : "A rule for a number says with which 'value' '%s' is compared.".formatted(metric));
        }
        return new Occasion.Crossing(metric, is, value == null ? 0 : value);
    }

    private static RopewalkException wrong(String message) {
        return new RopewalkException(ErrorCode.INVALID_REQUEST, message);
    }
}
