package io.ropewalk.spi.executor;

/// One replica of a launch: `worker-0` is the first of role `worker`.
public record ReplicaId(String role, int index) {
    @Override
    public String toString() {
        return role + "-" + index;
    }

    public static ReplicaId parse(String text) {
        int dash = text.lastIndexOf('-');
        if (dash < 1) {
            throw new IllegalArgumentException("'" + text + "' is not <role>-<index>");
        }
        return new ReplicaId(text.substring(0, dash), Integer.parseInt(text, dash + 1, text.length(), 10));
    }
}
