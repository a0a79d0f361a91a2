package io.ropewalk.spi.executor;

/// A cluster that can say how much it has in all. What is free is the server's own account of what it has given
/// out.
public interface ReportsCapacity {
    Resources capacity();
}
