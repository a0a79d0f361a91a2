package io.ropewalk.spi.executor;

/// An amount of machine.
///
/// @param milliCpu thousandths of a processor
/// @param memoryBytes bytes
/// @param gpus whole devices
public record Resources(long milliCpu, long memoryBytes, int gpus) {
    public static final Resources NONE = new Resources(0, 0, 0);

    public Resources plus(Resources other) {
        return new Resources(milliCpu + other.milliCpu, memoryBytes + other.memoryBytes, gpus + other.gpus);
    }

    public Resources minus(Resources other) {
        return new Resources(milliCpu - other.milliCpu, memoryBytes - other.memoryBytes, gpus - other.gpus);
    }

    public Resources times(int count) {
        return new Resources(milliCpu * count, memoryBytes * count, gpus * count);
    }

    public boolean fitsIn(Resources room) {
        return milliCpu <= room.milliCpu && memoryBytes <= room.memoryBytes && gpus <= room.gpus;
    }
}
