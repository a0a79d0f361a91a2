package io.ropewalk.extensions.executor.local;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the operator has said about this machine, below `local.` in the settings of extensions.
///
/// @param milliCpu `local.cpus`: processors to give out, such as `2` or `1.5`; what the machine has, when absent
/// @param memoryBytes `local.memory`: memory to give out, such as `8Gi`; what the machine has, when absent
/// @param gpus `local.gpus`: devices to give out; what the driver lists, when absent
/// @param isolation `local.isolation`: `auto`, or `directories` to do without mounts
/// @param environment `local.environment`: further variables of the server that programs get too, separated by commas
record LocalSettings(
        OptionalLong milliCpu,
        OptionalLong memoryBytes,
        OptionalInt gpus,
        IsolationWish isolation,
        List<String> environment) {
    private static final Pattern QUANTITY = Pattern.compile("([0-9]+)(Ki|Mi|Gi|Ti|K|M|G|T)?");
    private static final Set<String> KEYS = Set.of("cpus", "memory", "gpus", "isolation", "environment");

    LocalSettings {
        environment = List.copyOf(environment);
    }

    enum IsolationWish {
        AUTO,
        DIRECTORIES
    }

    static LocalSettings of(Map<String, String> settings) {
        Set<String> unknown = new TreeSet<>();
        settings.keySet().forEach(key -> {
            if (key.startsWith("local.") && !KEYS.contains(key.substring("local.".length()))) {
                unknown.add(key);
            }
        });
        if (!unknown.isEmpty()) {
            throw bad(String.join(", ", unknown), "there is no such setting; there are " + new TreeSet<>(KEYS));
        }
        List<String> environment = new ArrayList<>();
        for (String name : settings.getOrDefault("local.environment", "").split(",", -1)) {
            if (!name.isBlank()) {
                environment.add(name.strip());
            }
        }
        return new LocalSettings(
                settings.containsKey("local.cpus")
                        ? OptionalLong.of(milliCpu(settings.getOrDefault("local.cpus", "")))
                        : OptionalLong.empty(),
                settings.containsKey("local.memory")
                        ? OptionalLong.of(bytes(settings.getOrDefault("local.memory", "")))
                        : OptionalLong.empty(),
                settings.containsKey("local.gpus")
                        ? OptionalInt.of(count(settings.getOrDefault("local.gpus", "")))
                        : OptionalInt.empty(),
                isolation(settings.getOrDefault("local.isolation", "auto")),
                environment);
    }

    private static long milliCpu(String text) {
        if (!text.matches("[0-9]{1,6}(\\.[0-9]{1,3})?") || Double.parseDouble(text) <= 0) {
            throw bad("local.cpus", "'" + text + "' is not a number of processors such as 2 or 1.5");
        }
        return Math.round(Double.parseDouble(text) * 1000);
    }

    private static long bytes(String text) {
        Matcher matcher = QUANTITY.matcher(text);
        if (!matcher.matches() || matcher.group(1).length() > 12) {
            throw bad("local.memory", "'" + text + "' is not an amount of memory such as 8Gi");
        }
        String unit = matcher.group(2) == null ? "" : matcher.group(2);
        long base = unit.endsWith("i") ? 1024 : 1000;
        long factor = 1;
        for (int power = unit.isEmpty() ? 0 : 1 + "KMGT".indexOf(unit.charAt(0)); power > 0; power--) {
            factor *= base;
        }
        return Math.multiplyExact(Long.parseLong(matcher.group(1)), factor);
    }

    private static int count(String text) {
        if (!text.matches("[0-9]{1,4}")) {
            throw bad("local.gpus", "'" + text + "' is not a number of devices");
        }
        return Integer.parseInt(text);
    }

    private static IsolationWish isolation(String text) {
        return switch (text) {
            case "auto" -> IsolationWish.AUTO;
            case "directories" -> IsolationWish.DIRECTORIES;
            default -> throw bad("local.isolation", "'" + text + "' is neither auto nor directories");
        };
    }

    private static RopewalkException bad(String key, String problem) {
        return new RopewalkException(
                ErrorCode.INVALID_REQUEST, "The setting %s of the local executor: %s.".formatted(key, problem));
    }
}
