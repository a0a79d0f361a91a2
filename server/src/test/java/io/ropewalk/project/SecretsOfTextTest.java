package io.ropewalk.project;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.support.yaml.Yaml;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SecretsOfTextTest {
    private static final DocumentReader READER = new DocumentReader(TestSources.ALL);

    static Stream<Arguments> texts() {
        return Stream.of(
                Arguments.of("sources: [{name: a, git: {repository: a/b, token: secret}}]", "token: \"***\"}}]"),
                Arguments.of("sources: [{name: a, git: {repository: a/b, token: 'sec''ret'}}]", "token: \"***\"}}]"),
                Arguments.of("sources: [{name: a, git: {repository: a/b, token: \"s\\\nsecret\"}}]", "\"***\"}}]"),
                Arguments.of("""
                        # 🐴 a comment
                        sources:
                          - name: a
                            git:
                              privateKey: |
                                secret

                                secret
                              repository: a/b
                        """, "privateKey: \"***\"\n      repository: a/b"),
                Arguments.of(
                        "\uFEFFtitle: é🐴\r\nsources:\r\n- name: a\r\n  git:\r\n    token: >-\r\n      secret\r\n      secret\r\n    repository: a/b\r\n",
                        "token: \"***\"\r\n    repository: a/b"),
                Arguments.of("""
                        forms: &shared {token: &k secret}
                        sources:
                          - {name: a, git: {repository: a/b, privateKey: *k}}
                          - {name: b, git: {<<: *shared, repository: a/b}}
                        """, "{token: &k \"***\"}"),
                Arguments.of(
                        "sources: [{name: a, git: {repository: 'https://me:secret@host/a/b'}}]", "'https://host/a/b'"),
                Arguments.of(
                        "sources: [{name: a, git: {repository: \"https:\\/\\/me:secret\\x40host/a\"}}]",
                        "repository: \"***\""),
                Arguments.of("""
                        kind: MLApp
                        metadata: {name: a}
                        spec:
                          Volumes:
                            - name: a
                              gitRepo: {repository: a/b, Access_Token: secret, privat_key: secret}
                            - name: b
                              s3Bucket: {bucket: c, keys: [secret, {more: secret}]}
                        """, "Access_Token: \"***\", privat_key: \"***\"}"));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void aSecretIsHiddenWhereverAndHoweverItIsWritten(String text, String kept) {
        String masked = READER.masked("name: x\n".concat(text.replace("\uFEFF", "")));
        assertThat(masked).doesNotContain("secret").contains(kept).startsWith("name: x\n");
        assertThat(Yaml.read(masked).problems()).isEmpty();
        assertThat(READER.masked(text)).doesNotContain("secret").contains(kept);
    }

    @Test
    void aTextWithoutSecretsStaysAsItIs() {
        String text = "# as it is\nname:   x\nsources: [{name: a, git: {repository: a/b, depth: 3}}]\n";
        assertThat(READER.masked(text)).isEqualTo(text);
    }

    @Test
    void aTextThatCannotBeReadIsWithheld() {
        assertThat(READER.masked("name: [token: secret")).isEqualTo(SecretsOfText.WITHHELD);
        assertThat(READER.masked("")).isEqualTo(SecretsOfText.WITHHELD);
    }
}
