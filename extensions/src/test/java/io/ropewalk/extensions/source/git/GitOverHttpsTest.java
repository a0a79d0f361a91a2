package io.ropewalk.extensions.source.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ropewalk.conformance.source.FakeSnapshots;
import io.ropewalk.conformance.source.SourceTypeContract;
import io.ropewalk.extensions.source.TestContexts;
import io.ropewalk.spi.source.SourceContext;
import io.ropewalk.spi.source.SourceType.Delivery;
import io.ropewalk.spi.source.SourceType.Pin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A git source whose repository is behind https and a token, with git's own server on the other side.
class GitOverHttpsTest extends SourceTypeContract<GitSettings> {
    private static SSLContext certificate;

    private final GitSource type = new GitSource();
    private final List<GitHttps> hosts = new ArrayList<>();

    @TempDir
    Path machine;

    @BeforeAll
    static void makeCertificate(@TempDir Path directory) throws Exception {
        assumeTrue(GitHttps.trusted().isPresent(), "GIT_SSL_CAINFO names the file that git is to trust");
        certificate = GitHttps.certificate(directory, GitHttps.trusted().orElseThrow());
    }

    @AfterEach
    void stop() {
        hosts.forEach(GitHttps::close);
    }

    @Override
    protected Subject<GitSettings> subject(SourceContext context, FakeSnapshots snapshots, Path workbench)
            throws IOException {
        new Upstream(Files.createDirectory(workbench.resolve("org")), "digits")
                .commit(Map.of("train.py", "print(1)", "src/model.py", "x = 1"));
        String url = host(workbench, CANARY).url("org/digits.git");
        return new Subject<>(
                type,
                settings(url, "main", CANARY, "me"),
                Map.of(),
                Map.of(
                        settings(url, "main", "wrong-" + CANARY, "me"),
                        "Failed get access to the repo(s): [" + url + "]: fatal: Authentication failed",
                        settings(url, "main", "", ""),
                        "Failed get access to the repo(s): [" + url + "]: ",
                        settings(url, "no-such-branch", CANARY, ""),
                        "no branch, tag or commit 'no-such-branch'",
                        settings(url.replace("digits", "letters"), "", CANARY, ""),
                        "not found",
                        settings("https://no-such-host.invalid/org/repo", "", CANARY, ""),
                        "Could not resolve host"));
    }

    @Test
    void aCommitIsPinnedAndFetchedWithTheToken() throws IOException {
        Path repositories = machine.toRealPath().resolve("repositories");
        Upstream upstream = new Upstream(Files.createDirectories(repositories.resolve("org")), "digits");
        String commit = upstream.commit(Map.of("train.py", "print(1)"));
        GitHttps host = host(repositories, "s3cret");
        SourceContext context = TestContexts.in(machine.toRealPath(), "default", "digits", List.of());
        GitSettings settings = settings(host.url("org/digits.git"), "", "s3cret", "");

        Pin pin = type.pin(settings, context);
        assertThat(pin).isEqualTo(new Pin(commit, "main at " + commit.substring(0, 7)));
        upstream.commit(Map.of("train.py", "print(2)"));
        Path tree = Files.createDirectory(machine.resolve("tree"));
        ((Delivery.Fetch) type.deliver(settings, pin, context)).writer().writeInto(tree, _ -> {});
        assertThat(tree.resolve("digits/train.py")).hasContent("print(1)");
        assertThat(tree.resolve("digits/.git/config")).content().doesNotContain("s3cret");
        assertThat(host.tokensSeen()).containsOnly("s3cret");
    }

    @Test
    void anotherHostDoesNotGetTheToken() {
        GitHttps honest = host(machine, "s3cret");
        GitHttps thief = host(machine, "s3cret");
        honest.moveTo(thief);
        SourceContext context = TestContexts.in(machine, "default", "digits", List.of());
        assertThatThrownBy(() -> type.pin(settings(honest.url("org/digits.git"), "", "s3cret", ""), context))
                .hasMessageContaining("Failed get access to the repo(s): [" + honest.url("org/digits.git") + "]");
        assertThat(thief.tokensSeen()).isEmpty();
    }

    private GitHttps host(Path repositories, String token) {
        GitHttps host = new GitHttps(repositories, token, certificate);
        hosts.add(host);
        return host;
    }

    private static GitSettings settings(String repository, String revision, String token, String user) {
        return new GitSettings(repository, revision, null, token, user, null);
    }
}
