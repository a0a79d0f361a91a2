package io.ropewalk.notice;

import io.ropewalk.access.Tokens;
import io.ropewalk.support.egress.Egress;
import io.ropewalk.support.egress.EgressException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/// Calls the addresses of webhooks.
final class Webhooks {
    private static final int GONE = 410;

    private final Egress egress;
    private final Tokens tokens;
    private final Clock clock;

    Webhooks(Egress egress, Tokens tokens, Clock clock) {
        this.egress = egress;
        this.tokens = tokens;
        this.clock = clock;
    }

    /// What its receiver checks signatures with.
    String secret(Channel channel) {
        return Signature.shown(tokens.derived(channel.purpose()));
    }

    void send(Channel channel, Delivery delivery) throws DeliveryException {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("User-Agent", "Ropewalk");
        headers.putAll(
                Signature.headers(tokens.derived(channel.purpose()), delivery.id(), clock.instant(), delivery.body()));
        Egress.Sent sent;
        try {
            sent = egress.post(channel.target(), headers, delivery.body().getBytes(StandardCharsets.UTF_8));
        } catch (EgressException e) {
            throw new DeliveryException(String.valueOf(e.getMessage()), e);
        }
        if (sent.status() >= 200 && sent.status() < 300) {
            return;
        }
        if (sent.status() >= 300 && sent.status() < 400) {
            throw new DeliveryException(
                    "It answered %d and sent us elsewhere, where we do not go; give the channel the address itself."
                            .formatted(sent.status()),
                    false);
        }
        String said = sent.beginning().strip().replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "?");
        throw new DeliveryException(
                "It answered %d%s".formatted(sent.status(), said.isEmpty() ? "." : ": " + shortened(said)),
                sent.status() == GONE);
    }

    private static String shortened(String text) {
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }
}
