package io.ropewalk.extensions.source.git;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A bare repository, and somebody who commits to it.
final class Upstream {
    private final Path work;
    private final Path bare;

    Upstream(Path directory, String name) {
        try {
            bare = directory.resolve(name + ".git");
            work = Files.createDirectories(directory.resolve(name + "-work"));
            git("init", "--quiet", "--bare", "--initial-branch=main", bare.toString());
            git("init", "--quiet", "--initial-branch=main");
            git("remote", "add", "origin", bare.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path bare() {
        return bare;
    }

    Path work() {
        return work;
    }

    /// Commits the files, and everything else that lies in the working directory, to the current branch.
    String commit(Map<String, String> files) {
        files.forEach((path, text) -> {
            try {
                Files.createDirectories(work.resolve(path).getParent());
                Files.writeString(work.resolve(path), text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        git("add", "--all", ".");
        return commitIndex();
    }

    String commitIndex() {
        git("commit", "--quiet", "--allow-empty", "--message", "a change");
        git("push", "--quiet", "--force", "origin", "HEAD");
        return git("rev-parse", "HEAD").strip();
    }

    String git(String... arguments) {
        return gitWith("", arguments);
    }

    String gitWith(String input, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "git",
                "-c",
                "user.name=Test",
                "-c",
                "user.email=test@localhost",
                "-c",
                "core.hooksPath=/dev/null",
                "-c",
                "protocol.file.allow=always"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .directory(work.toFile())
                    .redirectErrorStream(true)
                    .start();
            try (var out = process.outputWriter(StandardCharsets.UTF_8)) {
                out.write(input);
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(command + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
