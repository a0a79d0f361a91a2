package io.ropewalk.spi.executor;

/// A cluster that can say, in one line for people, how it keeps replicas apart on this machine.
public interface DescribesIsolation {
    String isolation();
}
