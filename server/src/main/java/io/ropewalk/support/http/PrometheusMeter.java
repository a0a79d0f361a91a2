package io.ropewalk.support.http;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/// Counts requests and their time for Prometheus.
public final class PrometheusMeter implements RequestMeter {
    private final PrometheusRegistry registry;
    private final Histogram requests;

    public PrometheusMeter(PrometheusRegistry registry) {
        this.registry = registry;
        this.requests = Histogram.builder()
                .name("ropewalk_http_request_seconds")
                .help("Time to answer a request")
                .labelNames("method", "route", "status")
                .classicOnly()
                .classicUpperBounds(0.001, 0.005, 0.02, 0.1, 0.5, 2, 10)
                .register(registry);
    }

    @Override
    public void count(String method, String route, int status, Duration time) {
        requests.labelValues(method, route, Integer.toString(status)).observe(time.toNanos() / 1e9);
    }

    /// Everything in the registry, as Prometheus reads it.
    public Content.Text text() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.builder().build().write(out, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Content.Text("text/plain; version=0.0.4; charset=utf-8", out.toByteArray());
    }
}
