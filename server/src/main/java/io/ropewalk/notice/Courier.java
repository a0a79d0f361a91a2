package io.ropewalk.notice;

import io.ropewalk.support.failpoint.Failpoints;
import io.ropewalk.support.time.Signals;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings what is on its way to where it goes: at least once, each channel's in order while it takes them, one
/// channel never behind another. What a crash interrupts is sent again under the same id.
final class Courier implements AutoCloseable {
    static final String TOPIC = "deliveries";

    private static final Logger LOG = LoggerFactory.getLogger(Courier.class);
    private static final Duration BETWEEN = Duration.ofSeconds(1);
    private static final int AT_ONCE = 200;
    private static final int CHANNELS_AT_ONCE = 16;

    private final ChannelStore store;
    private final Webhooks webhooks;
    private final Mails mails;
    private final Signals signals;
    private final Clock clock;
    private final Set<String> busy = ConcurrentHashMap.newKeySet();
    private final Semaphore room = new Semaphore(CHANNELS_AT_ONCE);
    private Thread looking = Thread.ofVirtual().unstarted(() -> {});
    private volatile boolean closed;

    Courier(ChannelStore store, Webhooks webhooks, Mails mails, Signals signals, Clock clock) {
        this.store = store;
        this.webhooks = webhooks;
        this.mails = mails;
        this.signals = signals;
        this.clock = clock;
    }

    void start() {
        looking = Thread.ofVirtual().name("courier").start(this::lookUntilInterrupted);
    }

    private void lookUntilInterrupted() {
        try (Signals.Watch more = signals.watch(TOPIC)) {
            while (!closed) {
                try {
                    begin();
                } catch (Exception e) {
                    LOG.error("nothing is delivered for now; it is tried again", e);
                }
                more.await(BETWEEN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Sends everything that is due now.
    void pass() throws InterruptedException {
        for (Thread sending : begin()) {
            sending.join();
        }
    }

    /// Begins to send what is due, one thread for each channel.
    private List<Thread> begin() {
        Map<String, List<Delivery>> due = new LinkedHashMap<>();
        store.due(clock.instant(), busy, AT_ONCE)
                .forEach(delivery -> due.computeIfAbsent(delivery.channel(), _ -> new ArrayList<>())
                        .add(delivery));
        List<Thread> sending = new ArrayList<>();
        due.forEach((channel, deliveries) -> {
            if (room.tryAcquire()) {
                busy.add(channel);
                sending.add(Thread.startVirtualThread(() -> send(channel, deliveries)));
            }
        });
        return sending;
    }

    private void send(String channel, List<Delivery> deliveries) {
        try {
            Optional<Channel> found = store.find(channel);
            for (Delivery delivery : deliveries) {
                if (closed || found.isEmpty() || !arrived(found.get(), delivery)) {
                    return;
                }
            }
            signals.signal(TOPIC);
        } catch (Exception e) {
            LOG.error("channel {} delivers nothing for now; it is tried again", channel, e);
        } finally {
            busy.remove(channel);
            room.release();
        }
    }

    private boolean arrived(Channel channel, Delivery delivery) {
        Failpoints.DELIVERY_DUE.reached();
        Instant at = clock.instant();
        long began = System.nanoTime();
        String problem = null;
        boolean hopeless = false;
        try {
            switch (channel.kind()) {
                case WEBHOOK -> webhooks.send(channel, delivery);
                case EMAIL -> mails.send(channel, delivery);
            }
        } catch (DeliveryException e) {
            problem = String.valueOf(e.getMessage());
            hopeless = e.hopeless();
        }
        if (closed && problem != null) {
            // It was cut off by our own end, which is no fault of the receiver's.
            return false;
        }
        Failpoints.DELIVERY_SENT.reached();
        long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
        Delivery after = delivery.after(new Delivery.Attempt(at, problem, millis), hopeless);
        store.update(after);
        Failpoints.DELIVERY_STORED.reached();
        if (after.state() == Delivery.State.DEAD) {
            LOG.warn("delivery {} over channel '{}' is given up: {}", after.id(), channel.name(), problem);
        }
        return problem == null;
    }

    /// What is being sent has a moment to arrive; what has not is sent by the next server.
    @Override
    public void close() {
        closed = true;
        signals.signal(TOPIC);
        try {
            looking.join(5_000);
            if (!room.tryAcquire(CHANNELS_AT_ONCE, 2, TimeUnit.SECONDS)) {
                LOG.debug("some deliveries are cut off");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
