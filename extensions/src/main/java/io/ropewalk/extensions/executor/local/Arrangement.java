package io.ropewalk.extensions.executor.local;

import io.ropewalk.extensions.executor.local.Layout.Step;
import io.ropewalk.extensions.executor.local.Layout.Tree;
import io.ropewalk.spi.executor.Mount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How one attempt gets its mounts.
///
/// @param paths where each mount has come to stand, by name
/// @param preparation shell text that the supervisor runs first; what takes long is in it
/// @param start shell text that becomes the program; runs in the attempt's root
/// @param sandboxed the program sees other files than its supervisor
record Arrangement(Map<String, String> paths, String preparation, String start, boolean sandboxed) {
    private static final Path BASH = Path.of("/bin/bash");

    Arrangement {
        paths = Map.copyOf(paths);
    }

    /// Makes the directories, links and lists that the attempt needs. May be repeated.
    static Arrangement make(Isolation isolation, AttemptFiles attempt, Path launchDirectory, List<Mount> mounts) {
        for (Mount mount : mounts) {
            Path at = Path.of(mount.at());
            if (!at.isAbsolute()
                    || at.normalize().getNameCount() == 0
                    || at.normalize().startsWith("/proc")) {
                return impossible("The mount '%s' cannot be at '%s': use an absolute path outside of /proc."
                        .formatted(mount.name(), mount.at()));
            }
            if (!Files.exists(mount.from())) {
                return impossible(
                        "The mount '%s' shows '%s', which does not exist.".formatted(mount.name(), mount.from()));
            }
        }
        return switch (isolation) {
            case Isolation.Mounts some when needed(some, launchDirectory, mounts) -> mount(some, attempt, mounts);
            case Isolation.Mounts _, Isolation.Directories _ -> link(attempt, launchDirectory, mounts);
        };
    }

    private static Arrangement impossible(String why) {
        return new Arrangement(
                Map.of(), "echo %s >&2\nreturn 1".formatted(Shell.quote("ropewalk: " + why)), ":", false);
    }

    private static boolean needed(Isolation.Mounts isolation, Path launchDirectory, List<Mount> mounts) {
        return mounts.stream()
                .anyMatch(mount -> !isWhereItIs(mount)
                        && (mount.access() == Mount.Access.READ_ONLY
                                || (mount.access() == Mount.Access.PRIVATE && isolation.layers())
                                || !Path.of(mount.at()).normalize().startsWith(launchDirectory)));
    }

    private static boolean isWhereItIs(Mount mount) {
        return mount.access() == Mount.Access.READ_WRITE
                && Path.of(mount.at()).normalize().equals(mount.from().normalize());
    }

    /// Links and copies.
    private static Arrangement link(AttemptFiles attempt, Path launchDirectory, List<Mount> mounts) {
        Map<String, String> paths = new TreeMap<>();
        List<Tree> trees = new ArrayList<>();
        for (Mount mount : mounts) {
            Path wanted = Path.of(mount.at()).normalize();
            Path at = wanted.startsWith(launchDirectory)
                    ? wanted
                    : attempt.root().resolve(Path.of("/").relativize(wanted));
            paths.put(mount.name(), at.toString());
            if (!isWhereItIs(mount)) {
                trees.add(new Tree(mount.from(), mount.from(), at, mount.access()));
            }
        }
        StringBuilder preparation = new StringBuilder(":");
        for (Step step : Layout.of(trees).steps()) {
            switch (step) {
                case Step.MakeDirectory directory -> makeDirectory(directory.at());
                case Step.Link link -> makeLink(Path.of(link.text()), link.at());
                case Step.Show show -> {
                    makeDirectory(show.at().resolve("..").normalize());
                    switch (show.access()) {
                        case READ_ONLY, READ_WRITE -> makeLink(show.from(), show.at());
                        case PRIVATE -> preparation.append(copy(show.from(), show.at()));
                    }
                }
            }
        }
        return new Arrangement(paths, preparation.toString(), "exec " + shell(), false);
    }

    /// A root of the replica's own, put together from the machine's directories and the mounts.
    private static Arrangement mount(Isolation.Mounts isolation, AttemptFiles attempt, List<Mount> mounts) {
        Map<String, String> paths = new TreeMap<>();
        List<Tree> trees = new ArrayList<>();
        Path machine = Path.of("/");
        trees.add(new Tree(machine, machine, machine, Mount.Access.READ_WRITE));
        StringBuilder preparation = new StringBuilder(":");
        List<String> layers = new ArrayList<>();
        for (int number = 0; number < mounts.size(); number++) {
            Mount mount = mounts.get(number);
            Path wanted = Path.of(mount.at()).normalize();
            paths.put(mount.name(), wanted.toString());
            Path from = mount.from();
            if (mount.access() == Mount.Access.PRIVATE) {
                Path own = attempt.privateCopies().resolve(Integer.toString(number));
                if (isolation.layers() && Files.isDirectory(from) && !isAwkward(from) && !isAwkward(own)) {
                    layers.add(layer(from, own));
                    from = own.resolve("merged");
                } else {
                    makeDirectory(attempt.privateCopies());
                    preparation.append(copy(from, own));
                    from = own;
                }
            }
            trees.add(new Tree(from, mount.from(), Layout.resolved(wanted), mount.access()));
        }
        writeArguments(isolation, attempt, Layout.of(trees));
        String sandbox = "%s --args 3 -- %s 3< ../mounts"
                .formatted(Shell.quote(isolation.bubblewrap().toString()), shell());
        if (layers.isEmpty()) {
            return new Arrangement(paths, preparation.toString(), "exec " + sandbox, true);
        }
        String inner = String.join(" && ", layers) + " && exec \"$@\"";
        return new Arrangement(
                paths,
                preparation.toString(),
                "exec %s --mount --propagation private /bin/sh -c %s sh %s"
                        .formatted(program("unshare"), Shell.quote(inner), sandbox),
                true);
    }

    private static void writeArguments(Isolation.Mounts isolation, AttemptFiles attempt, Layout layout) {
        List<String> arguments = new ArrayList<>();
        if (isolation.ownProcesses()) {
            arguments.add("--unshare-pid");
        }
        for (Step step : layout.steps()) {
            switch (step) {
                case Step.MakeDirectory directory -> {
                    if (directory.at().getNameCount() > 0) {
                        arguments.addAll(List.of("--tmpfs", directory.at().toString()));
                    }
                }
                case Step.Link link ->
                    arguments.addAll(List.of("--symlink", link.text(), link.at().toString()));
                case Step.Show show -> {
                    if (show.at().equals(Path.of("/proc"))) {
                        continue;
                    }
                    String option = show.access() == Mount.Access.READ_ONLY ? "--ro-bind" : "--dev-bind";
                    arguments.addAll(
                            List.of(option, show.from().toString(), show.at().toString()));
                }
            }
        }
        arguments.addAll(
                isolation.ownProcesses() ? List.of("--proc", "/proc") : List.of("--dev-bind", "/proc", "/proc"));
        try {
            Files.write(
                    attempt.directory().resolve("mounts"),
                    (String.join("\0", arguments) + "\0").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String layer(Path from, Path own) {
        for (String part : List.of("upper", "work", "merged")) {
            makeDirectory(own.resolve(part));
        }
        String options =
                "lowerdir=%s,upperdir=%s,workdir=%s".formatted(from, own.resolve("upper"), own.resolve("work"));
        return "%s -t overlay overlay -o %s %s"
                .formatted(
                        program("mount"),
                        Shell.quote(options),
                        Shell.quote(own.resolve("merged").toString()));
    }

    /// Options of a layered mount give these characters a meaning.
    private static boolean isAwkward(Path path) {
        return path.toString().chars().anyMatch(letter -> letter == ',' || letter == ':' || letter == '\\');
    }

    private static String copy(Path from, Path to) {
        return " &&\n    %s -a -H --reflink=auto -- %s %s"
                .formatted(program("cp"), Shell.quote(from.toString()), Shell.quote(to.toString()));
    }

    private static String program(String name) {
        return Isolation.find(name).map(Path::toString).orElse(name);
    }

    private static String shell() {
        return (Files.isExecutable(BASH) ? BASH : Path.of("/bin/sh")) + " -c \"$_rw_command\"";
    }

    private static void makeDirectory(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void makeLink(Path text, Path at) {
        try {
            Files.createSymbolicLink(at, text);
        } catch (FileAlreadyExistsException e) {
            // Made by an earlier submit of the same attempt.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
