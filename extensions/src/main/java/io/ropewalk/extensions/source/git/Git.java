package io.ropewalk.extensions.source.git;

import io.ropewalk.spi.source.SourceType.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Runs the system's git for one source: with a home of its own that holds the configuration and, until it is closed,
/// the credentials. Nothing of the server's environment reaches git but how to reach the network.
final class Git implements AutoCloseable {
    private static final Set<String> PASSED_ON = Set.of(
            "PATH",
            "http_proxy",
            "https_proxy",
            "HTTPS_PROXY",
            "all_proxy",
            "ALL_PROXY",
            "no_proxy",
            "NO_PROXY",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "GIT_SSL_CAINFO",
            "CURL_CA_BUNDLE");

    /// Old, harmless slips that many public repositories carry.
    private static final List<String> TOLERATED = List.of(
            "badTimezone",
            "missingSpaceBeforeDate",
            "missingSpaceBeforeEmail",
            "missingNameBeforeEmail",
            "missingEmail",
            "badEmail",
            "badName",
            "badDate",
            "badDateOverflow",
            "zeroPaddedFilemode",
            "zeroPaddedDate",
            "badFilemode",
            "missingTaggerEntry",
            "badTagName",
            "nulInCommit");

    private static final String CONFIG = """
            [protocol]
                allow = never
            [core]
                hooksPath = /dev/null
                fsmonitor = false
                symlinks = true
                autocrlf = false
                protectHFS = true
                protectNTFS = true
            [fetch]
                fsckObjects = true
                recurseSubmodules = false
            [submodule]
                recurse = false
            [gc]
                auto = 0
            [maintenance]
                auto = false
            [credential]
                helper =
            [http]
                followRedirects = initial
                lowSpeedLimit = 1000
                lowSpeedTime = 60
            [uploadpack]
                allowAnySHA1InWant = true
            [advice]
                detachedHead = false
            """;

    /// Answers only questions about the host that the credentials are for: a redirect to another one gets nothing.
    private static final String ASK_PASS = """
            #!/bin/sh
            here=$(dirname "$0")
            asked=${1%%\\'*}
            rest=${1#*\\'}
            host=${rest%%\\'*}
            host=${host#https://}
            host=${host##*@}
            [ "$host" = "$(cat "$here/host")" ] || exit 1
            case "$asked" in
                Username*) cat "$here/user" ;;
                Password*) cat "$here/token" ;;
                *) exit 1 ;;
            esac
            """;

    /// How lines begin that say nothing about the cause.
    private static final List<String> NOISE = List.of(
            "hint:",
            "@",
            "Warning: Permanently added",
            "Please make sure you have the correct access rights",
            "and the repository exists");

    private static final int MOST_OUTPUT = 16 * 1024 * 1024;
    private static final int MOST_WORDS = 4000;
    private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(2);
    private static final Pattern USER_INFO = Pattern.compile("://[^/@\\s]*@");

    private final Path home;
    private final List<String> secrets;

    private Git(Path home, List<String> secrets) {
        this.home = home;
        this.secrets = secrets;
    }

    /// @param cache a directory that only the server sees; the home is made in it
    static Git open(GitAddress address, GitSettings settings, Path cache) throws IOException {
        Files.createDirectories(cache);
        Path home = Files.createTempDirectory(
                cache, "home-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        StringBuilder config = new StringBuilder(CONFIG);
        TOLERATED.forEach(
                slip -> config.append("[fetch \"fsck\"]\n    ").append(slip).append(" = ignore\n"));
        config.append("[safe]\n");
        if (address.transport() == GitAddress.Transport.LOCAL) {
            // The operator allows this path, whoever owns it.
            config.append("    directory = \"").append(quoted(address.url())).append("\"\n");
            config.append("    directory = \"").append(quoted(address.url())).append("/.git\"\n");
        }
        write(home.resolve("config"), config.toString());
        String token = GitSettings.given(settings.token());
        String key = GitSettings.given(settings.privateKey());
        if (!token.isEmpty()) {
            String user = GitSettings.given(settings.userName());
            write(home.resolve("host"), address.host());
            write(home.resolve("token"), token);
            write(
                    home.resolve("user"),
                    !user.isEmpty() ? user : address.userName().isEmpty() ? "git" : address.userName());
            write(home.resolve("askpass"), ASK_PASS);
            Files.setPosixFilePermissions(home.resolve("askpass"), PosixFilePermissions.fromString("rwx------"));
        }
        if (!key.isEmpty()) {
            write(home.resolve("key"), key.replace("\r", "") + "\n");
        }
        List<String> secrets = new ArrayList<>();
        if (!token.isEmpty()) {
            secrets.add(token);
        }
        key.lines().map(String::strip).filter(line -> line.length() > 8).forEach(secrets::add);
        return new Git(home, secrets);
    }

    /// What a command said.
    ///
    /// @param words the end of its standard error, without secrets and control characters
    record Result(int exitCode, String output, String words) {
        boolean well() {
            return exitCode == 0;
        }
    }

    /// Runs git with these arguments, allowed to talk over `protocol` only.
    Result run(String protocol, Duration limit, Progress progress, List<String> arguments) {
        List<String> command = new ArrayList<>(arguments.size() + 2);
        // Ctrl-C at a terminal ends the server and not what it is in the middle of.
        command.add("setsid");
        command.add("git");
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        environment(builder.environment(), protocol);
        try {
            Process process = builder.start();
            try {
                CompletableFuture<String> output = new CompletableFuture<>();
                CompletableFuture<String> words = new CompletableFuture<>();
                Thread.startVirtualThread(() -> completeWith(output, () -> readAll(process.getInputStream())));
                Thread.startVirtualThread(() ->
                        completeWith(words, () -> readWords(process.errorReader(StandardCharsets.UTF_8), progress)));
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    return new Result(-1, "", "no end after " + limit.toSeconds() + " seconds");
                }
                // A helper that outlives git may hold the pipes open.
                return new Result(
                        process.exitValue(),
                        output.completeOnTimeout("", 10, TimeUnit.SECONDS).join(),
                        clean(words.completeOnTimeout("", 10, TimeUnit.SECONDS).join()));
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return new Result(-1, "", "cannot run 'git' on the server: " + e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Result(-1, "", "interrupted");
        }
    }

    @Override
    public void close() {
        try {
            delete(home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path tree) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void environment(Map<String, String> environment, String protocol) {
        environment.keySet().retainAll(PASSED_ON);
        environment.put("HOME", home.toString());
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("GIT_CONFIG_NOSYSTEM", "1");
        environment.put("GIT_ATTR_NOSYSTEM", "1");
        environment.put("GIT_CONFIG_GLOBAL", home.resolve("config").toString());
        environment.put("GIT_TERMINAL_PROMPT", "0");
        environment.put("GIT_ALLOW_PROTOCOL", protocol);
        environment.put("GIT_NO_LAZY_FETCH", "1");
        environment.put(
                "GIT_ASKPASS",
                Files.exists(home.resolve("askpass")) ? home.resolve("askpass").toString() : "false");
        environment.put("GIT_SSH_VARIANT", "ssh");
        environment.put("GIT_SSH_COMMAND", sshCommand());
    }

    /// Neither the server's own keys nor its agent nor its ssh configuration are a project's to use. A host is trusted
    /// when it is seen first and must stay the same from then on.
    private String sshCommand() {
        Path key = home.resolve("key");
        String identity =
                Files.exists(key) ? "-i " + shellQuoted(key) + " -o IdentitiesOnly=yes" : "-o IdentityFile=none";
        return "ssh -F /dev/null " + identity
                + " -o IdentityAgent=none -o BatchMode=yes -o StrictHostKeyChecking=accept-new"
                + " -o ConnectTimeout=15 -o ServerAliveInterval=15 -o ClearAllForwardings=yes"
                + " -o UserKnownHostsFile=" + shellQuoted(home.resolveSibling("known_hosts"));
    }

    private static String shellQuoted(Path path) {
        return "'" + path.toString().replace("'", "'\\''") + "'";
    }

    /// Git's words as they may be shown: no secret, no address with a user in it, no directory of the server's own,
    /// one line of printable text.
    private String clean(String words) {
        String clean = words.replace(home.toString(), "…")
                .replace(home.resolveSibling("").toString(), "…");
        for (String secret : secrets) {
            clean = clean.replace(secret, "…");
        }
        clean = USER_INFO.matcher(clean).replaceAll("://");
        return clean.lines()
                .map(line -> line.replaceAll("\\p{Cntrl}", "").strip())
                .filter(line -> NOISE.stream().noneMatch(line::startsWith) && !line.isEmpty())
                .map(line -> line.endsWith(".") ? line.substring(0, line.length() - 1) : line)
                .reduce((a, b) -> a + "; " + b)
                .orElse("nothing");
    }

    private static String readAll(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            if (all.size() < MOST_OUTPUT) {
                all.write(buffer, 0, n);
            }
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    /// Reports what git shows of its progress now and then, and keeps the end of everything else.
    private String readWords(Reader reader, Progress progress) throws IOException {
        StringBuilder words = new StringBuilder();
        StringBuilder line = new StringBuilder();
        long reported = System.nanoTime();
        int next = reader.read();
        while (next >= 0) {
            int c = next;
            next = reader.read();
            if (c == '\r' && next == '\n') {
                // Ssh ends its lines like this.
                continue;
            }
            if (c != '\r' && c != '\n') {
                if (line.length() < MOST_WORDS) {
                    line.append((char) c);
                }
                continue;
            }
            boolean passing = c == '\r' || line.toString().contains("% (");
            if (!passing) {
                words.append(line).append('\n');
            } else if (System.nanoTime() - reported > BETWEEN_REPORTS.toNanos()) {
                reported = System.nanoTime();
                progress.report(clean(line.toString()));
            }
            line.setLength(0);
            if (words.length() > 2 * MOST_WORDS) {
                words.delete(0, words.length() - MOST_WORDS);
            }
        }
        return words.append(line).toString();
    }

    private interface Reading {
        String read() throws IOException;
    }

    private static void completeWith(CompletableFuture<String> result, Reading reading) {
        try {
            result.complete(reading.read());
        } catch (IOException e) {
            result.complete("cannot read what git said: " + e.getMessage());
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }

    private static String quoted(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
