package io.ropewalk.support.failpoint;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A point at which something happens, once.
final class Armed {
    /// What a server that was killed at a point ends with.
    static final int EXIT_CODE = 86;

    private static final Pattern SHAPE =
            Pattern.compile("([a-z]+(?:\\.[a-z]+)+)(?::([1-9][0-9]{0,8}))?(?::(kill|throw))?");

    private final Failpoints point;
    private final AtomicInteger left;
    private final Runnable strike;

    private Armed(Failpoints point, int count, Runnable strike) {
        this.point = point;
        this.left = new AtomicInteger(count);
        this.strike = strike;
    }

    /// @param text such as `run.stored`, `run.stored:3` or `run.stored:3:throw`
    static Armed parse(String text) {
        // No hook runs and no file is closed, as if the machine had taken the process away.
        return parse(text, () -> Runtime.getRuntime().halt(EXIT_CODE));
    }

    static Armed parse(String text, Runnable kill) {
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches()) {
            throw refusal(text, "write NAME, NAME:COUNT, NAME:COUNT:kill or NAME:COUNT:throw");
        }
        Failpoints point = Failpoints.find(matcher.group(1))
                .orElseThrow(() -> refusal(text, "there is no point '%s'".formatted(matcher.group(1))));
        int count = matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2));
        return new Armed(point, count, "throw".equals(matcher.group(3)) ? () -> fail(point) : kill);
    }

    private static RopewalkException refusal(String text, String why) {
        return new RopewalkException(
                ErrorCode.INVALID_REQUEST,
                "The failpoint '%s' cannot be armed: %s. Unset ROPEWALK_FAILPOINT, unless you test the server."
                        .formatted(text, why));
    }

    private static void fail(Failpoints point) {
        throw new RopewalkException(
                ErrorCode.UNAVAILABLE,
                "The failpoint '%s' was reached, where this server is told to fail.".formatted(point));
    }

    void reached(Failpoints reached) {
        if (reached == point && left.decrementAndGet() == 0) {
            strike.run();
        }
    }

    @Override
    public String toString() {
        return point.toString();
    }
}
