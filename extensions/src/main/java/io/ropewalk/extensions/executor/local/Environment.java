package io.ropewalk.extensions.executor.local;

import io.ropewalk.spi.executor.EnvironmentValue;
import io.ropewalk.spi.executor.Launch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The variables of a replica's program.
///
/// @param variables in order
/// @param leftOut names whose values no shell can hand on
record Environment(Map<String, String> variables, List<String> leftOut) {
    /// What a program may know of the server's own environment. Whatever else is there may be a secret.
    private static final Set<String> INHERITED = Set.of(
            "PATH",
            "HOME",
            "USER",
            "LOGNAME",
            "SHELL",
            "LANG",
            "LANGUAGE",
            "TZ",
            "TMPDIR",
            "LD_LIBRARY_PATH",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "REQUESTS_CA_BUNDLE",
            "CURL_CA_BUNDLE",
            "http_proxy",
            "https_proxy",
            "no_proxy",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "NO_PROXY");
    /// Bash sets these itself and lets nobody else.
    private static final Set<String> FIXED =
            Set.of("BASHOPTS", "BASH_VERSINFO", "EUID", "PPID", "SHELLOPTS", "UID", "GROUPS");
    /// The kernel takes no variable of more bytes than this, name and all.
    private static final int LONGEST = 131_071;

    Environment {
        variables = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(variables));
        leftOut = List.copyOf(leftOut);
    }

    /// The part that all programs of this server have in common.
    static Map<String, String> inherited(Map<String, String> server, List<String> more) {
        Map<String, String> inherited = new TreeMap<>();
        server.forEach((name, value) -> {
            if (INHERITED.contains(name) || name.startsWith("LC_") || more.contains(name)) {
                inherited.put(name, value);
            }
        });
        return inherited;
    }

    /// @param paths where the mounts stand, by name
    /// @param machineHasGpus then a program without a device must not see any
    static Environment of(
            Launch.Replica replica, Plan plan, Plan.Place place, Map<String, String> paths, boolean machineHasGpus) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (Launch.Variable variable : replica.environment()) {
            variables.put(variable.name(), text(variable.value(), plan, place, paths));
        }
        if (machineHasGpus || !place.devices().isEmpty()) {
            variables.put("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
            variables.put("CUDA_VISIBLE_DEVICES", place.deviceList());
        }
        List<String> leftOut = variables.entrySet().stream()
                .filter(variable -> !canBePassed(variable.getKey(), variable.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        leftOut.forEach(variables::remove);
        FIXED.forEach(variables::remove);
        return new Environment(variables, leftOut);
    }

    /// Text that sets and exports the variables in any shell.
    String script() {
        StringBuilder script = new StringBuilder();
        for (String name : leftOut) {
            script.append("echo ")
                    .append(Shell.quote(
                            "ropewalk: the variable '%s' is left out: its name or value cannot be passed to a program."
                                    .formatted(name.replace('\0', '?'))))
                    .append(" >&2\n");
        }
        variables.forEach((name, value) -> script.append("export ")
                .append(name)
                .append('=')
                .append(Shell.quote(value))
                .append('\n'));
        return script.toString();
    }

    private static boolean canBePassed(String name, String value) {
        return Shell.isVariableName(name)
                && value.indexOf('\0') < 0
                && name.length() + value.getBytes(java.nio.charset.StandardCharsets.UTF_8).length < LONGEST;
    }

    private static String text(EnvironmentValue value, Plan plan, Plan.Place place, Map<String, String> paths) {
        return switch (value) {
            case EnvironmentValue.Literal literal -> literal.text();
            case EnvironmentValue.PeerList peers ->
                plan.places().stream()
                        .filter(peer -> peer.replica().role().equals(peers.role()))
                        .sorted(java.util.Comparator.comparingInt(
                                peer -> peer.replica().index()))
                        .map(peer -> peers.withPorts() && peer.port() > 0
                                ? peer.address() + ":" + peer.port()
                                : peer.address())
                        .collect(Collectors.joining(","));
            case EnvironmentValue.OwnAddress _ -> place.address();
            case EnvironmentValue.OwnPort _ -> place.port() > 0 ? Integer.toString(place.port()) : "";
            case EnvironmentValue.AllocatedGpus _ -> place.deviceList();
            case EnvironmentValue.MountPath mount -> paths.getOrDefault(mount.mount(), "");
            case EnvironmentValue.Joined joined ->
                joined.parts().stream()
                        .map(part -> text(part, plan, place, paths))
                        .collect(Collectors.joining());
        };
    }
}
