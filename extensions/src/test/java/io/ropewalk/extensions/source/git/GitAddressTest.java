package io.ropewalk.extensions.source.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.conformance.source.Traversals;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitAddressTest {
    @ParameterizedTest(name = "{0}")
    @DisplayName("AT-K13: an address says the repository, the folder and the revision")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        https://github.com/org/repo                        | https://github.com/org/repo               | repo               | -
        https://github.com/org/repo.git                    | https://github.com/org/repo.git           | repo               | -
        https://github.com/org/repo/                       | https://github.com/org/repo               | repo               | -
        https://github.com/org/repo/models/small           | https://github.com/org/repo               | repo/models/small  | -
        https://github.com/org/repo/src/models             | https://github.com/org/repo               | repo/src/models    | -
        https://github.com/org/repo/tree/v1.2/models       | https://github.com/org/repo               | repo/models        | v1.2
        https://github.com/org/repo/tree/v1.2              | https://github.com/org/repo               | repo               | v1.2
        https://github.com/org/repo/tree/master/a/b        | https://github.com/org/repo               | repo/a/b           | -
        https://bitbucket.org/org/repo/src/3f2c1a9/a/b     | https://bitbucket.org/org/repo            | repo/a/b           | 3f2c1a9
        https://bitbucket.org/org/repo/src/master/         | https://bitbucket.org/org/repo            | repo               | -
        https://gitlab.com/group/sub/repo.git/dir          | https://gitlab.com/group/sub/repo.git     | repo/dir           | -
        https://gitlab.com/group/sub/repo/-/tree/main/dir  | https://gitlab.com/group/sub/repo         | repo/dir           | main
        git@github.com:org/repo.git                        | git@github.com:org/repo.git               | repo               | -
        git@github.com:org/repo.git/src/models             | git@github.com:org/repo.git               | repo/src/models    | -
        ssh://git@host:2222/org/repo.git                   | ssh://git@host:2222/org/repo.git          | repo               | -
        ssh://git@host/org/repo/tree/v2/sub                | ssh://git@host/org/repo                   | repo/sub           | v2
        /srv/git/repo.git                                  | /srv/git/repo.git                         | repo               | -
        """)
    void anAddressSaysTheRepositoryTheFolderAndTheRevision(String text, String url, String path, String revision) {
        GitAddress address = GitAddress.parse(text);
        assertThat(address.url()).isEqualTo(url);
        assertThat(address.mountedPath()).isEqualTo(path);
        assertThat(address.revision()).isEqualTo(revision == null ? "" : revision);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        https://host:8443/git/repo.git                       | https://host:8443/git/repo.git                | repo
        https://gitea.org/org/repo/src/branch/main/a         | https://gitea.org/org/repo                    | repo/a
        https://dev.azure.com/org/project/_git/repo          | https://dev.azure.com/org/project/_git/repo   | repo
        https://user@bitbucket.org/org/repo.git              | https://bitbucket.org/org/repo.git            | repo
        git@host:repo.git                                    | git@host:repo.git                             | repo
        git@host:/srv/repo.git/a                             | git@host:/srv/repo.git                        | repo/a
        ssh://host/~me/repo.git                              | ssh://host/~me/repo.git                       | repo
        https://[2001:db8::1]/org/repo                       | https://[2001:db8::1]/org/repo                | repo
        file:///srv/git/repo                                 | /srv/git/repo                                 | repo
        /srv/git/repo.git/sub                                | /srv/git/repo.git                             | repo/sub
        """)
    void otherHostsAreUnderstoodToo(String text, String url, String path) {
        GitAddress address = GitAddress.parse(text);
        assertThat(address.url()).isEqualTo(url);
        assertThat(address.mountedPath()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ext::sh -c touch% /tmp/pwned",
                "fd::17/foo",
                "http://host/org/repo",
                "git://host/org/repo",
                "ftp://host/org/repo",
                "file://host/srv/repo",
                "file:../repo",
                "../repo",
                "repo",
                "--upload-pack=touch /tmp/pwned",
                "-oProxyCommand=touch",
                "ssh://-oProxyCommand=touch/org/repo",
                "-oProxyCommand=x@host:org/repo",
                "git@-oProxyCommand=x:org/repo",
                "git@host:--upload-pack=x/repo",
                "https://host/--upload-pack=x/repo",
                "https://host/org/-repo.git",
                "https://host/org/re po",
                "https://host/org/repo;touch x",
                "https://host/org/$(touch x)",
                "https://host/org/`touch x`",
                "https://host/org/repo\nhost: evil",
                "https://host/org/repo?service=x",
                "https://host/org/repo#x",
                "https://host:99999/org/repo",
                "https://host:0/org/repo",
                "https://host/org",
                "https://host/",
                "https:///org/repo",
                "https://user:password@host/org/repo",
                "https://host/org/../../repo",
                "https://host/org/%2e%2e/repo",
                "https://host\\@evil/org/repo",
                "https://host/org/.git",
                "/srv/../etc/repo",
                "/",
                "ssh://git@host",
                "git@host:",
                "helper::https://host/org/repo",
            })
    void whatIsNoPlainAddressIsRefused(String text) {
        assertThatThrownBy(() -> GitAddress.parse(text))
                .isInstanceOfSatisfying(
                        RopewalkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageContaining("'repository'");
    }

    @Test
    void aPasswordInAnAddressIsNotRepeated() {
        for (String scheme : List.of("https", "ssh", "http", "ftp")) {
            assertThatThrownBy(() -> GitAddress.parse(scheme + "://me:hunter2@host/org/repo"))
                    .hasMessageNotContaining("hunter2");
        }
    }

    @Test
    void noSpellingOfAWayOutStaysInAnAddress() {
        for (String spelling : Traversals.all()) {
            for (String prefix : List.of("https://host/org/repo/", "git@host:org/repo.git/", "/srv/repo.git/", "")) {
                try {
                    GitAddress address = GitAddress.parse(prefix + spelling);
                    assertThat(address.subPath().split("/", -1))
                            .as(prefix + spelling)
                            .doesNotContain("..", ".");
                    assertThat(address.url()).doesNotContain("..");
                } catch (RopewalkException e) {
                    assertThat(e.code().status()).isEqualTo(400);
                }
            }
        }
    }

    @Test
    void noSpellingOfAWayOutIsADirectoryOrARevision() {
        String good = "https://host/org/repo";
        for (String spelling : Traversals.all()) {
            try {
                String folder = new GitSettings(good, null, spelling, null, null, null).folder();
                assertThat(folder.split("/", -1)).as(spelling).doesNotContain("..");
            } catch (RopewalkException e) {
                assertThat(e.code().status()).isEqualTo(400);
            }
            try {
                assertThat(new GitSettings(good, spelling, null, null, null, null).wanted())
                        .doesNotContain("..");
            } catch (RopewalkException e) {
                assertThat(e.code().status()).isEqualTo(400);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-x",
                "--upload-pack=x",
                "a b",
                "a..b",
                "a~1",
                "a^",
                "a:b",
                "a?",
                "a*",
                "a[b",
                "a\\b",
                "a@{1}",
                "a//b",
                "a/",
                "a.lock",
                "a.",
                "a/.b",
                "a\u0000b",
                "a\nb",
                "$(x)",
                "`x`"
            })
    void whatCannotNameARevisionIsRefused(String revision) {
        assertThatThrownBy(() -> new GitSettings("https://host/org/repo", revision, null, null, null, null))
                .hasMessageContaining("'revision'");
    }

    @Test
    void theSettingWinsOverTheRevisionInTheAddress() {
        String address = "https://host/org/repo/tree/v1/sub";
        assertThat(new GitSettings(address, null, null, null, null, null).wanted())
                .isEqualTo("v1");
        assertThat(new GitSettings(address, "v2", null, null, null, null).wanted())
                .isEqualTo("v2");
        assertThat(new GitSettings("https://host/org/repo", null, null, null, null, null).wanted())
                .isEmpty();
    }

    @Test
    void aWholeRepositoryAppearsAsAFolderAndAFolderAsItsContent() {
        assertThat(new GitSettings("https://host/org/repo", null, null, null, null, null).folder())
                .isEqualTo("repo");
        assertThat(new GitSettings("https://host/org/repo/sub", null, null, null, null, null).folder())
                .isEqualTo(".");
        assertThat(new GitSettings("https://host/org/repo", null, "code", null, null, null).folder())
                .isEqualTo("code");
        assertThat(new GitSettings("https://host/org/repo", null, ".", null, null, null).folder())
                .isEqualTo(".");
    }
}
