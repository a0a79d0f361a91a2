package io.ropewalk.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The files of a folder that belong to a snapshot of it: what git would commit, or everything that no
/// `.gitignore` excludes. Links are kept as links, those that lead out of the folder or nowhere are left out.
final class Folder {
    private static final List<String> NEVER = List.of(".git", ".hg", ".svn");
    private static final int LONGEST_DIFF = 1 << 20;
    private static final int PLAIN = 0100644;
    private static final int EXECUTABLE = 0100755;
    private static final int LINK = 0120000;

    private final Path root;

    Folder(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /// @param path relative, with `/`
    /// @param mode as git has it; the content of a link is where it points to
    record File(String path, int mode, long size, String hash) {
        Map<String, Object> asJson() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("path", path);
            json.put("mode", mode);
            json.put("size", size);
            json.put("hash", hash);
            return json;
        }
    }

    /// Told how far reading has come.
    interface Progress {
        void read(int files, long bytes);
    }

    Path root() {
        return root;
    }

    Path pathOf(File file) {
        return root.resolve(file.path());
    }

    /// What of the file goes into the snapshot.
    InputStream open(File file) throws IOException {
        return file.mode() == LINK
                ? new ByteArrayInputStream(target(pathOf(file)))
                : Files.newInputStream(pathOf(file));
    }

    private static byte[] target(Path link) throws IOException {
        return Files.readSymbolicLink(link).toString().getBytes(StandardCharsets.UTF_8);
    }

    /// The relative paths, sorted.
    List<String> paths() {
        return (isInGit() ? gitPaths().orElseGet(this::walk) : walk())
                .stream().filter(this::belongs).distinct().sorted().toList();
    }

    List<File> files(Progress progress) {
        List<File> files = new ArrayList<>();
        long bytes = 0;
        byte[] buffer = new byte[1 << 16];
        for (String path : paths()) {
            try {
                File file = read(path, buffer);
                files.add(file);
                bytes += file.size();
                progress.read(files.size(), bytes);
            } catch (IOException e) {
                throw Failure.user("Cannot read " + root.resolve(path) + ": " + e.getMessage()
                        + ". Make it readable, or list it in .gitignore.");
            }
        }
        return files;
    }

    /// Which commit this is and what is not committed; empty outside git.
    Map<String, Object> origin() {
        Map<String, Object> origin = new LinkedHashMap<>();
        if (!isInGit()) {
            return origin;
        }
        git("rev-parse", "HEAD").ifPresent(commit -> origin.put("commit", commit.strip()));
        git("rev-parse", "--abbrev-ref", "HEAD")
                .map(String::strip)
                .filter(branch -> !branch.equals("HEAD"))
                .ifPresent(branch -> origin.put("branch", branch));
        git("remote", "get-url", "origin")
                .map(Folder::withoutCredentials)
                .ifPresent(remote -> origin.put("remote", remote));
        git("diff", "--no-color", "--no-ext-diff", "HEAD", "--", ".")
                .filter(diff -> !diff.isBlank())
                .ifPresent(diff -> origin.put(
                        "diff",
                        diff.length() <= LONGEST_DIFF
                                ? diff
                                : diff.substring(0, LONGEST_DIFF) + "\n[cut: the diff is longer than 1 MiB]\n"));
        return origin;
    }

    static String withoutCredentials(String remote) {
        return remote.strip().replaceFirst("^([a-z+]+://)[^/@]*@", "$1");
    }

    private boolean isInGit() {
        for (Path folder = root; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve(".git"))) {
                return true;
            }
        }
        return false;
    }

    private Optional<List<String>> gitPaths() {
        return git("ls-files", "-z", "-c", "-o", "--exclude-standard", "--", ".")
                .map(text -> Stream.of(text.split("\0"))
                        .filter(path -> !path.isEmpty())
                        .toList());
    }

    private List<String> walk() {
        List<String> found = new ArrayList<>();
        walk(root, "", List.of(), found);
        return found;
    }

    private record Scope(String prefix, Ignores rules) {}

    private void walk(Path folder, String prefix, List<Scope> outer, List<String> found) {
        List<Scope> scopes = outer;
        Path rules = folder.resolve(".gitignore");
        try {
            if (Files.isRegularFile(rules)) {
                scopes = new ArrayList<>(outer);
                scopes.add(new Scope(
                        prefix, Ignores.parse(new String(Files.readAllBytes(rules), StandardCharsets.UTF_8))));
            }
            List<Path> entries;
            try (Stream<Path> listing = Files.list(folder)) {
                entries = listing.sorted().toList();
            }
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                String path = prefix + name;
                boolean directory = Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
                if (NEVER.contains(name) || isIgnored(path, directory, scopes)) {
                    continue;
                }
                if (directory) {
                    walk(entry, path + "/", scopes, found);
                } else {
                    found.add(path);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the folder " + folder, e);
        }
    }

    private static boolean isIgnored(String path, boolean directory, List<Scope> scopes) {
        for (int i = scopes.size() - 1; i >= 0; i--) {
            Scope scope = scopes.get(i);
            Ignores.Verdict verdict =
                    scope.rules().verdict(path.substring(scope.prefix().length()), directory);
            if (verdict != Ignores.Verdict.SILENT) {
                return verdict == Ignores.Verdict.IGNORED;
            }
        }
        return false;
    }

    private boolean belongs(String path) {
        Path file = root.resolve(path);
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        try {
            return Files.isSymbolicLink(file)
                    && !Files.readSymbolicLink(file).isAbsolute()
                    && file.toRealPath().startsWith(root.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }

    private File read(String path, byte[] buffer) throws IOException {
        Path file = root.resolve(path);
        MessageDigest digest = sha256();
        if (Files.isSymbolicLink(file)) {
            byte[] target = target(file);
            return new File(path, LINK, target.length, HexFormat.of().formatHex(digest.digest(target)));
        }
        long size = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
                size += read;
            }
        }
        int mode = Files.isExecutable(file) ? EXECUTABLE : PLAIN;
        return new File(path, mode, size, HexFormat.of().formatHex(digest.digest()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// Git's answer, or nothing when it failed or is missing.
    private Optional<String> git(String... words) {
        List<String> command = new ArrayList<>(List.of("git", "-C", root.toString()));
        command.addAll(List.of(words));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean ended = process.waitFor(60, TimeUnit.SECONDS);
            return ended && process.exitValue() == 0 ? Optional.of(output) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
