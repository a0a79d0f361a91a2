package io.ropewalk.extensions.source.git;

import io.ropewalk.spi.source.SourceType.Progress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/// What has been fetched from one repository, kept so that the next fetch is small. Fetched commits stay: they are
/// named by a reference of their own, and nothing is ever collected. One fetch at a time, also between processes.
final class GitMirror {
    private static final Duration FETCH_LIMIT = Duration.ofHours(2);
    private static final Duration LOCAL_LIMIT = Duration.ofMinutes(20);
    private static final ConcurrentMap<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

    private final GitAddress address;
    private final Git git;
    private final Path directory;

    GitMirror(GitAddress address, Git git, Path cache) {
        this.address = address;
        this.git = git;
        this.directory = cache.resolve(hash(address.url()) + ".git");
    }

    /// Brings about that the commit is here.
    ///
    /// @return how the last attempt ended
    Git.Result fetchCommit(String commit, Progress progress) throws IOException {
        return locked(() -> {
            if (has(commit)) {
                return new Git.Result(0, "", "");
            }
            progress.report("fetching " + commit.substring(0, 7) + " of " + address.url());
            // One commit without its past is small; not every server gives out what no branch points at.
            Git.Result result =
                    fetch(progress, List.of("--depth=1"), List.of("+" + commit + ":refs/ropewalk/" + commit));
            if (result.well() && has(commit)) {
                return result;
            }
            Git.Result whole = fetchEverything(progress);
            if (!whole.well()) {
                return whole;
            }
            if (!has(commit)) {
                return new Git.Result(1, "", "the repository has no commit " + commit);
            }
            return inRepository(List.of("update-ref", "refs/ropewalk/" + commit, commit));
        });
    }

    /// The whole name of a commit that was named by its first digits.
    Git.Result complete(String abbreviated, Progress progress) throws IOException {
        return locked(() -> {
            Git.Result fetched = fetchEverything(progress);
            return fetched.well()
                    ? inRepository(List.of("rev-parse", "--verify", "--end-of-options", abbreviated + "^{commit}"))
                    : fetched;
        });
    }

    /// Makes a clone with this one commit in a directory that does not exist yet.
    Git.Result checkOut(String commit, Path clone, Progress progress) {
        List<List<String>> steps = List.of(
                List.of("init", "--quiet", "--template=", "--", clone.toString()),
                List.of(
                        "-C",
                        clone.toString(),
                        "fetch",
                        "--quiet",
                        "--depth=1",
                        "--no-tags",
                        "--no-recurse-submodules",
                        "--",
                        directory.toString(),
                        commit),
                List.of("-C", clone.toString(), "config", "remote.origin.url", address.url()),
                List.of("-C", clone.toString(), "checkout", "--quiet", "--detach", commit, "--"));
        Git.Result result = new Git.Result(0, "", "");
        for (List<String> step : steps) {
            result = git.run(GitAddress.Transport.LOCAL.protocol(), LOCAL_LIMIT, progress, step);
            if (!result.well()) {
                return result;
            }
        }
        return result;
    }

    private boolean has(String commit) {
        return inRepository(List.of("cat-file", "-e", commit + "^{commit}")).well();
    }

    private Git.Result fetchEverything(Progress progress) {
        List<String> options =
                Files.exists(directory.resolve("shallow")) ? List.of("--unshallow", "--force") : List.of("--force");
        return fetch(progress, options, List.of("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"));
    }

    private Git.Result fetch(Progress progress, List<String> options, List<String> references) {
        List<String> arguments = new ArrayList<>(List.of(
                "--git-dir=" + directory,
                "fetch",
                "--progress",
                "--no-tags",
                "--no-write-fetch-head",
                "--no-recurse-submodules",
                "--no-auto-maintenance"));
        arguments.addAll(options);
        arguments.add("--");
        arguments.add(address.url());
        arguments.addAll(references);
        return git.run(address.transport().protocol(), FETCH_LIMIT, progress, arguments);
    }

    private Git.Result inRepository(List<String> arguments) {
        List<String> all = new ArrayList<>(List.of("--git-dir=" + directory));
        all.addAll(arguments);
        return git.run("", LOCAL_LIMIT, _ -> {}, all);
    }

    private interface Work {
        Git.Result run();
    }

    private Git.Result locked(Work work) throws IOException {
        ReentrantLock lock = LOCKS.computeIfAbsent(directory, _ -> new ReentrantLock());
        lock.lock();
        try (FileChannel file = FileChannel.open(
                        directory.resolveSibling(directory.getFileName() + ".lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                FileLock _ = file.lock()) {
            if (!Files.exists(directory.resolve("HEAD"))) {
                Git.delete(directory);
                Git.Result made = git.run(
                        "",
                        LOCAL_LIMIT,
                        _ -> {},
                        List.of("init", "--quiet", "--bare", "--template=", "--", directory.toString()));
                if (!made.well()) {
                    return made;
                }
            }
            return work.run();
        } finally {
            lock.unlock();
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
