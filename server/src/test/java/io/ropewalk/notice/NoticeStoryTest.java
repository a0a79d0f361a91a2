package io.ropewalk.notice;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.TestServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What people are told of runs, from the rule to the receiver.
class NoticeStoryTest {
    private static final String DOCUMENT = """
            name: told
            tasks:
              - {name: fine, command: "true"}
              - {name: bad, command: exit 7}
              - {name: again, retry: {times: 1, on: [user-exit]}, command: exit 7}
              - name: counts
                command: |
                  echo '{"loss": 3.5}'
                  echo '{"loss": 11.25}'
                  echo '{"loss": 2.0}'
              - {name: patient, command: sleep 999}
            """;

    private static final String CHANNELS = "/api/v1/notice-channels";
    private static final Receiver RECEIVER = new Receiver();

    private final List<TestServer> servers = new ArrayList<>();

    static Stream<TestServer> both() {
        return TestServer.onBoth(Map.of("notices.allow", RECEIVER.machine()));
    }

    private TestServer ready(TestServer server) {
        servers.add(server);
        RECEIVER.answers(204, Map.of());
        server.apply("told", DOCUMENT);
        return server;
    }

    @AfterEach
    void close() {
        servers.forEach(TestServer::close);
    }

    static <T> T eventually(Supplier<T> look, java.util.function.Predicate<T> wanted) {
        Instant deadline = Instant.now().plus(Duration.ofMinutes(1));
        while (true) {
            T seen = look.get();
            if (wanted.test(seen)) {
                return seen;
            }
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("it did not come to it: " + seen);
            }
            Thread.onSpinWait();
        }
    }

    /// When there are so many.
    private static List<JsonNode> notices(TestServer server, int count) {
        return eventually(() -> notices(server), all -> all.size() >= count);
    }

    private static List<JsonNode> notices(TestServer server) {
        List<JsonNode> all = new ArrayList<>();
        server.get("/api/v1/notices").expect(200).json().get("items").forEach(all::add);
        return all;
    }

    private static String rule(TestServer server, Map<String, Object> rule) {
        return server.post("/api/v1/notice-rules", rule)
                .expect(201)
                .json()
                .get("id")
                .asText();
    }

    private static JsonNode webhook(TestServer server) {
        return server.post("/api/v1/notice-channels", Map.of("kind", "webhook", "target", RECEIVER.url()))
                .expect(201)
                .json();
    }

    @ParameterizedTest
    @MethodSource("both")
    void whoStartedARunIsToldThatItFailedWithoutAskingForIt(TestServer server) {
        ready(server);
        server.ended(server.run("told", "fine"));
        String bad = server.run("told", "bad");

        JsonNode notice = notices(server, 1).getFirst();

        assertThat(notice.get("title").asText()).isEqualTo("bad-2 of told has failed");
        assertThat(notice.get("text").asText()).isEqualTo("worker-0 ended with exit code 7");
        assertThat(notice.get("kind").asText()).isEqualTo("failed");
        assertThat(notice.get("run").asText()).isEqualTo(bad);
        assertThat(notice.get("read").asBoolean()).isFalse();
        assertThat(notices(server)).hasSize(1);
        JsonNode rule = server.get("/api/v1/notice-rules").json().get(0);
        assertThat(rule.get("about").asText()).isEqualTo("mine");
        assertThat(rule.get("words").asText()).isEqualTo("fails");
    }

    @ParameterizedTest
    @MethodSource("both")
    void whoTakesTheFirstRuleAwayIsToldNothing(TestServer server) {
        ready(server);
        String first =
                server.get("/api/v1/notice-rules").json().get(0).get("id").asText();
        server.delete("/api/v1/notice-rules/" + first).expect(204);
        server.delete("/api/v1/notice-rules/" + first).expect(404);
        rule(server, Map.of("project", "told", "on", "ended"));
        server.ended(server.run("told", "bad"));
        notices(server, 1);
        server.delete("/api/v1/notice-rules/"
                        + server.get("/api/v1/notice-rules")
                                .json()
                                .get(0)
                                .get("id")
                                .asText())
                .expect(204);
        server.ended(server.run("told", "bad"));
        // That nobody is told of it shows when a later one has been told.
        rule(server, Map.of("project", "told", "on", "number", "metric", "loss", "is", "above", "value", 10));
        server.run("told", "counts");
        notices(server, 2);
        rule(server, Map.of("project", "told", "on", "ended"));
        server.ended(server.run("told", "fine"));

        assertThat(eventually(
                        () -> notices(server).stream()
                                .map(notice -> notice.get("runName").asText())
                                .toList(),
                        names -> names.contains("fine-4")))
                .contains("bad-1", "counts-3")
                .doesNotContain("bad-2");
        assertThat(server.get("/api/v1/notice-rules").json()).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("both")
    void whatIsReadIsNotCountedAnyMore(TestServer server) {
        ready(server);
        server.run("told", "bad");
        server.run("told", "bad");
        server.run("told", "bad");
        List<JsonNode> all = notices(server, 3);
        String one = all.getFirst().get("id").asText();

        server.post("/api/v1/notices/" + one + "/read", Map.of()).expect(204);
        assertThat(server.get("/api/v1/notices?unread=true").json().get("items"))
                .hasSize(2)
                .noneMatch(notice -> notice.get("id").asText().equals(one));
        server.post("/api/v1/notices/nothing/read", Map.of()).expect(404);

        JsonNode page = server.get("/api/v1/notices?limit=2").json();
        assertThat(page.get("items")).hasSize(2);
        assertThat(server.get("/api/v1/notices?limit=2&cursor="
                                + page.get("next").asText())
                        .json()
                        .get("items"))
                .hasSize(1);

        server.post("/api/v1/notices/read", Map.of()).expect(204);
        assertThat(server.get("/api/v1/notices?unread=true").json().get("items"))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("both")
    void aRunThatIsTriedAgainIsToldWithItsSuccessor(TestServer server) {
        ready(server);
        server.run("told", "again");

        assertThat(notices(server, 2))
                .extracting(notice -> notice.get("text").asText())
                .containsExactlyInAnyOrder(
                        "worker-0 ended with exit code 7", "worker-0 ended with exit code 7; again-2 tries it again");
    }

    @ParameterizedTest
    @MethodSource("both")
    void aNumberThatGoesTooFarIsToldOnceAndBeforeTheEnd(TestServer server) {
        ready(server);
        rule(server, Map.of("project", "told", "on", "number", "metric", "loss", "is", "above", "value", 10));
        rule(server, Map.of("on", "number", "metric", "loss", "is", "above", "value", 10));
        rule(server, Map.of("project", "told", "on", "number", "metric", "loss", "is", "below", "value", 1));
        rule(server, Map.of("project", "told", "on", "number", "metric", "grad", "is", "nan"));
        String tracked = server.post("/api/v1/workspaces/default/projects/told/runs/tracked", Map.of("task", "outside"))
                .expect(201)
                .json()
                .get("id")
                .asText();
        server.send(
                        "POST",
                        "/api/v1/runs/" + tracked + "/metrics",
                        server.server().ownerToken(),
                        "{\"points\": [{\"name\": \"grad\", \"value\": \"NaN\"}, {\"name\": \"grad\", \"value\": 1}]}")
                .expect(204);
        assertThat(notices(server, 1).getFirst().get("title").asText()).isEqualTo("outside-1 of told has grad NaN");

        server.ended(server.run("told", "counts"));
        JsonNode told = notices(server, 2).getFirst();
        assertThat(told.get("title").asText()).isEqualTo("counts-2 of told has loss > 10");
        assertThat(told.get("text").asText()).isEqualTo("loss has reached 11.25");
        server.run("told", "bad");
        assertThat(notices(server, 3)).hasSize(3);
    }

    @ParameterizedTest
    @MethodSource("both")
    void aWebhookIsCalledAndItsReceiverCanCheckWhoCalled(TestServer server) throws Exception {
        ready(server);
        JsonNode channel = webhook(server);
        rule(
                server,
                Map.of(
                        "project",
                        "told",
                        "on",
                        "ended",
                        "channels",
                        List.of(channel.get("id").asText())));
        String run = server.run("told", "bad");

        Receiver.Call call = RECEIVER.next();

        assertThat(call.path()).isEqualTo("/hook?key=1");
        assertThat(call.headers()).containsEntry("content-type", "application/json");
        String secret = channel.get("secret").asText();
        assertThat(secret).startsWith("whsec_");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
        String signed = call.id() + "." + call.headers().get("webhook-timestamp") + "." + call.body();
        assertThat(call.headers().get("webhook-signature"))
                .isEqualTo("v1,"
                        + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
        assertThat(Long.parseLong(call.headers().get("webhook-timestamp")))
                .isCloseTo(Instant.now().getEpochSecond(), org.assertj.core.data.Offset.offset(60L));
        assertThat(call.json().get("type").asText()).isEqualTo("run.failed");
        JsonNode told = call.json().get("data").get("run");
        assertThat(told.get("id").asText()).isEqualTo(run);
        assertThat(told.get("state").asText()).isEqualTo("failed");
        assertThat(told.get("url").asText()).isEqualTo(server.server().url() + "/runs/" + run);
        JsonNode shown = server.get("/api/v1/notice-channels").json();
        assertThat(shown.toString()).doesNotContain("whsec_");
        JsonNode delivery = eventually(
                        () -> server.get("/api/v1/notice-channels/"
                                        + channel.get("id").asText() + "/deliveries")
                                .json(),
                        all -> all.get(0).get("state").asText().equals("delivered"))
                .get(0);
        assertThat(delivery.get("id").asText()).isEqualTo(call.id());
        assertThat(delivery.get("attempts")).hasSize(1);
        assertThat(notices(server)).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("both")
    void aTestGoesOverAChannelAndTheLogSaysWhyItDidNotArrive(TestServer server) throws Exception {
        ready(server);
        String channel = webhook(server).get("id").asText();
        RECEIVER.answers(503, Map.of());
        server.post("/api/v1/notice-channels/" + channel + "/test", Map.of()).expect(201);
        Receiver.Call call = RECEIVER.next();
        assertThat(call.json().get("type").asText()).isEqualTo("test");
        JsonNode delivery = eventually(
                        () -> server.get("/api/v1/notice-channels/" + channel + "/deliveries")
                                .json(),
                        all -> !all.get(0).get("attempts").isEmpty())
                .get(0);
        assertThat(delivery.get("state").asText()).isEqualTo("waiting");
        assertThat(delivery.get("attempts").get(0).get("problem").asText()).isEqualTo("It answered 503: said no");
        RECEIVER.answers(204, Map.of());

        Receiver.Call again = RECEIVER.next();

        assertThat(again.id()).isEqualTo(call.id());
        assertThat(again.body()).isEqualTo(call.body());
        eventually(
                () -> server.get("/api/v1/notice-channels/" + channel + "/deliveries")
                        .json(),
                all -> all.get(0).get("state").asText().equals("delivered"));
        server.delete("/api/v1/notice-channels/" + channel).expect(204);
        assertThat(server.get("/api/v1/notice-channels").json().get("channels")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("both")
    void aRuleForOneRunGoesWithItsEnd(TestServer server) {
        ready(server);
        String run = server.run("told", "patient");
        rule(server, Map.of("run", run, "on", "ended"));
        server.post("/api/v1/notice-rules", Map.of("run", run, "on", "ended")).expect(409);
        assertThat(server.get("/api/v1/notice-rules").json())
                .anyMatch(rule -> rule.path("runName").asText().equals("patient-1"));
        server.post("/api/v1/runs/" + run + "/stop", Map.of("grace", 0)).expect(200);
        server.ended(run);

        assertThat(notices(server, 1).getFirst().get("title").asText()).isEqualTo("patient-1 of told was stopped");
        assertThat(server.get("/api/v1/notice-rules").json()).hasSize(1);
        assertThat(server.post("/api/v1/notice-rules", Map.of("run", run, "on", "ended"))
                        .expect(409)
                        .response()
                        .body())
                .contains("has stopped already");
    }

    @ParameterizedTest
    @MethodSource("both")
    void whatGoesWithAProjectGoesWithIt(TestServer server) {
        ready(server);
        rule(server, Map.of("project", "told", "on", "ended"));
        server.run("told", "bad");
        notices(server, 1);
        server.delete("/api/v1/workspaces/default/projects/told").expect(204);
        assertThat(notices(server)).isEmpty();
        assertThat(server.get("/api/v1/notice-rules").json()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("both")
    void theSecretOfAWebhookIsAnsweredOnce(TestServer server) {
        String body = "{\"kind\": \"webhook\", \"target\": \"" + RECEIVER.url() + "\"}";
        JsonNode opened = server.send(
                        "POST", CHANNELS, server.server().ownerToken(), body, Map.of("Idempotency-Key", "once"))
                .expect(201)
                .json();
        assertThat(opened.get("secret").asText()).startsWith("whsec_");
        JsonNode again = server.send(
                        "POST", CHANNELS, server.server().ownerToken(), body, Map.of("Idempotency-Key", "once"))
                .expect(409)
                .json();
        assertThat(again.get("detail").asText())
                .contains(opened.get("name").asText(), "shown then, once", "open another");
        assertThat(server.get(CHANNELS).json().get("channels")).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("both")
    void aRunsTokenHasNoBusinessWithNotices(TestServer server) {
        ready(server);
        String run = server.run("told", "patient");
        String token = new io.ropewalk.access.Tokens(server.data()).ofRun(new io.ropewalk.spi.RunId(run));
        for (String path : List.of("notices", "notices/updates", "notice-rules", "notice-channels")) {
            assertThat(server.send("GET", "/api/v1/" + path, token, null)
                            .expect(403)
                            .json()
                            .get("detail")
                            .asText())
                    .isEqualTo("The run '" + run + "' may not do this; it takes the right 'SELF'.");
        }
        server.send("POST", "/api/v1/notice-rules", token, "{\"on\": \"ended\"}")
                .expect(403);
        server.send("POST", "/api/v1/notices/read", token, "{}").expect(403);
        server.post("/api/v1/runs/" + run + "/stop", Map.of("grace", 0)).expect(200);
    }
}
