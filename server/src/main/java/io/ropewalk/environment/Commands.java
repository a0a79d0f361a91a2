package io.ropewalk.environment;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Runs the programs that build environments. Of the server's own environment they get what they need to find their
/// index through proxies, and nothing that could change what they build.
final class Commands implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int LAST_LINES = 15;
    private static final int LONGEST_LINE = 2_000;
    private static final Set<String> PASSED = Set.of(
            "PATH",
            "HOME",
            "USER",
            "LOGNAME",
            "TMPDIR",
            "LANG",
            "TZ",
            "XDG_CACHE_HOME",
            "XDG_CONFIG_HOME",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "REQUESTS_CA_BUNDLE",
            "CURL_CA_BUNDLE",
            "NETRC",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "NO_PROXY",
            "http_proxy",
            "https_proxy",
            "all_proxy",
            "no_proxy");

    private final Map<String, String> environment = new TreeMap<>();
    private final Set<Process> running = ConcurrentHashMap.newKeySet();

    Commands(Map<String, String> server) {
        server.forEach((name, value) -> {
            if (PASSED.contains(name)
                    || name.startsWith("PIP_")
                    || name.startsWith("UV_")
                    || name.startsWith("CONDA_")
                    || name.startsWith("LC_")) {
                environment.put(name, value);
            }
        });
        environment.putIfAbsent("PATH", "/usr/local/bin:/usr/bin:/bin");
        environment.put("PYTHONUNBUFFERED", "1");
        environment.put("PYTHONNOUSERSITE", "1");
    }

    /// A command failed.
    static final class Failed extends Exception {
        Failed(String message) {
            super(message);
        }
    }

    /// Runs a command in a directory; its lines go to `log`, and to the file `build.log` there.
    ///
    /// @param more variables beside the passed ones
    void run(List<String> command, Map<String, String> more, Path directory, Consumer<String> log)
            throws Failed, IOException, InterruptedException {
        // Ctrl-C at a terminal ends the server and not what it is in the middle of.
        List<String> apart = new ArrayList<>(List.of("setsid"));
        apart.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(apart).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().putAll(more);
        Deque<String> last = new ArrayDeque<>();
        Process process = builder.start();
        running.add(process);
        Thread.ofVirtual().start(() -> stopWhenTooLong(process));
        try (BufferedReader lines =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                Writer file = Files.newBufferedWriter(
                        directory.resolve("build.log"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            process.getOutputStream().close();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                file.append(line).append('\n').flush();
                String shown = line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "…" : line;
                log.accept(shown);
                last.addLast(shown);
                if (last.size() > LAST_LINES) {
                    last.removeFirst();
                }
            }
            int exit = process.waitFor();
            if (exit != 0) {
                throw new Failed("'%s' ended with exit code %d. Its last lines:\n%s"
                        .formatted(shown(command), exit, String.join("\n", last)));
            }
        } finally {
            running.remove(process);
            stop(process);
        }
    }

    private static String shown(List<String> command) {
        String text = String.join(" ", command);
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }

    private static void stopWhenTooLong(Process process) {
        try {
            if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                stop(process);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void stop(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Override
    public void close() {
        running.forEach(Commands::stop);
    }
}
