package io.ropewalk.extensions.executor.local;

import io.ropewalk.spi.LaunchId;
import io.ropewalk.spi.executor.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What the replicas of a launch have been given, settled before any of them starts and never changed while the
/// launch lives, so that all see the same peers.
record Plan(LaunchId launch, List<Place> places) {
    private static final String END = "end\n";

    Plan {
        places = List.copyOf(places);
    }

    /// @param address of this replica alone
    /// @param port that this replica must bind, also if it binds every address; 0 when its role has none
    /// @param devices indexes of the GPUs that are its own
    record Place(ReplicaId replica, String address, int port, List<Integer> devices) {
        Place {
            devices = List.copyOf(devices);
        }

        String deviceList() {
            return devices.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
    }

    Optional<Place> of(ReplicaId replica) {
        return places.stream().filter(place -> place.replica().equals(replica)).findFirst();
    }

    /// The places that another plan has not.
    Plan without(Plan other) {
        return new Plan(
                launch,
                places.stream().filter(place -> !other.places().contains(place)).toList());
    }

    /// The launch, then one line per replica: its name, address, port and devices, separated by tabs.
    String format() {
        return places.stream()
                .map(place -> "%s\t%s\t%d\t%s\n"
                        .formatted(place.replica(), place.address(), place.port(), place.deviceList()))
                .collect(Collectors.joining("", launch + "\n", END));
    }

    /// @return empty when the text is not complete
    static Optional<Plan> parse(String text) {
        if (!text.endsWith("\n" + END)) {
            return Optional.empty();
        }
        List<String> lines = text.lines().toList();
        List<Place> places = new ArrayList<>();
        for (String line : lines.subList(1, lines.size() - 1)) {
            String[] field = line.split("\t", -1);
            List<Integer> devices = new ArrayList<>();
            for (String device : field[3].split(",", -1)) {
                if (!device.isEmpty()) {
                    devices.add(Integer.valueOf(device));
                }
            }
            places.add(new Place(ReplicaId.parse(field[0]), field[1], Integer.parseInt(field[2]), devices));
        }
        return Optional.of(new Plan(new LaunchId(lines.getFirst()), places));
    }
}
