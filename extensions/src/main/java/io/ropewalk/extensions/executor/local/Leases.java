package io.ropewalk.extensions.executor.local;

import io.ropewalk.spi.DurableStep;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/// Addresses, ports and devices of this machine, each given to one launch at a time. A lease is a symbolic link named
/// after the thing and pointing to the launch's directory: making it is atomic and exclusive, between servers too,
/// and after a crash the links are the account.
final class Leases {
    static final Duration MAKING_A_PLAN_TAKES_LESS_THAN = Duration.ofMinutes(1);
    private static final int ADDRESSES = 255 * 254;
    private static final int FIRST_PORT = 20_000;
    private static final int PORTS = 10_000;

    private final Path addresses;
    private final Path ports;
    private final Path devices;
    private final int network;
    private final AtomicInteger nextAddress =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(ADDRESSES));
    private final AtomicInteger nextPort =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(PORTS));

    Leases(Path base) throws IOException {
        Path home = base.toAbsolutePath().normalize();
        addresses = Files.createDirectories(home.resolve("addresses"));
        ports = Files.createDirectories(home.resolve("ports"));
        devices = Files.createDirectories(home.resolve("devices"));
        // Servers with other data directories usually get other networks.
        network = 1 + Math.floorMod(home.toString().hashCode(), 254);
    }

    /// An address of the loopback network that no other replica has.
    String address(Path owner) {
        for (int tries = 0; tries < ADDRESSES; tries++) {
            int number = Math.floorMod(nextAddress.getAndIncrement(), ADDRESSES);
            String address = "127.%d.%d.%d".formatted(network, 1 + number / 254, 1 + number % 254);
            if (take(addresses.resolve(address), owner)) {
                DurableStep.reached("local.address.taken");
                return address;
            }
        }
        throw new RopewalkException(
                ErrorCode.UNAVAILABLE,
                "No address is free for a replica of '%s': all %d are given out. Try again when other runs have ended."
                        .formatted(owner.getFileName(), ADDRESSES));
    }

    /// A port that no other replica on this machine has and nobody listens on: the wanted one where possible.
    int port(int wanted, Path owner) {
        if (takePort(wanted, owner)) {
            return wanted;
        }
        for (int tries = 0; tries < PORTS; tries++) {
            int port = FIRST_PORT + Math.floorMod(nextPort.getAndIncrement(), PORTS);
            if (takePort(port, owner)) {
                return port;
            }
        }
        throw new RopewalkException(
                ErrorCode.UNAVAILABLE,
                "No port is free for a replica of '%s': %d to %d are all taken. Try again when other runs have ended."
                        .formatted(owner.getFileName(), FIRST_PORT, FIRST_PORT + PORTS - 1));
    }

    List<Integer> devices(int count, int total, Path owner) {
        List<Integer> taken = new ArrayList<>();
        for (int device = 0; device < total && taken.size() < count; device++) {
            if (take(devices.resolve(Integer.toString(device)), owner)) {
                taken.add(device);
            }
        }
        if (taken.size() < count) {
            throw new RopewalkException(
                    ErrorCode.UNAVAILABLE,
                    "A replica of '%s' needs %d GPUs and %d of %d are free. Try again when other runs have ended."
                            .formatted(owner.getFileName(), count, taken.size(), total));
        }
        return taken;
    }

    /// Takes back what the plan has given out.
    void release(Plan plan, Path owner) {
        for (Plan.Place place : plan.places()) {
            give(addresses.resolve(place.address()), owner);
            give(ports.resolve(Integer.toString(place.port())), owner);
            for (int device : place.devices()) {
                give(devices.resolve(Integer.toString(device)), owner);
            }
        }
    }

    /// Takes back everything that a launch has.
    void releaseAll(Path owner) {
        for (Path kind : List.of(addresses, ports, devices)) {
            list(kind).forEach(lease -> give(lease, owner));
        }
    }

    /// The directories of all launches that have something.
    Set<Path> owners() {
        return list(addresses).stream().map(Leases::owner).collect(Collectors.toSet());
    }

    /// Takes back what crashes have left: leases of launches that never settled a plan or are gone.
    void sweep() {
        for (Path kind : List.of(addresses, ports, devices)) {
            for (Path lease : list(kind)) {
                Path owner = owner(lease);
                LaunchFiles files = new LaunchFiles(owner);
                boolean held = !files.isReleased()
                        && files.plan()
                                .filter(plan ->
                                        mentions(plan, kind, lease.getFileName().toString()))
                                .isPresent();
                if (!held && isOld(lease)) {
                    give(lease, owner);
                }
            }
        }
    }

    private boolean mentions(Plan plan, Path kind, String thing) {
        return plan.places().stream()
                .anyMatch(place -> kind.equals(addresses)
                        ? place.address().equals(thing)
                        : kind.equals(ports)
                                ? Integer.toString(place.port()).equals(thing)
                                : place.devices().contains(Integer.valueOf(thing)));
    }

    private boolean takePort(int port, Path owner) {
        Path lease = ports.resolve(Integer.toString(port));
        if (!take(lease, owner)) {
            return false;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(port));
            return true;
        } catch (IOException e) {
            give(lease, owner);
            return false;
        }
    }

    private static boolean take(Path lease, Path owner) {
        try {
            // The kernel keeps a short text with the link itself; a long one costs a block of the disk.
            Files.createSymbolicLink(lease, lease.resolveSibling("").relativize(owner));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void give(Path lease, Path owner) {
        try {
            if (Files.isSymbolicLink(lease) && owner(lease).equals(owner)) {
                Files.deleteIfExists(lease);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path owner(Path lease) {
        try {
            return lease.resolveSibling(Files.readSymbolicLink(lease)).normalize();
        } catch (NoSuchFileException e) {
            return Path.of("/nobody");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOld(Path lease) {
        try {
            return Files.getLastModifiedTime(lease, LinkOption.NOFOLLOW_LINKS)
                    .toInstant()
                    .isBefore(Instant.now().minus(MAKING_A_PLAN_TAKES_LESS_THAN));
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> list(Path directory) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            List<Path> all = new ArrayList<>();
            entries.forEach(all::add);
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
