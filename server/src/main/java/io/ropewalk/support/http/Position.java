package io.ropewalk.support.http;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A place in a list that is in the order of time: what the `next` of a [Page] stands for.
///
/// @param at epoch milliseconds
/// @param id orders what is of one moment
public record Position(long at, String id) {
    public static Position of(Instant at, String id) {
        return new Position(at.toEpochMilli(), id);
    }

    /// As the client is given it.
    public String cursor() {
        return at + "_" + id;
    }

    /// @return null at the list's beginning
    public static @Nullable Position parse(@Nullable String cursor) {
        if (cursor == null || cursor.isEmpty()) {
            return null;
        }
        int bar = cursor.indexOf('_');
        try {
            return new Position(Long.parseLong(cursor, 0, Math.max(bar, 0), 10), cursor.substring(bar + 1));
        } catch (NumberFormatException e) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST, "'cursor' is not one that this list gave; begin without.", e);
        }
    }
}
