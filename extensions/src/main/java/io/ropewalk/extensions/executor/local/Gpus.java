package io.ropewalk.extensions.executor.local;

import io.ropewalk.spi.executor.ReplicaUse.DeviceUse;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.IntSupplier;
import java.util.function.ToIntBiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the GPUs of this machine do, as the driver's own library (NVML) tells. The library is opened when a
/// replica has a device for the first time; where there is none, nothing is measured.
final class Gpus {
    private static final Logger LOG = LoggerFactory.getLogger(Gpus.class);
    private static final String LIBRARY = "libnvidia-ml.so.1";

    private final String name;
    private boolean tried;
    private Optional<Library> library = Optional.empty();

    Gpus() {
        this(LIBRARY);
    }

    /// @param name of the library, or its path
    Gpus(String name) {
        this.name = name;
    }

    /// What can be measured of these devices now.
    synchronized List<DeviceUse> measure(List<Integer> devices) {
        if (devices.isEmpty()) {
            return List.of();
        }
        if (!tried) {
            tried = true;
            library = Library.open(name);
        }
        List<DeviceUse> uses = new ArrayList<>();
        library.ifPresent(open -> devices.forEach(index -> open.measure(index).ifPresent(uses::add)));
        return uses;
    }

    /// The functions that are used, each of which answers 0 when all is well.
    ///
    /// @param device index, place for the device's handle
    /// @param utilization handle, place for two 32-bit percentages: of time computing, of time with memory in use
    /// @param memory handle, place for three 64-bit numbers of bytes: all, free, used
    /// @param power handle, place for 32-bit milliwatts
    /// @param temperature handle, place for 32-bit degrees
    private record Library(
            ToIntBiFunction<Integer, MemorySegment> device,
            ToIntBiFunction<MemorySegment, MemorySegment> utilization,
            ToIntBiFunction<MemorySegment, MemorySegment> memory,
            ToIntBiFunction<MemorySegment, MemorySegment> power,
            ToIntBiFunction<MemorySegment, MemorySegment> temperature) {
        private static final int SENSOR_OF_THE_CHIP = 0;

        @SuppressWarnings({"restricted", "unchecked"})
        static Optional<Library> open(String name) {
            try {
                SymbolLookup symbols = SymbolLookup.libraryLookup(name, Arena.global());
                IntSupplier init = MethodHandleProxies.asInterfaceInstance(
                        IntSupplier.class,
                        function(symbols, "nvmlInit_v2", FunctionDescriptor.of(ValueLayout.JAVA_INT)));
                int answer = init.getAsInt();
                if (answer != 0) {
                    LOG.info("GPUs are not measured: their driver cannot be used (NVML answers {})", answer);
                    return Optional.empty();
                }
                FunctionDescriptor two =
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
                MethodHandle temperature = function(
                        symbols,
                        "nvmlDeviceGetTemperature",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
                return Optional.of(new Library(
                        MethodHandleProxies.asInterfaceInstance(
                                ToIntBiFunction.class,
                                function(
                                        symbols,
                                        "nvmlDeviceGetHandleByIndex_v2",
                                        FunctionDescriptor.of(
                                                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS))),
                        MethodHandleProxies.asInterfaceInstance(
                                ToIntBiFunction.class, function(symbols, "nvmlDeviceGetUtilizationRates", two)),
                        MethodHandleProxies.asInterfaceInstance(
                                ToIntBiFunction.class, function(symbols, "nvmlDeviceGetMemoryInfo", two)),
                        MethodHandleProxies.asInterfaceInstance(
                                ToIntBiFunction.class, function(symbols, "nvmlDeviceGetPowerUsage", two)),
                        MethodHandleProxies.asInterfaceInstance(
                                ToIntBiFunction.class,
                                MethodHandles.insertArguments(temperature, 1, SENSOR_OF_THE_CHIP))));
            } catch (IllegalArgumentException | NoSuchElementException e) {
                LOG.info("GPUs are not measured: {}", e.getMessage());
                return Optional.empty();
            }
        }

        @SuppressWarnings("restricted")
        private static MethodHandle function(SymbolLookup symbols, String name, FunctionDescriptor type) {
            return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), type);
        }

        Optional<DeviceUse> measure(int index) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment place = arena.allocate(ValueLayout.ADDRESS);
                if (device.applyAsInt(index, place) != 0) {
                    return Optional.empty();
                }
                MemorySegment handle = place.get(ValueLayout.ADDRESS, 0);
                MemorySegment answer = arena.allocate(3 * ValueLayout.JAVA_LONG.byteSize(), 8);
                OptionalDouble percent = utilization.applyAsInt(handle, answer) == 0
                        ? OptionalDouble.of(number(answer))
                        : OptionalDouble.empty();
                OptionalLong used = memory.applyAsInt(handle, answer) == 0
                        ? OptionalLong.of(answer.getAtIndex(ValueLayout.JAVA_LONG, 2))
                        : OptionalLong.empty();
                OptionalDouble watts = power.applyAsInt(handle, answer) == 0
                        ? OptionalDouble.of(number(answer) / 1000)
                        : OptionalDouble.empty();
                OptionalDouble celsius = temperature.applyAsInt(handle, answer) == 0
                        ? OptionalDouble.of(number(answer))
                        : OptionalDouble.empty();
                return Optional.of(new DeviceUse(index, percent, used, watts, celsius));
            }
        }

        private static double number(MemorySegment at) {
            return Integer.toUnsignedLong(at.get(ValueLayout.JAVA_INT, 0));
        }
    }
}
