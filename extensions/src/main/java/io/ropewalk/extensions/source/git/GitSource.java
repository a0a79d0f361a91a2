package io.ropewalk.extensions.source.git;

import io.ropewalk.extensions.source.Directories;
import io.ropewalk.extensions.source.SettingRules;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.source.SourceContext;
import io.ropewalk.spi.source.SourceType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A commit of a git repository. Its clone appears as a folder named like the repository; an address that names a
/// folder
/// of the repository gives that folder's content instead.
///
/// A run keeps the commit that its branch or tag stood for when it was submitted. Submodules are not fetched; a
/// symbolic link that leaves the clone refuses it.
public final class GitSource implements SourceType<GitSettings> {
    private static final Duration ASK_LIMIT = Duration.ofSeconds(90);
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final Pattern ABBREVIATED = Pattern.compile("[0-9a-f]{7,63}");
    private static final String SYMBOLIC_HEAD = "ref: refs/heads/";
    private static final String REMEDY =
            "Check the address, the revision and, for a private repository, the token or key.";
    private static final String OTHER_KEY = "Host key verification failed";
    private static final String OTHER_KEY_REMEDY =
            "The host shows another key than when it was seen first. If that is right, ask the operator of this server to remove it from 'cache/git/known_hosts' in the data directory.";

    @Override
    public String kind() {
        return "git";
    }

    @Override
    public String description() {
        return "A branch, tag or commit of a git repository.";
    }

    @Override
    public Class<GitSettings> settings() {
        return GitSettings.class;
    }

    @Override
    public Pin pin(GitSettings settings, SourceContext context) {
        GitAddress address = reachable(settings, context);
        String wanted = settings.wanted();
        try (Git git = Git.open(address, settings, cache(context))) {
            Git.Result answer =
                    git.run(address.transport().protocol(), ASK_LIMIT, _ -> {}, question(address.url(), wanted));
            if (!answer.well()) {
                throw unavailable(address, answer.words());
            }
            Map<String, String> references = references(answer.output());
            if (wanted.isEmpty()) {
                String head = references.get("HEAD");
                if (head == null) {
                    throw unavailable(address, "the repository has no commit yet");
                }
                return pin(branchOf(answer.output()), head);
            }
            for (String name : candidates(wanted)) {
                // A tag with a message stands for the commit that it points at.
                String commit = references.getOrDefault(name + "^{}", references.get(name));
                if (commit != null) {
                    return pin(wanted, commit);
                }
            }
            if (COMMIT.matcher(wanted).matches()) {
                return pin("", wanted);
            }
            if (ABBREVIATED.matcher(wanted).matches()) {
                Git.Result whole = new GitMirror(address, git, cache(context)).complete(wanted, _ -> {});
                if (whole.well()) {
                    return pin("", whole.output().strip());
                }
            }
            throw unavailable(address, "there is no branch, tag or commit '" + wanted + "'");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Delivery deliver(GitSettings settings, Pin pin, SourceContext context) {
        if (!COMMIT.matcher(pin.revision()).matches()) {
            throw new RopewalkException(
                    ErrorCode.INVALID_REQUEST,
                    "It is pinned to something that is not a whole commit name of 40 hexadecimal digits. Give one, or a branch or tag.");
        }
        GitAddress named = settings.address();
        String key = String.join(" ", "git", named.url(), pin.revision(), settings.folder(), named.subPath());
        return new Delivery.Fetch(key, (directory, progress) -> {
            GitAddress address = reachable(settings, context);
            try (Git git = Git.open(address, settings, cache(context))) {
                write(
                        new GitMirror(address, git, cache(context)),
                        address,
                        settings,
                        pin.revision(),
                        directory,
                        progress);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void write(
            GitMirror mirror,
            GitAddress address,
            GitSettings settings,
            String commit,
            Path directory,
            Progress progress)
            throws IOException {
        Git.Result fetched = mirror.fetchCommit(commit, progress);
        if (!fetched.well()) {
            throw unavailable(address, fetched.words());
        }
        // Cloned beside what it becomes, under a name that no file of it can take.
        Path clone = directory.resolve(".git-clone-" + commit.substring(0, 12));
        Git.Result checkedOut = mirror.checkOut(commit, clone, progress);
        if (!checkedOut.well()) {
            throw unavailable(address, checkedOut.words());
        }
        if (Files.isRegularFile(clone.resolve(".gitmodules"), LinkOption.NOFOLLOW_LINKS)) {
            progress.report("the submodules of " + address.url() + " are not fetched");
        }
        Path wanted = folderOf(clone, address);
        refuseLinksOut(wanted, address);
        Path target = settings.folder().equals(".") ? directory : directory.resolve(settings.folder());
        Files.createDirectories(target);
        try (Stream<Path> children = Files.list(wanted)) {
            for (Path child : children.toList()) {
                Files.move(child, target.resolve(child.getFileName().toString()));
            }
        }
        Git.delete(clone);
    }

    private static Path folderOf(Path clone, GitAddress address) {
        Path folder = clone;
        for (String name :
                address.subPath().isEmpty() ? new String[0] : address.subPath().split("/", -1)) {
            folder = folder.resolve(name);
            if (name.equals(".git") || !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw unavailable(address, "the repository has no folder '" + address.subPath() + "'");
            }
        }
        return folder;
    }

    /// A link may climb at its beginning only, and no higher than the tree: then no chain of links can leave it.
    private static void refuseLinksOut(Path tree, GitAddress address) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path link : files.filter(Files::isSymbolicLink).toList()) {
                Path target = Files.readSymbolicLink(link);
                int depth = tree.relativize(link).getNameCount() - 1;
                boolean climbing = true;
                boolean leaves = target.isAbsolute();
                for (Path part : target) {
                    boolean up = part.toString().equals("..");
                    leaves |= up && (!climbing || --depth < 0);
                    climbing &= up;
                }
                if (leaves) {
                    throw unavailable(
                            address,
                            "its symbolic link '%s' points to '%s', outside of the files that a run gets; such a link is refused"
                                    .formatted(
                                            SettingRules.shown(
                                                    tree.relativize(link).toString()),
                                            SettingRules.shown(target.toString())));
                }
            }
        }
    }

    /// The address to fetch from; one on this machine only where the operator allows it.
    private static GitAddress reachable(GitSettings settings, SourceContext context) {
        GitAddress address = settings.address();
        if (address.transport() != GitAddress.Transport.LOCAL) {
            return address;
        }
        try {
            return address.at(Directories.realBelow(context.allowedHostPaths(), Path.of(address.url()))
                    .orElseThrow(() -> notAllowed(address)));
        } catch (IOException _) {
            throw notAllowed(address);
        }
    }

    private static RopewalkException notAllowed(GitAddress address) {
        return unavailable(
                address,
                "it is not a repository below a directory that the operator lets projects use ('allowedHostPaths' in the server's configuration)");
    }

    private static List<String> question(String url, String wanted) {
        List<String> question = new ArrayList<>(List.of("ls-remote", "--symref", "--", url, "HEAD"));
        for (String name : candidates(wanted)) {
            question.add(name);
            question.add(name + "^{}");
        }
        return question;
    }

    private static List<String> candidates(String wanted) {
        if (wanted.isEmpty()) {
            return List.of();
        }
        return wanted.startsWith("refs/") ? List.of(wanted) : List.of("refs/heads/" + wanted, "refs/tags/" + wanted);
    }

    private static Map<String, String> references(String answer) {
        Map<String, String> references = new HashMap<>();
        answer.lines().map(line -> line.split("\t", 2)).forEach(parts -> {
            if (parts.length == 2 && COMMIT.matcher(parts[0]).matches()) {
                references.put(parts[1], parts[0]);
            }
        });
        return references;
    }

    private static String branchOf(String answer) {
        return answer.lines()
                .filter(line -> line.startsWith(SYMBOLIC_HEAD) && line.endsWith("\tHEAD"))
                .map(line -> line.substring(SYMBOLIC_HEAD.length(), line.indexOf('\t')))
                .findFirst()
                .orElse("");
    }

    private static Pin pin(String name, String commit) {
        String seven = commit.substring(0, 7);
        return new Pin(commit, name.isEmpty() ? seven : name + " at " + seven);
    }

    private static Path cache(SourceContext context) {
        return context.cacheDirectory().toAbsolutePath().resolve("git");
    }

    private static RopewalkException unavailable(GitAddress address, String why) {
        return new RopewalkException(
                ErrorCode.SOURCE_UNAVAILABLE,
                "Failed get access to the repo(s): [%s]: %s. %s"
                        .formatted(address.url(), why, why.contains(OTHER_KEY) ? OTHER_KEY_REMEDY : REMEDY));
    }
}
