package io.ropewalk.cli;

import io.ropewalk.support.config.ConfigurationException;
import io.ropewalk.support.config.ServerSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `doctor`: what this machine has and lacks, each with what to do about it.
@Command(description = "Check this machine and its server; each line is ok, warn or fail, with a remedy.")
final class DoctorCommand implements Callable<Integer> {
    private static final long LITTLE_DISK = 2L << 30;

    @Mixin
    UpCommand.ServerOptions options = new UpCommand.ServerOptions();

    private final Terminal terminal;
    private final List<Finding> findings = new ArrayList<>();

    private enum Grade {
        OK,
        WARN,
        FAIL;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private record Finding(Grade grade, String subject, String text, String remedy) {
        Map<String, Object> asJson() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("grade", grade.word());
            json.put("subject", subject);
            json.put("text", text);
            json.put("remedy", remedy);
            return json;
        }
    }

    DoctorCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        java();
        program("git", "git", "--version", "Install git, so that runs record the commit and git sources work.");
        program("python", "python3", "--version", "Install python3 with venv, for tasks with `environment:`.");
        venv();
        isolation();
        Optional<ServerSettings> settings = configuration();
        settings.ifPresent(this::dataDirectory);
        settings.ifPresent(this::server);
        print();
        return findings.stream().anyMatch(finding -> finding.grade() == Grade.FAIL) ? Failure.USER : 0;
    }

    private void java() {
        int version = Runtime.version().feature();
        add(
                version >= 25 ? Grade.OK : Grade.FAIL,
                "java",
                Runtime.version() + " in " + System.getProperty("java.home"),
                version >= 25 ? "" : "Install a JDK of version 25 or newer.");
    }

    private void program(String subject, String program, String argument, String remedy) {
        Optional<String> answer = firstLineOf(program, argument);
        add(
                answer.isPresent() ? Grade.OK : Grade.WARN,
                subject,
                answer.orElse("not found"),
                answer.isPresent() ? "" : remedy);
    }

    private void venv() {
        if (firstLineOf("python3", "--version").isPresent()) {
            boolean there = firstLineOf("python3", "-c", "import venv, ensurepip; print('venv')")
                    .isPresent();
            add(
                    there ? Grade.OK : Grade.WARN,
                    "python venv",
                    there ? "available" : "python3 cannot make virtual environments",
                    there ? "" : "Install the package python3-venv, or uv.");
        }
    }

    private void isolation() {
        if (firstLineOf("bwrap", "--version").isEmpty()) {
            add(
                    Grade.WARN,
                    "isolation",
                    "bwrap not found; replicas see the whole file system and mounts are plain directories",
                    "Install bubblewrap.");
            return;
        }
        boolean works = firstLineOf("bwrap", "--ro-bind", "/", "/", "--unshare-pid", "--proc", "/proc", "echo", "works")
                .isPresent();
        add(
                works ? Grade.OK : Grade.WARN,
                "isolation",
                works ? "bwrap works" : "bwrap is installed but not allowed to make namespaces",
                works ? "" : "Allow user namespaces (sysctl kernel.unprivileged_userns_clone=1), or go on without.");
    }

    private Optional<ServerSettings> configuration() {
        try {
            ServerSettings settings =
                    ServerSettings.read(terminal.environment(), options.flags()).value();
            Path file = settings.data().resolve(ServerSettings.FILE_NAME);
            add(
                    Grade.OK,
                    "configuration",
                    Files.exists(file) ? file + " is in order" : "no " + file + ", so defaults",
                    "");
            return Optional.of(settings);
        } catch (ConfigurationException e) {
            e.problems().forEach(problem -> add(Grade.FAIL, "configuration", problem.toString(), ""));
            return Optional.empty();
        }
    }

    private void dataDirectory(ServerSettings settings) {
        Path data = settings.data();
        Path existing = data;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isDirectory(existing) || !Files.isWritable(existing)) {
            add(
                    Grade.FAIL,
                    "data directory",
                    data + " cannot be written",
                    "Name another with --data, or make it yours.");
            return;
        }
        try {
            if (Files.exists(data)) {
                Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(data);
                boolean open = permissions.stream()
                        .anyMatch(permission -> permission.name().startsWith("OTHERS_")
                                || permission.name().startsWith("GROUP_"));
                add(
                        open ? Grade.WARN : Grade.OK,
                        "data directory",
                        data + " " + PosixFilePermissions.toString(permissions),
                        open ? "Others can look in: chmod 700 " + data : "");
            } else {
                add(Grade.OK, "data directory", data + " will be made", "");
            }
            FileStore store = Files.getFileStore(existing);
            long free = store.getUsableSpace();
            add(
                    free < LITTLE_DISK ? Grade.WARN : Grade.OK,
                    "disk",
                    Human.bytes(free) + " free for " + data,
                    free < LITTLE_DISK ? "Make room, or name another place with --data." : "");
        } catch (IOException | UnsupportedOperationException e) {
            add(Grade.WARN, "data directory", data + " cannot be examined: " + e.getMessage(), "");
        }
    }

    private void server(ServerSettings settings) {
        Optional<String> data = Optional.of(settings.data().toString());
        boolean elsewhere = terminal.variable("ROPEWALK_URL").isPresent() && options.data.isEmpty();
        if (elsewhere || Files.exists(settings.data().resolve("url"))) {
            ServerAddress address = ServerAddress.find(terminal, elsewhere ? Optional.empty() : data);
            if (new Client(address).answers()) {
                signedIn(address);
                return;
            }
            if (elsewhere) {
                add(
                        Grade.FAIL,
                        "server",
                        address.url() + " does not answer",
                        "Correct ROPEWALK_URL, or start that server.");
            }
        }
        if (settings.port() == 0) {
            add(Grade.OK, "server", "not running; it will take a free port", "");
        } else if (isFree(settings)) {
            add(Grade.OK, "server", "not running; port " + settings.port() + " is free", "");
        } else {
            add(
                    Grade.FAIL,
                    "server",
                    "port " + settings.port() + " of " + settings.bind() + " is taken by another program",
                    "Name another: ropewalk up --port 0");
        }
    }

    private void signedIn(ServerAddress address) {
        try {
            Tree me = new Client(address).get("/api/v1/me");
            add(
                    Grade.OK,
                    "server",
                    address.url() + " answers, you are " + me.at("name").text("somebody"),
                    "");
        } catch (Client.Refusal | Failure e) {
            add(Grade.FAIL, "server", address.url() + " answers, but refuses you: " + e.getMessage(), "");
        }
    }

    private static boolean isFree(ServerSettings settings) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(settings.bind()), settings.port()));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<String> firstLineOf(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readNBytes(4096), StandardCharsets.UTF_8);
            boolean ended = process.waitFor(10, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            return ended && process.exitValue() == 0
                    ? Optional.of(text.lines().findFirst().orElse(""))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private void add(Grade grade, String subject, String text, String remedy) {
        findings.add(new Finding(grade, subject, text, remedy));
    }

    private void print() {
        if (options.json) {
            terminal.say(Tree.write(findings.stream().map(Finding::asJson).toList(), true));
            return;
        }
        Table table = new Table("", "", "");
        for (Finding finding : findings) {
            table.row(terminal.state(finding.grade().word()), finding.subject(), finding.text());
            if (!finding.remedy().isEmpty()) {
                table.row("", "", "→ " + finding.remedy());
            }
        }
        table.print(terminal);
    }
}
