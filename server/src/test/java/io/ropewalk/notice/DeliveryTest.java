package io.ropewalk.notice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeliveryTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    @Test
    void whatDoesNotArriveIsTriedLaterAndLaterAndThenNoMore() {
        Delivery delivery = Delivery.first("msg_1", "c", "{}", NOW);
        List<Duration> pauses = new ArrayList<>();
        Instant at = NOW;
        while (delivery.state() == Delivery.State.WAITING) {
            at = delivery.dueAt();
            delivery = delivery.after(new Delivery.Attempt(at, "no", 3), false);
            if (delivery.state() == Delivery.State.WAITING) {
                pauses.add(Duration.between(at, delivery.dueAt()));
            }
        }
        assertThat(delivery.state()).isEqualTo(Delivery.State.DEAD);
        assertThat(delivery.log()).hasSize(8);
        assertThat(delivery.log().getLast().problem()).isEqualTo("no");
        assertThat(pauses)
                .containsExactly(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(2),
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(30),
                        Duration.ofHours(2),
                        Duration.ofHours(6));
    }

    @Test
    void whatArrivesIsDone() {
        Delivery delivery = Delivery.first("msg_1", "c", "{}", NOW)
                .after(new Delivery.Attempt(NOW, "no", 3), false)
                .after(new Delivery.Attempt(NOW.plusSeconds(5), null, 3), false);
        assertThat(delivery.state()).isEqualTo(Delivery.State.DELIVERED);
        assertThat(delivery.log()).hasSize(2);
        assertThat(delivery.id()).isEqualTo("msg_1");
    }

    @Test
    void whoWantsNothingMoreGetsNothingMore() {
        assertThat(Delivery.first("msg_1", "c", "{}", NOW)
                        .after(new Delivery.Attempt(NOW, "It answered 410.", 3), true)
                        .state())
                .isEqualTo(Delivery.State.DEAD);
    }
}
