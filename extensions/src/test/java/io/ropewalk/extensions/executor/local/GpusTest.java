package io.ropewalk.extensions.executor.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.spi.executor.ReplicaUse.DeviceUse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against a stand-in of the driver's library, where there is a compiler to make one.
final class GpusTest {
    private static final String LIBRARY = """
            typedef struct { int index; } device;
            static device devices[2] = {{0}, {1}};
            int nvmlInit_v2(void) { return 0; }
            int nvmlDeviceGetHandleByIndex_v2(unsigned index, device **at) {
                if (index > 1) return 2;
                *at = &devices[index];
                return 0;
            }
            int nvmlDeviceGetUtilizationRates(device *of, unsigned *at) { at[0] = 40 + of->index; at[1] = 7; return 0; }
            int nvmlDeviceGetMemoryInfo(device *of, unsigned long long *at) {
                at[0] = 80000000000ull; at[1] = 50000000000ull; at[2] = 30000000000ull + of->index;
                return 0;
            }
            int nvmlDeviceGetPowerUsage(device *of, unsigned *at) { if (of->index) return 3; at[0] = 351500; return 0; }
            int nvmlDeviceGetTemperature(device *of, unsigned sensor, unsigned *at) {
                if (sensor) return 2;
                at[0] = 61;
                return 0;
            }
            """;

    @Test
    void whatADeviceCannotTellIsAbsent(@TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(Isolation.find("cc").isPresent(), "no compiler");
        Path source = Files.writeString(directory.resolve("stand-in.c"), LIBRARY);
        Path library = directory.resolve("stand-in.so");
        int code = new ProcessBuilder("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString())
                .inheritIO()
                .start()
                .waitFor();
        assertThat(code).isZero();
        assertThat(new Gpus(library.toString()).measure(List.of(1, 0, 5)))
                .containsExactly(
                        new DeviceUse(
                                1,
                                OptionalDouble.of(41),
                                OptionalLong.of(30_000_000_001L),
                                OptionalDouble.empty(),
                                OptionalDouble.of(61)),
                        new DeviceUse(
                                0,
                                OptionalDouble.of(40),
                                OptionalLong.of(30_000_000_000L),
                                OptionalDouble.of(351.5),
                                OptionalDouble.of(61)));
    }

    @Test
    void withoutTheLibraryNothingIsMeasured(@TempDir Path directory) {
        assertThat(new Gpus(directory.resolve("nothing.so").toString()).measure(List.of(0)))
                .isEmpty();
    }
}
