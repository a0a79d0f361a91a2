package io.ropewalk.run;

import io.ropewalk.access.Caller;
import io.ropewalk.access.Right;
import io.ropewalk.log.LinePattern;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.http.Call;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.http.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finding lines in the logs of all runs, over HTTP.
final class RunSearchApi {
    private static final int LINES = 100;

    private final RunSearch search;

    RunSearchApi(RunSearch search) {
        this.search = search;
    }

    /// @param q what a line must contain
    /// @param regex whether `q` is a regular expression
    /// @param context lines to show before and after each match
    /// @param limit matching lines at most
    /// @param cursor where an earlier answer ended
    record Find(
            @Nullable String q,
            @Nullable Boolean regex,
            @Nullable Integer context,
            @Nullable Integer limit,
            @Nullable String cursor) {}

    List<Endpoint<?, ?>> endpoints() {
        return List.of(Endpoint.get(
                "/api/v1/search/logs",
                Right.READ,
                Find.class,
                Reply.of(RunSearch.Found.class),
                "Find lines in the logs of all runs, newest run first",
                this::find));
    }

    private RunSearch.Found find(Find request, Call call) {
        if (request.q() == null || request.q().isEmpty()) {
            throw new RopewalkException(ErrorCode.INVALID_REQUEST, "Say in 'q' what a line must contain.");
        }
        LinePattern pattern =
                Boolean.TRUE.equals(request.regex()) ? LinePattern.regex(request.q()) : LinePattern.text(request.q());
        return search.find(
                Caller.of(call).scope(),
                pattern,
                within("context", request.context(), 0, 0, 50),
                within("limit", request.limit(), LINES, 1, 1_000),
                request.cursor());
    }

    private static int within(String name, @Nullable Integer given, int otherwise, int least, int most) {
        int value = given == null ? otherwise : given;
        if (value < least || value > most) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST, "'%s' is a number of lines from %d to %d.".formatted(name, least, most));
        }
        return value;
    }
}
