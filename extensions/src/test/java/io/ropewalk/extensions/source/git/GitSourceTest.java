package io.ropewalk.extensions.source.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.conformance.source.FakeSnapshots;
import io.ropewalk.conformance.source.SourceTypeContract;
import io.ropewalk.extensions.source.TestContexts;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.source.SourceContext;
import io.ropewalk.spi.source.SourceType.Delivery;
import io.ropewalk.spi.source.SourceType.Pin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitSourceTest extends SourceTypeContract<GitSettings> {
    private final GitSource type = new GitSource();

    @TempDir
    Path machine;

    private Upstream upstream;
    private SourceContext context;
    private int trees;

    @Override
    protected Subject<GitSettings> subject(SourceContext place, FakeSnapshots snapshots, Path workbench) {
        Upstream repository = new Upstream(workbench, "digits");
        repository.commit(Map.of("train.py", "print(1)", "src/model.py", "x = 1"));
        String key = "-----BEGIN OPENSSH PRIVATE KEY-----\n" + CANARY + "\n-----END OPENSSH PRIVATE KEY-----";
        Map<String, Supplier<GitSettings>> bad = new LinkedHashMap<>();
        bad.put("repository", () -> of("http://host/org/repo", ""));
        bad.put("revision", () -> of("https://host/org/repo", "-x"));
        bad.put("directory", () -> new GitSettings("https://host/org/repo", null, "../x", null, null, null));
        bad.put("token", () -> new GitSettings("https://host/org/repo", null, null, "a\nb", null, null));
        bad.put("privateKey", () -> new GitSettings("https://host/org/repo", null, null, null, null, "/etc/passwd"));
        return new Subject<>(
                type,
                new GitSettings(repository.bare().toString(), "main", null, CANARY, "me", key),
                bad,
                Map.of(
                        of(workbench + "/none.git", ""),
                        "Failed get access to the repo(s): [" + workbench + "/none.git]",
                        of("/etc", ""),
                        "allowedHostPaths",
                        of(repository.bare().toString(), "no-such-branch"),
                        "'no-such-branch'",
                        new GitSettings("https://127.0.0.1:1/org/repo", "", "", CANARY, "me", key),
                        "Failed get access to the repo(s): [https://127.0.0.1:1/org/repo]",
                        new GitSettings("ssh://git@127.0.0.1:1/org/repo", "", "", CANARY, "me", key),
                        "Failed get access to the repo(s): [ssh://git@127.0.0.1:1/org/repo]"));
    }

    @BeforeEach
    void prepareUpstream() throws IOException {
        Path allowed = Files.createDirectories(machine.toRealPath().resolve("repositories"));
        upstream = new Upstream(allowed, "digits");
        context = TestContexts.in(machine.toRealPath(), "default", "project", List.of(allowed));
    }

    @Test
    void aBranchATagAndACommitArePinnedToACommit() {
        String first = upstream.commit(Map.of("a", "1"));
        upstream.git("tag", "plain");
        upstream.git("tag", "--annotate", "--message", "words", "noted");
        upstream.git("push", "--quiet", "--tags", "origin");
        upstream.git("checkout", "--quiet", "-b", "feature/x");
        String second = upstream.commit(Map.of("a", "2"));

        assertThat(pin("")).isEqualTo(new Pin(first, "main at " + first.substring(0, 7)));
        assertThat(pin("main").revision()).isEqualTo(first);
        assertThat(pin("plain").revision()).isEqualTo(first);
        assertThat(pin("noted").revision()).isEqualTo(first);
        assertThat(pin("feature/x")).isEqualTo(new Pin(second, "feature/x at " + second.substring(0, 7)));
        assertThat(pin("refs/heads/main").revision()).isEqualTo(first);
        assertThat(pin(first)).isEqualTo(new Pin(first, first.substring(0, 7)));
        assertThat(pin(first.substring(0, 8)).revision()).isEqualTo(first);
    }

    @Test
    void theCloneAppearsAsAFolderNamedLikeTheRepository() throws IOException {
        String commit = upstream.commit(Map.of("train.py", "print(1)", "src/model.py", "x = 1"));
        Path tree = fetch(of(upstream.bare().toString(), ""));

        assertThat(tree.resolve("digits/train.py")).hasContent("print(1)");
        assertThat(tree.resolve("digits/src/model.py")).hasContent("x = 1");
        assertThat(names(tree)).containsExactly("digits");
        Upstream clone = upstream;
        assertThat(clone.git("-C", tree.resolve("digits").toString(), "rev-parse", "HEAD")
                        .strip())
                .isEqualTo(commit);
        assertThat(clone.git("-C", tree.resolve("digits").toString(), "status", "--porcelain"))
                .isEmpty();
    }

    @Test
    void aFolderInTheAddressAppearsWithItsContent() throws IOException {
        upstream.commit(Map.of("train.py", "print(1)", "src/deep/model.py", "x = 1"));
        Path tree = fetch(of(upstream.bare() + "/src/deep", ""));
        assertThat(names(tree)).containsExactly("model.py");
    }

    @Test
    void aFolderThatIsNotThereIsSaid() {
        upstream.commit(Map.of("train.py", "print(1)"));
        assertThatThrownBy(() -> fetch(of(upstream.bare() + "/nowhere", "")))
                .hasMessageContaining("no folder 'nowhere'");
        assertThatThrownBy(() -> fetch(of(upstream.bare() + "/.git/x", ""))).isInstanceOf(RopewalkException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"code", "."})
    void theFolderCanBeChosen(String directory) throws IOException {
        upstream.commit(Map.of("train.py", "print(1)"));
        GitSettings settings = new GitSettings(upstream.bare().toString(), null, directory, null, null, null);
        assertThat(fetch(settings).resolve(directory).resolve("train.py")).hasContent("print(1)");
    }

    @Test
    @DisplayName("AT-K16: a recorded commit is what is fetched, also when upstream has moved on")
    void aPinnedCommitIsFetchedAfterUpstreamMovedOn() throws IOException {
        upstream.commit(Map.of("a", "1"));
        GitSettings settings = of(upstream.bare().toString(), "main");
        Pin pin = type.pin(settings, context);
        upstream.commit(Map.of("a", "2"));

        assertThat(fetch(settings, pin).resolve("digits/a")).hasContent("1");
        assertThat(fetch(settings).resolve("digits/a")).hasContent("2");
    }

    @Test
    void aCommitThatUpstreamThrewAwayIsStillHere() throws IOException {
        upstream.commit(Map.of("a", "1"));
        GitSettings settings = of(upstream.bare().toString(), "main");
        Pin pin = type.pin(settings, context);
        fetch(settings, pin);
        upstream.git("checkout", "--quiet", "--orphan", "fresh");
        upstream.commit(Map.of("a", "2"));
        upstream.git("push", "--quiet", "--force", "origin", "HEAD:main");
        upstream.git("-C", upstream.bare().toString(), "reflog", "expire", "--expire=now", "--all");
        upstream.git("-C", upstream.bare().toString(), "gc", "--quiet", "--prune=now");

        assertThat(fetch(settings, pin).resolve("digits/a")).hasContent("1");
    }

    @Test
    void anOldCommitIsFoundByItsFirstDigits() throws IOException {
        String old = upstream.commit(Map.of("a", "1"));
        upstream.commit(Map.of("a", "2"));
        fetch(of(upstream.bare().toString(), "main"));
        GitSettings settings = of(upstream.bare().toString(), old.substring(0, 9));
        assertThat(type.pin(settings, context).revision()).isEqualTo(old);
        assertThat(fetch(settings).resolve("digits/a")).hasContent("1");
    }

    @Test
    void aCommitThatIsNowhereIsRefusedWhenItIsFetched() {
        upstream.commit(Map.of("a", "1"));
        assertThatThrownBy(() -> fetch(of(upstream.bare().toString(), "0123456789012345678901234567890123456789")))
                .isInstanceOf(RopewalkException.class)
                .hasMessageContaining("Failed get access to the repo(s): [" + upstream.bare() + "]");
    }

    @Test
    @DisplayName("AT-K14: a repository that cannot be had is refused with its address and git's words")
    void aRepositoryThatCannotBeHadIsRefusedWithItsAddress() {
        String address = upstream.bare().resolveSibling("gone.git").toString();
        assertThatThrownBy(() -> type.pin(of(address, ""), context))
                .isInstanceOfSatisfying(
                        RopewalkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_UNAVAILABLE))
                .hasMessageStartingWith("Failed get access to the repo(s): [" + address + "]");
    }

    @Test
    void anEmptyRepositoryIsSaid() {
        assertThatThrownBy(() -> pin("")).hasMessageContaining("no commit yet");
    }

    @Test
    void aRepositoryWithAWorkingTreeWillDoToo() throws IOException {
        upstream.commit(Map.of("a", "1"));
        assertThat(fetch(of(upstream.work().toString(), "")).resolve("digits-work/a"))
                .hasContent("1");
    }

    @Test
    void linksInsideTheRepositoryAreKept() throws IOException {
        Files.createDirectories(upstream.work().resolve("d/e"));
        Files.createSymbolicLink(upstream.work().resolve("d/e/up"), Path.of("../../a"));
        Files.createSymbolicLink(upstream.work().resolve("beside"), Path.of("d/e"));
        upstream.commit(Map.of("a", "1"));
        Path tree = fetch(of(upstream.bare().toString(), ""));
        assertThat(tree.resolve("digits/beside/up")).hasContent("1");
    }

    private Pin pin(String revision) {
        return type.pin(of(upstream.bare().toString(), revision), context);
    }

    private Path fetch(GitSettings settings) throws IOException {
        return fetch(settings, type.pin(settings, context));
    }

    private Path fetch(GitSettings settings, Pin pin) throws IOException {
        Path tree = Files.createDirectory(machine.resolve("tree-" + trees++));
        ((Delivery.Fetch) type.deliver(settings, pin, context)).writer().writeInto(tree, _ -> {});
        return tree;
    }

    private static GitSettings of(String repository, String revision) {
        return new GitSettings(repository, revision, null, null, null, null);
    }

    private static List<String> names(Path directory) throws IOException {
        try (var children = Files.list(directory)) {
            return children.map(child -> child.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
