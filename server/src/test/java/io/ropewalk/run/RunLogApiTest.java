package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ropewalk.log.LogFile;
import io.ropewalk.log.LogLine;
import io.ropewalk.log.LogPage;
import io.ropewalk.log.LogTail;
import io.ropewalk.log.LogTimes;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.support.http.Content;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.http.EventStream;
import io.ropewalk.support.time.Signals;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RunLogApiTest {
    private static final String LOGS = "GET /api/v1/runs/{run}/logs";

    private final FakeLogs logs = new FakeLogs();
    private final Signals signals = new Signals();
    private final List<Endpoint<?, ?>> api = new RunLogApi(
                    logs,
                    new LogTimes(_ -> Path.of("nowhere"), InstantSource.system()),
                    signals,
                    InstantSource.system())
            .endpoints();

    private LogPage read(String name, Map<String, ?> query) throws Exception {
        return TestCall.owner().call(api, LOGS + "/{name}", with(name, query), LogPage.class);
    }

    private static Map<String, Object> with(String name, Map<String, ?> query) {
        Map<String, Object> values = new HashMap<>(query);
        values.put("run", "run-1");
        values.put("name", name);
        return values;
    }

    private static List<String> shown(LogPage page) {
        return page.lines().stream()
                .map(line -> (line.log() == null ? "" : line.log() + ": ") + line.text())
                .toList();
    }

    @Test
    @DisplayName("AT-K17: two replicas have the master log and two of their own, and grep filters lines")
    @SuppressWarnings("unchecked")
    void twoReplicasHaveTheMasterLogAndTheirOwnAndGrepFilters() throws Exception {
        logs.write("master", 1, "queued\nstarted\n")
                .write("worker-0", 1, "loss 0.5\nsaved\n")
                .write("worker-1", 1, "loss 0.4\nsaved\n");
        logs.end();
        List<LogFile> files = TestCall.owner().call(api, LOGS, Map.of("run", "run-1"), List.class);
        assertThat(files.stream().map(LogFile::name)).containsExactly("master", "worker-0", "worker-1");
        assertThat(files.getFirst()).isEqualTo(new LogFile("master", 1, List.of(1), 15, true));
        assertThat(shown(read("worker-0", Map.of("grep", "loss")))).containsExactly("loss 0.5");
        assertThat(shown(read("all", Map.of("grep", "loss"))))
                .containsExactly("worker-0: loss 0.5", "worker-1: loss 0.4");
        assertThat(shown(read("all", Map.of("regex", "^(loss|que)"))))
                .containsExactly("master: queued", "worker-0: loss 0.5", "worker-1: loss 0.4");
        assertThat(shown(read("worker-1", Map.of("grep", "^s", "regex", "true"))))
                .containsExactly("saved");
    }

    @Test
    void aLogIsReadPageByPage() throws Exception {
        logs.write("worker-0", 1, "a\nb\nc\nd");
        LogPage first = read("worker-0", Map.of("limit", 2));
        assertThat(shown(first)).containsExactly("a", "b");
        assertThat(first.next()).isEqualTo(4L);
        LogPage second = read("worker-0", Map.of("offset", "4"));
        assertThat(shown(second)).containsExactly("c");
        assertThat(second.complete()).isFalse();
        assertThat(shown(read("worker-0", Map.of("offset", "6")))).isEmpty();
        assertThat(shown(read("worker-0", Map.of("offset", "6", "partial", true))))
                .containsExactly("d");
        logs.end();
        LogPage last = read("worker-0", Map.of("offset", "6"));
        assertThat(shown(last)).containsExactly("d");
        assertThat(last.complete()).isTrue();
        assertThat(shown(read("worker-0", Map.of("offset", "-4")))).containsExactly("c", "d");
        assertThat(shown(read("all", Map.of("offset", "-1")))).containsExactly("worker-0: d");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 1000})
    void severalLogsTogetherShowEveryLineOfEveryAttemptOnce(int limit) throws Exception {
        logs.write("master", 1, "m1\nm2\n")
                .write("worker-0", 1, "first\nfailed")
                .write("worker-0", 2, "second\n")
                .write("worker-1", 1, "only\n");
        logs.end();
        List<String> lines = new ArrayList<>();
        Object next = "0";
        LogPage page;
        do {
            page = read("all", Map.of("offset", String.valueOf(next), "limit", limit));
            lines.addAll(shown(page));
            next = page.next();
        } while (!page.complete());
        assertThat(lines)
                .containsExactly(
                        "master: m1",
                        "master: m2",
                        "worker-0: first",
                        "worker-0: failed",
                        "worker-0: second",
                        "worker-1: only");
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("worker-0", Map.of("limit", 0), ErrorCode.INVALID_REQUEST),
                Arguments.of("worker-0", Map.of("limit", 100_000), ErrorCode.INVALID_REQUEST),
                Arguments.of("worker-0", Map.of("context", -1), ErrorCode.INVALID_REQUEST),
                Arguments.of("worker-0", Map.of("context", 51), ErrorCode.INVALID_REQUEST),
                Arguments.of("worker-0", Map.of("offset", "x"), ErrorCode.INVALID_REQUEST),
                Arguments.of("worker-0", Map.of("offset", "99999999999999999999"), ErrorCode.INVALID_REQUEST),
                Arguments.of("worker-0", Map.of("offset", "master.1=3"), ErrorCode.INVALID_REQUEST),
                Arguments.of("all", Map.of("offset", "12"), ErrorCode.INVALID_REQUEST),
                Arguments.of("all", Map.of("offset", "../x.1=2"), ErrorCode.INVALID_REQUEST),
                Arguments.of("worker-0", Map.of("regex", "("), ErrorCode.INVALID_REQUEST),
                Arguments.of("worker-0", Map.of("attempt", 2), ErrorCode.NOT_FOUND),
                Arguments.of("worker-7", Map.of(), ErrorCode.NOT_FOUND),
                Arguments.of("../../etc/passwd", Map.of(), ErrorCode.NOT_FOUND));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void badRequestsAreRefused(String name, Map<String, ?> query, ErrorCode code) {
        logs.write("worker-0", 1, "a\n");
        assertThatThrownBy(() -> read(name, query))
                .isInstanceOfSatisfying(
                        RopewalkException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/{name}", "/{name}/tail", "/{name}/raw"})
    void someoneElsesLogsAreNotThere(String path) {
        logs.write("worker-0", 1, "secret\n");
        for (TestCall call : List.of(TestCall.stranger())) {
            assertThatThrownBy(() -> call.call(api, LOGS + path, with("worker-0", Map.of()), Object.class))
                    .isInstanceOfSatisfying(
                            RopewalkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
        }
    }

    @Test
    void aDownloadIsWhatWasWritten() throws Exception {
        String text = "a\r50%\r100%\n\u001b[31m".repeat(60_000);
        logs.write("worker-0", 1, text);
        TestCall call = TestCall.owner();
        Content.Streamed content =
                call.call(api, LOGS + "/{name}/raw", with("worker-0", Map.of()), Content.Streamed.class);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        content.writer().writeTo(out);
        assertThat(out.toString(java.nio.charset.StandardCharsets.UTF_8)).isEqualTo(text);
        assertThat(content.mediaType()).isEqualTo("text/plain; charset=utf-8");
        assertThat(call.added).containsEntry("Content-Disposition", "attachment; filename=\"worker-0.1.log\"");
    }

    private record Event(String name, String id, Object data) {
        List<LogLine> lines() {
            return ((LogTail.Lines) data).lines();
        }
    }

    private static final class Client implements EventStream.Sink {
        private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        private volatile boolean closed;

        @Override
        public void send(String event, String id, Object data) {
            events.add(new Event(event, id, data));
        }

        @Override
        public boolean closed() {
            return closed;
        }

        Event next() throws InterruptedException {
            Event event = events.poll(20, TimeUnit.SECONDS);
            assertThat(event).isNotNull();
            return event;
        }
    }

    private Client follow(String name, Map<String, ?> query) throws Exception {
        EventStream stream = TestCall.owner().call(api, LOGS + "/{name}/tail", with(name, query), EventStream.class);
        Client client = new Client();
        Thread.ofVirtual().start(() -> {
            try {
                stream.writeTo(client);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return client;
    }

    @Test
    void aTailShowsWhatIsWrittenAndEnds() throws Exception {
        logs.write("worker-0", 1, "a\nb");
        Client client = follow("worker-0", Map.of());
        assertThat(client.next().lines()).extracting(LogLine::text).containsExactly("a");
        logs.write("worker-0", 1, "b\nc\n");
        assertThat(client.next().lines()).extracting(LogLine::text).containsExactly("bb", "c");
        logs.write("worker-0", 1, "last");
        logs.end();
        Event last = client.next();
        assertThat(last.lines()).extracting(LogLine::text).containsExactly("last");
        Event end = client.next();
        assertThat(end.name()).isEqualTo("end");
        assertThat(end.id()).isEqualTo("11");
    }

    @Test
    void whoConnectsAgainMissesNothingAndSeesNothingTwice() throws Exception {
        List<String> seen = new ArrayList<>();
        String id = "";
        for (int round = 0; round < 5; round++) {
            logs.write("worker-0", 1, "w" + round + "\nhalf of ").write("worker-1", 1, "v" + round + "\n");
            Client client = follow("all", Map.of("lastEventId", id));
            Event event = client.next();
            seen.addAll(event.lines().stream().map(LogLine::text).toList());
            client.closed = true;
            id = event.id();
            logs.write("master", 1, "m" + round + "\n");
        }
        logs.end();
        Client client = follow("all", Map.of("lastEventId", id));
        for (Event event = client.next(); !event.name().equals("end"); event = client.next()) {
            seen.addAll(event.lines().stream().map(LogLine::text).toList());
        }
        assertThat(seen)
                .containsExactlyInAnyOrder(
                        "w0",
                        "half of w1",
                        "half of w2",
                        "half of w3",
                        "half of w4",
                        "half of ",
                        "v0",
                        "v1",
                        "v2",
                        "v3",
                        "v4",
                        "m0",
                        "m1",
                        "m2",
                        "m3",
                        "m4");
    }

    @Test
    void aProgressBarIsShownAsItMovesToThoseWhoAskForIt() throws Exception {
        logs.write("worker-0", 1, "10%\r");
        Client client = follow("worker-0", Map.of("partial", true));
        assertThat(client.next().lines()).containsExactly(new LogLine(0, "10%", null, null, true));
        logs.write("worker-0", 1, "20%\r");
        assertThat(client.next().lines()).containsExactly(new LogLine(0, "20%", null, null, true));
        logs.write("worker-0", 1, "100%\n");
        assertThat(client.next().lines()).containsExactly(new LogLine(0, "100%", null, null, null));
        client.closed = true;
    }
}
