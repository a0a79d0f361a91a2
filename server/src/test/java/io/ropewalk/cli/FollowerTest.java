package io.ropewalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class FollowerTest {
    private static final Tree RUN =
            Tree.parse("{\"id\":\"r-1\",\"number\":7,\"project\":\"digits\",\"state\":\"running\"}");
    private static final String TAIL = "GET /api/v1/runs/r-1/logs/all/tail";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);

    /// Each look at the clock is so much later than the one before.
    private InstantSource every(Duration step) {
        return () -> now.getAndUpdate(before -> before.plus(step));
    }

    private void follow(String url, InstantSource clock) {
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(Map.of(), Path.of(""), print, print, false);
        new Follower(terminal, new Client(new ServerAddress(url, Optional.empty(), "a test")), clock)
                .show(RUN, new Client.Subscription(), false);
    }

    @Test
    void aConnectionThatBreaksAfterALongSilenceIsMadeAgain() throws IOException {
        try (StandInServer server = new StandInServer()) {
            server.live(TAIL, ": still here\n\n")
                    .live(
                            TAIL,
                            "event: lines\ndata: {\"lines\":[{\"log\":\"a-0\",\"text\":\"late\"}]}\n\nevent: end\n\n");

            follow(server.url(), every(Duration.ofMinutes(6)));

            assertThat(out.toString(StandardCharsets.UTF_8).lines()).containsExactly("late");
        }
    }

    @Test
    void aServerThatStaysAwayIsGivenUpAfterAWhile() throws IOException {
        String url;
        try (StandInServer server = new StandInServer()) {
            url = server.url();
        }
        assertThatThrownBy(() -> follow(url, every(Duration.ofMinutes(2))))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("went away");
        assertThat(now.get()).isEqualTo(Instant.EPOCH.plus(Duration.ofMinutes(8)));
    }
}
