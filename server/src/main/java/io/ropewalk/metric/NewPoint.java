package io.ropewalk.metric;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.util.OptionalLong;

/// A number that is to be kept.
///
/// @param step empty for one more than the highest step that its series has
/// @param at milliseconds since the epoch
public record NewPoint(String name, OptionalLong step, long at, double value) {
    public NewPoint {
        if (!Point.named(name)) {
            String shown = name.length() > 40 ? name.substring(0, 40) + "…" : name;
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "'%s' cannot be the name of a series: a name is 1 to %d printable characters, with no blank at its ends."
                            .formatted(shown.replaceAll("\\p{Cntrl}", "?"), Point.LONGEST_NAME));
        }
    }

    public NewPoint(String name, long step, long at, double value) {
        this(name, OptionalLong.of(step), at, value);
    }
}
