package io.ropewalk.notice;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.ropewalk.metric.Extent;
import io.ropewalk.metric.Point;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.math.BigDecimal;
import java.time.Duration;

/// What somebody wants to be told of.
public sealed interface Occasion {
    int LONGEST_MINUTES = 7 * 24 * 60;

    Kind kind();

    /// As it is said behind "when a run": `fails`, `is silent for 10 minutes`.
    String words();

    enum Kind {
        @JsonProperty("ended")
        ENDED,
        @JsonProperty("failed")
        FAILED,
        @JsonProperty("silent")
        SILENT,
        @JsonProperty("number")
        NUMBER
    }

    enum Is {
        @JsonProperty("above")
        ABOVE,
        @JsonProperty("below")
        BELOW,
        @JsonProperty("nan")
        NAN
    }

    /// It has ended, in whatever way.
    record Ended() implements Occasion {
        @Override
        public Kind kind() {
            return Kind.ENDED;
        }

        @Override
        public String words() {
            return "ends";
        }
    }

    record Failed() implements Occasion {
        @Override
        public Kind kind() {
            return Kind.FAILED;
        }

        @Override
        public String words() {
            return "fails";
        }
    }

    /// It runs and writes neither a line nor a number.
    record Silent(int minutes) implements Occasion {
        public Silent {
            if (minutes < 1 || minutes > LONGEST_MINUTES) {
                throw new RopewalkException(
                        ErrorCode.INVALID_REQUEST,
                        "'minutes' says how long a run may be silent: a number from 1 to %d, not %d."
                                .formatted(LONGEST_MINUTES, minutes));
            }
        }

        @Override
        public Kind kind() {
            return Kind.SILENT;
        }

        @Override
        public String words() {
            return "is silent for %d minute%s".formatted(minutes, minutes == 1 ? "" : "s");
        }

        public Duration atLeast() {
            return Duration.ofMinutes(minutes);
        }
    }

    /// One of its numbers has gone too far, even once.
    ///
    /// @param value without meaning for [Is#NAN]
    record Crossing(String metric, Is is, double value) implements Occasion {
        public Crossing {
            if (!Point.named(metric)) {
                throw new RopewalkException(
                        ErrorCode.INVALID_REQUEST,
                        "'metric' is the name of a series, 1 to %d printable characters with no blank at the ends."
                                .formatted(Point.LONGEST_NAME));
            }
            if (Double.isNaN(value) || (Double.isInfinite(value) && is != Is.NAN)) {
                throw new RopewalkException(
                        ErrorCode.INVALID_REQUEST,
                        "'value' is a plain number to compare '%s' with; for what is no number, ask for 'is: nan'."
                                .formatted(metric));
            }
            value = is == Is.NAN ? 0 : value + 0.0;
        }

        @Override
        public Kind kind() {
            return Kind.NUMBER;
        }

        @Override
        public String words() {
            return "has " + condition();
        }

        /// Such as `loss > 10`.
        String condition() {
            return switch (is) {
                case ABOVE -> metric + " > " + plain(value);
                case BELOW -> metric + " < " + plain(value);
                case NAN -> metric + " NaN";
            };
        }

        boolean met(Extent extent) {
            return switch (is) {
                case ABOVE -> extent.max() > value;
                case BELOW -> extent.min() < value;
                case NAN -> extent.nan();
            };
        }

        /// What of a series tells that it is so.
        String seen(Extent extent) {
            return switch (is) {
                case ABOVE -> "%s has reached %s".formatted(metric, plain(extent.max()));
                case BELOW -> "%s has fallen to %s".formatted(metric, plain(extent.min()));
                case NAN -> metric + " is NaN";
            };
        }

        private static String plain(double value) {
            if (Double.isInfinite(value)) {
                return value > 0 ? "Infinity" : "-Infinity";
            }
            BigDecimal number = BigDecimal.valueOf(value).stripTrailingZeros();
            return Math.abs(number.precision() - number.scale()) > 12 ? Double.toString(value) : number.toPlainString();
        }
    }

    /// Names an occasion within a person's notices of a run: all that is told of its end is told once.
    default String key() {
        return switch (this) {
            case Ended _, Failed _ -> "end";
            case Silent(int minutes) -> "silent " + minutes;
            case Crossing crossing -> "number " + crossing.condition();
        };
    }
}
