package io.ropewalk.support.http;

import java.time.Duration;

/// Hears of every request that was answered.
public interface RequestMeter {
    /// @param route the endpoint's path, empty for files and unknown paths
    void count(String method, String route, int status, Duration time);
}
