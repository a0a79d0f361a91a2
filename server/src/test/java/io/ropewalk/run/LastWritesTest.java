package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.Ropewalk;
import io.ropewalk.SettableClock;
import io.ropewalk.TestServer;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.db.Databases;
import io.ropewalk.support.json.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs from outside whose programs say nothing.
class LastWritesTest {
    private static final Instant BEGIN = Instant.parse("2030-01-01T00:00:00Z");

    private final SettableClock clock = new SettableClock(BEGIN);
    private final HttpClient client = HttpClient.newHttpClient();

    static Stream<TestServer> both() {
        return TestServer.onBoth(Map.of("notices.silentMinutes", "5"));
    }

    private JsonNode call(Ropewalk server, String method, String path, String body) throws Exception {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create(server.url() + path))
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .header("Content-Type", "application/json")
                        .header("Authorization", "Bearer " + server.ownerToken())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return answer.body().isEmpty() ? Json.tree("{}") : Json.tree(answer.body());
    }

    private String silentSince(Ropewalk server, String run) throws Exception {
        JsonNode shown = call(server, "GET", "/api/v1/runs/" + run, "");
        JsonNode listed = call(server, "GET", "/api/v1/workspaces/default/runs", "")
                .get("items")
                .get(0);
        assertThat(listed.path("silentSince")).isEqualTo(shown.path("silentSince"));
        assertThat(shown.get("state").asText()).isEqualTo("running");
        return shown.path("silentSince").asText();
    }

    private String track(Ropewalk server) throws Exception {
        return call(server, "POST", "/api/v1/workspaces/default/projects/outside/runs/tracked", "{}")
                .get("id")
                .asText();
    }

    @ParameterizedTest
    @MethodSource("both")
    void aRunFromOutsideIsShownAsSilentAndHeardAgainAndNeverEnded(TestServer fixture) throws Exception {
        fixture.close();
        try (Ropewalk server = Ropewalk.start(fixture.settings(), clock)) {
            String run = track(server);
            assertThat(silentSince(server, run)).isEmpty();
            clock.move(Duration.ofMinutes(4));
            call(
                    server,
                    "POST",
                    "/api/v1/runs/" + run + "/metrics",
                    "{\"points\": [{\"name\": \"loss\", \"value\": 1}]}");
            clock.move(Duration.ofMinutes(4).plusSeconds(59));
            assertThat(silentSince(server, run)).isEmpty();
            clock.move(Duration.ofSeconds(1));
            assertThat(silentSince(server, run)).isEqualTo("2030-01-01T00:04:00Z");
            clock.move(Duration.ofDays(3));
            assertThat(silentSince(server, run)).isEqualTo("2030-01-01T00:04:00Z");

            call(server, "POST", "/api/v1/runs/" + run + "/info", "{\"info\": {\"host\": \"laptop\"}}");

            assertThat(silentSince(server, run)).isEmpty();
            clock.move(Duration.ofMinutes(6));
            assertThat(silentSince(server, run)).isNotEmpty();
            JsonNode ended = call(server, "POST", "/api/v1/runs/" + run + "/finish", "{\"state\": \"succeeded\"}");
            assertThat(ended.has("silentSince")).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("both")
    void aServerThatWasAwayDoesNotTakeThatForSilence(TestServer fixture) throws Exception {
        fixture.close();
        String run;
        try (Ropewalk server = Ropewalk.start(fixture.settings(), clock)) {
            run = track(server);
            clock.move(Duration.ofMinutes(1));
            call(
                    server,
                    "POST",
                    "/api/v1/runs/" + run + "/metrics",
                    "{\"points\": [{\"name\": \"loss\", \"value\": 1}]}");
        }
        clock.move(Duration.ofHours(2));
        try (Ropewalk server = Ropewalk.start(fixture.settings(), clock)) {
            assertThat(silentSince(server, run)).isEmpty();
            clock.move(Duration.ofMinutes(5));
            assertThat(silentSince(server, run)).isEqualTo("2030-01-01T00:01:00Z");
        }
    }

    @ParameterizedTest
    @MethodSource("both")
    void aRunOfThisServerThatHangsInTheMiddleOfALineIsToldToWhoAsked(TestServer fixture) throws Exception {
        fixture.apply("hangs", "{name: hangs, tasks: [{name: hang, command: \"printf 'epoch 1: 50%%'; sleep 999\"}]}");
        fixture.post("/api/v1/notice-rules", Map.of("project", "hangs", "on", "silent", "minutes", 10))
                .expect(201);
        fixture.close();
        try (Ropewalk server = Ropewalk.start(fixture.settings(), clock)) {
            String run = call(server, "POST", "/api/v1/workspaces/default/projects/hangs/runs", "{\"task\": \"hang\"}")
                    .get("id")
                    .asText();
            await(() -> call(server, "GET", "/api/v1/runs/" + run + "/logs", "")
                            .toString()
                            .contains("worker-0")
                    && call(server, "GET", "/api/v1/runs/" + run + "/logs/worker-0?partial=true", "")
                            .toString()
                            .contains("50%"));
            await(() -> {
                // The log may be looked at between two moves, and then counts as written at that moment.
                clock.move(Duration.ofMinutes(1));
                return call(server, "GET", "/api/v1/notices", "").get("items").size() == 1;
            });
            JsonNode notice =
                    call(server, "GET", "/api/v1/notices", "").get("items").get(0);
            assertThat(notice.get("kind").asText()).isEqualTo("silent");
            assertThat(notice.get("title").asText()).isEqualTo("hang-1 of hangs is silent");
            assertThat(call(server, "GET", "/api/v1/runs/" + run, "").has("silentSince"))
                    .as("this server sees the program itself")
                    .isFalse();
            call(server, "POST", "/api/v1/runs/" + run + "/stop", "{\"grace\": 0}");
            await(() -> call(server, "GET", "/api/v1/runs/" + run, "").has("endedAt"));
        }
    }

    private interface Look {
        boolean done() throws Exception;
    }

    private static void await(Look look) throws Exception {
        Instant deadline = Instant.now().plusSeconds(60);
        while (!look.done()) {
            assertThat(Instant.now()).isBefore(deadline);
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @MethodSource("both")
    void writesCostTheDatabaseNothingUntilItIsTimeToStoreThem(TestServer fixture) throws Exception {
        String run = fixture.post("/api/v1/workspaces/default/projects/outside/runs/tracked", Map.of())
                .expect(201)
                .json()
                .get("id")
                .asText();
        fixture.close();
        try (Database database =
                Databases.open(fixture.settings().database(), fixture.data().resolve("ropewalk.db"))) {
            LastWrites writes = new LastWrites(database, clock, Duration.ofMinutes(5));
            io.ropewalk.spi.RunId id = new io.ropewalk.spi.RunId(run);
            writes.wrote(id);
            writes.storeNowAndThen();
            assertThat(stored(database, run)).isNotEqualTo(BEGIN.toEpochMilli());
            clock.move(Duration.ofSeconds(15));
            writes.storeNowAndThen();
            assertThat(stored(database, run)).isEqualTo(BEGIN.toEpochMilli());
            writes.wrote(new io.ropewalk.spi.RunId("no-such-run"));
            clock.move(Duration.ofSeconds(15));
            writes.wrote(id);
            writes.store();
            assertThat(stored(database, run)).isEqualTo(BEGIN.plusSeconds(30).toEpochMilli());
            LastWrites next = new LastWrites(database, clock, Duration.ofMinutes(5));
            next.recover();
            assertThat(next.last(id, BEGIN)).isEqualTo(BEGIN.plusSeconds(30));
        }
    }

    private static long stored(Database database, String run) {
        return database.read(handle -> handle.createQuery("select at from run_heard where run_id = :run")
                .bind("run", run)
                .mapTo(Long.class)
                .findOne()
                .orElse(0L));
    }
}
