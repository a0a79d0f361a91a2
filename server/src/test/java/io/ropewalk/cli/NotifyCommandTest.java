package io.ropewalk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NotifyCommandTest {
    private static final String CHANNELS =
            "{\"channels\":[{\"id\":\"c-1\",\"name\":\"chat\",\"kind\":\"webhook\",\"target\":\"https://example.org/hook\"}],\"mail\":false,\"mailRemedy\":\"No mail here.\"}";
    private static final String RULE =
            "{\"id\":\"r-1\",\"about\":\"project\",\"project\":\"digits\",\"words\":\"has loss > 10\",\"channels\":[\"c-1\"]}";

    @TempDir
    Path folder;

    private final StandInServer server;

    NotifyCommandTest() throws IOException {
        server = new StandInServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            loss > 10              | loss    | above | 10.0
            loss>10                | loss    | above | 10.0
            val/acc < 1e-3         | val/acc | below | 0.001
            a long name > -2.5     | a long name | above | -2.5
            loss nan               | loss    | nan   |
            loss NaN               | loss    | nan   |
            """)
    void aConditionIsReadAsPeopleWriteIt(String text, String metric, String is, Double value) {
        Map<String, Object> condition = NotifyCommand.condition(text);
        assertThat(condition)
                .containsEntry("on", "number")
                .containsEntry("metric", metric)
                .containsEntry("is", is);
        assertThat(condition.get("value")).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"loss", "loss = 3", "> 3", "loss >", "loss > ten", "lossnan", "nan"})
    void whatIsNoConditionIsRefused(String text) {
        assertThatExceptionOfType(Failure.class).isThrownBy(() -> NotifyCommand.condition(text));
    }

    @Test
    void whatOneIsToldOfIsListedInSentences() {
        server.on(
                "GET /api/v1/notice-rules",
                200,
                "[" + RULE + ",{\"id\":\"r-2\",\"about\":\"mine\",\"words\":\"fails\",\"channels\":[]}]");
        server.on("GET /api/v1/notice-channels", 200, CHANNELS);
        assertThat(server.call(folder, "notify").out())
                .contains("a run of digits has loss > 10  chat")
                .contains("a run of yours fails");
    }

    @Test
    void aChannelIsNamedAsItIsCalled() {
        server.on("GET /api/v1/notice-channels", 200, CHANNELS);
        server.on("POST /api/v1/notice-rules", 201, RULE);
        assertThat(server.call(folder, "notify", "number", "loss > 10", "-p", "digits", "--via", "chat")
                        .out())
                .isEqualTo("You are told when a run of digits has loss > 10.\n");
        StandInServer.Outcome unknown = server.call(folder, "notify", "failed", "--via", "nobody");
        assertThat(unknown.err()).contains("You have no channel `nobody`");
    }

    @Test
    void theSecretIsShownWhenTheChannelIsAdded() {
        server.on("POST /api/v1/notice-channels", 201, "{\"id\":\"c-1\",\"name\":\"chat\",\"secret\":\"whsec_x\"}");
        assertThat(server.call(folder, "notify", "webhook", "https://example.org/hook")
                        .out())
                .contains("Added channel chat.")
                .contains("whsec_x");
    }

    @Test
    void noticesAreListedAndMarkedAsRead() {
        server.on(
                "GET /api/v1/notices?unread=true&limit=20",
                200,
                "{\"items\":[{\"title\":\"train-7 of digits has failed\",\"text\":\"worker-0 ended with exit code 1\",\"read\":false,\"createdAt\":\"2030-01-01T00:00:00Z\"}]}");
        server.on("POST /api/v1/notices/read", 204, "");
        assertThat(server.call(folder, "notices", "--unread", "--read").out())
                .contains("train-7 of digits has failed")
                .contains("worker-0 ended");
    }
}
