package io.ropewalk.run;

import io.ropewalk.support.db.Database;
import java.time.Clock;
import java.time.Duration;

/// What there is to tell of the runs of a database, without a server.
public final class TestNews {
    private TestNews() {}

    public static RunNews of(Database database, Clock clock) {
        return new RunNews(new RunStore(database), new LastWrites(database, clock, Duration.ofMinutes(5)));
    }
}
