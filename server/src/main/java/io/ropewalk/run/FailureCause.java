package io.ropewalk.run;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// Why a run failed.
public enum FailureCause {
    USER_EXIT,
    OUT_OF_MEMORY,
    TIMED_OUT,
    /// It waited longer for a place than its task allows.
    SCHEDULE_TIMEOUT,
    PREEMPTED,
    IMAGE_MISSING,
    SOURCE_MISSING,
    ENVIRONMENT_FAILED,
    SETUP_FAILED,
    /// Nobody can say how its replicas ended.
    CLUSTER_LOST;

    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static FailureCause of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
