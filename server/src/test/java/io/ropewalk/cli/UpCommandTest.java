package io.ropewalk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class UpCommandTest {
    private static final Pattern LINK = Pattern.compile("href=\"http://[^/]*(/sign-in[?]code=[^\"]+)\"");

    @Test
    void aBrowserIsSignedInWithoutShowingTheTokenToAnybody() throws IOException {
        try (TestServer server = TestServer.start()) {
            List<String> command = UpCommand.browserCommand(server.server());
            assertThat(command).noneMatch(word -> word.contains(server.server().ownerToken()));
            Path page = Path.of(command.getLast());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(page)))
                    .isEqualTo("rw-------");
            String html = Files.readString(page);
            assertThat(html).doesNotContain(server.server().ownerToken());
            Matcher link = LINK.matcher(html);
            assertThat(link.find()).isTrue();
            assertThat(command).noneMatch(word -> word.contains(link.group(1).replace("/sign-in?code=", "")));

            TestServer.Answer first = server.send("GET", link.group(1), "", null);
            assertThat(first.response().headers().firstValue("Set-Cookie").orElse(""))
                    .startsWith("ropewalk_session=");
            assertThat(first.response().headers().firstValue("Location")).contains("/");
            assertThat(page).doesNotExist();

            TestServer.Answer second = server.send("GET", link.group(1), "", null);
            assertThat(second.response().headers().firstValue("Set-Cookie")).isEmpty();
            assertThat(second.response().headers().firstValue("Location")).contains("/signed-out?refused");
        }
    }

    @Test
    void aPageThatNobodyOpenedGoesWithTheServer() {
        Path page;
        try (TestServer server = TestServer.start()) {
            page = server.server().signInPage();
            assertThat(server.server().signInPage()).isEqualTo(page).exists();
        }
        assertThat(page).doesNotExist();
    }
}
