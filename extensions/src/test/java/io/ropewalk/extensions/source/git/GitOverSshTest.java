package io.ropewalk.extensions.source.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.extensions.source.TestContexts;
import io.ropewalk.spi.source.SourceContext;
import io.ropewalk.spi.source.SourceType.Delivery;
import io.ropewalk.spi.source.SourceType.Pin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A git source whose repository is behind ssh and a key, with a real sshd on the other side.
class GitOverSshTest {
    private final GitSource type = new GitSource();

    @TempDir
    Path temporary;

    private Path machine;
    private Upstream upstream;
    private SshDaemon daemon;
    private SourceContext context;

    @BeforeEach
    void prepare() throws IOException {
        machine = temporary.toRealPath();
        upstream = new Upstream(Files.createDirectory(machine.resolve("repositories")), "digits");
        daemon = SshDaemon.start(Files.createDirectory(machine.resolve("sshd")));
        context = TestContexts.in(machine, "default", "digits", List.of());
    }

    @AfterEach
    void stop() {
        if (daemon != null) {
            daemon.close();
        }
    }

    @Test
    void aCommitIsPinnedAndFetchedWithTheKey() throws IOException {
        String commit = upstream.commit(Map.of("train.py", "print(1)", "src/model.py", "x = 1"));
        GitSettings settings = settings(daemon.url(upstream.bare()), daemon.clientKey());

        Pin pin = type.pin(settings, context);
        assertThat(pin).isEqualTo(new Pin(commit, "main at " + commit.substring(0, 7)));
        upstream.commit(Map.of("train.py", "print(2)"));
        Path tree = Files.createDirectory(machine.resolve("tree"));
        ((Delivery.Fetch) type.deliver(settings, pin, context)).writer().writeInto(tree, _ -> {});
        assertThat(tree.resolve("digits/train.py")).hasContent("print(1)");
        try (Stream<Path> left = Files.walk(machine.resolve("cache"))) {
            assertThat(left.filter(file -> file.getFileName().toString().equals("key")))
                    .isEmpty();
        }
    }

    @Test
    void withoutAKeyItIsSaidWhatTheHostAnswered() {
        upstream.commit(Map.of("train.py", "print(1)"));
        String url = daemon.url(upstream.bare());
        for (String key : List.of("", daemon.strangersKey())) {
            assertThatThrownBy(() -> type.pin(settings(url, key), context))
                    .hasMessageStartingWith("Failed get access to the repo(s): [" + url + "]: ")
                    .hasMessageContaining("Permission denied (publickey")
                    .hasMessageContaining("the token or key")
                    .hasMessageNotContaining("PRIVATE KEY");
        }
    }

    @Test
    void aHostThatHasBecomeAnotherOneIsNotTrusted() {
        upstream.commit(Map.of("train.py", "print(1)"));
        GitSettings settings = settings(daemon.url(upstream.bare()), daemon.clientKey());
        type.pin(settings, context);
        daemon.becomeAnother();
        assertThatThrownBy(() -> type.pin(settings, context))
                .hasMessageContainingAll("Host key verification failed", "ask the operator")
                .hasMessageNotContaining(machine.resolve("cache").toString());
    }

    private static GitSettings settings(String repository, String key) {
        return new GitSettings(repository, null, null, null, null, key);
    }
}
