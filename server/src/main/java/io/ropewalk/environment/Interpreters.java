package io.ropewalk.environment;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The Pythons of this machine: on the search path, and those that pyenv has installed. Thread-safe; each is asked
/// for its version once.
final class Interpreters {
    private static final Pattern COMMAND = Pattern.compile("python3(\\.\\d+)?");
    private static final String PROBE = """
            import platform, sys, sysconfig
            from importlib.util import find_spec
            print(platform.python_version())
            print(sysconfig.get_platform())
            print(sys.base_prefix)
            print(bool(find_spec("venv") and find_spec("ensurepip")))
            """;

    private final Map<String, String> environment;
    private final Map<Asked, Interpreter> answers = new ConcurrentHashMap<>();

    private record Asked(Path executable, FileTime modifiedAt) {}

    /// @param environment of the server: `PATH`, `PYENV_ROOT`, `HOME`
    Interpreters(Map<String, String> environment) {
        this.environment = environment;
    }

    /// The newest that a version means; for none, the first on the search path.
    Interpreter find(String version) {
        List<Interpreter> installed = installed();
        List<Interpreter> meant =
                installed.stream().filter(each -> each.is(version)).toList();
        List<Interpreter> complete =
                meant.stream().filter(Interpreter::complete).toList();
        if (!complete.isEmpty()) {
            return version.isEmpty()
                    ? complete.getFirst()
                    : complete.stream().max(Interpreter.BY_VERSION).orElseThrow();
        }
        if (!meant.isEmpty()) {
            throw new RopewalkException(
                    ErrorCode.IMPOSSIBLE_REQUEST,
                    "Python %s in '%s' cannot make virtual environments: its modules venv and ensurepip are missing. Install them (on Debian and Ubuntu: apt install python3-venv)."
                            .formatted(
                                    meant.getFirst().version(), meant.getFirst().base()));
        }
        String wanted = version.isEmpty() ? "Python" : "Python " + version;
        String there = installed.stream()
                .sorted(Interpreter.BY_VERSION.reversed())
                .map(Interpreter::version)
                .distinct()
                .collect(Collectors.joining(", "));
        throw new RopewalkException(
                ErrorCode.IMPOSSIBLE_REQUEST,
                there.isEmpty()
                        ? wanted + " is not on this machine, nor is any other. Install one, for example with pyenv."
                        : "%s is not on this machine, which has %s. Install it ('pyenv install %s'), or ask for one of these."
                                .formatted(wanted, there, version));
    }

    /// Each installation once, in the order of the search path, then pyenv's.
    List<Interpreter> installed() {
        Map<String, Interpreter> found = new LinkedHashMap<>();
        for (Path candidate : candidates()) {
            ask(candidate).ifPresent(each -> found.putIfAbsent(each.base() + " " + each.version(), each));
        }
        return List.copyOf(found.values());
    }

    private List<Path> candidates() {
        List<Path> candidates = new ArrayList<>();
        for (String directory : environment.getOrDefault("PATH", "").split(":", -1)) {
            // Shims stand for a version that depends on the directory they are called in.
            if (directory.startsWith("/") && !directory.endsWith("/shims")) {
                candidates.addAll(commands(Path.of(directory)));
            }
        }
        String home = environment.getOrDefault("HOME", "");
        String root = environment.getOrDefault("PYENV_ROOT", home.isEmpty() ? "" : home + "/.pyenv");
        if (!root.isEmpty()) {
            for (Path version : children(Path.of(root, "versions"))) {
                candidates.add(version.resolve("bin/python3"));
            }
        }
        return candidates;
    }

    private static List<Path> commands(Path directory) {
        return children(directory).stream()
                .filter(path -> COMMAND.matcher(path.getFileName().toString()).matches())
                .toList();
    }

    private static List<Path> children(Path directory) {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(children::add);
        } catch (IOException _) {
            return List.of();
        }
        children.sort(null);
        return children;
    }

    private Optional<Interpreter> ask(Path executable) {
        try {
            if (!Files.isExecutable(executable)) {
                return Optional.empty();
            }
            Asked asked = new Asked(executable, Files.getLastModifiedTime(executable));
            Optional<Interpreter> known =
                    Optional.ofNullable(answers.get(asked)).or(() -> probe(executable));
            known.ifPresent(each -> answers.put(asked, each));
            return known;
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static Optional<Interpreter> probe(Path executable) {
        try {
            Process process = new ProcessBuilder(executable.toString(), "-I", "-c", PROBE)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.empty();
            }
            List<String> lines = new String(
                            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            if (process.exitValue() != 0 || lines.size() != 4) {
                return Optional.empty();
            }
            return Optional.of(new Interpreter(
                    executable,
                    lines.get(0),
                    lines.get(1),
                    Path.of(lines.get(2)),
                    lines.get(3).equals("True")));
        } catch (IOException _) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RopewalkException(
                    ErrorCode.UNAVAILABLE, "Looking for Python was interrupted; the server may be shutting down.", e);
        }
    }
}
