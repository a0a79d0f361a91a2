package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.ropewalk.access.Scope;
import io.ropewalk.metric.LiveNumbers;
import io.ropewalk.metric.MetricStore;
import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import io.ropewalk.spi.RunId;
import io.ropewalk.support.db.Database;
import io.ropewalk.support.db.TestDatabases;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.json.Json;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunMetricApiTest {
    private static final String METRICS = " /api/v1/runs/{run}/metrics";

    private final Database database = TestDatabases.sqlite().open();
    private final MetricStore store = new MetricStore(database, new LiveNumbers(_ -> {}));
    private final List<Endpoint<?, ?>> api = new RunMetricApi(
                    RunMetricApiTest::check, store, _ -> {}, InstantSource.fixed(Instant.ofEpochMilli(1_000)))
            .endpoints();

    @AfterEach
    void close() {
        database.close();
    }

    private static void check(Scope scope, RunId run) {
        if (!scope.equals(Scope.EVERYTHING) || !run.value().equals("run-1")) {
            throw new RopewalkException(ErrorCode.NOT_FOUND, "There is no run '" + run + "'.");
        }
    }

    private static List<RunMetricApi.Posted> points(String json) throws Exception {
        List<RunMetricApi.Posted> points = new ArrayList<>();
        for (JsonNode point : Json.MAPPER.readTree(json)) {
            points.add(Json.MAPPER.treeToValue(point, RunMetricApi.Posted.class));
        }
        return points;
    }

    private void post(String json) throws Exception {
        TestCall.owner().call(api, "POST" + METRICS, Map.of("run", "run-1", "points", points(json)), Object.class);
    }

    private String get(String path, Map<String, ?> query) throws Exception {
        Map<String, Object> values = new HashMap<>(query);
        values.put("run", "run-1");
        return Json.write(TestCall.owner().call(api, "GET" + METRICS + path, values, Object.class));
    }

    @Test
    void whatIsPostedIsRead() throws Exception {
        post("""
                [{"name":"loss","value":0.5,"step":1,"at":1795255200125},
                 {"name":"loss","value":"NaN","step":2}, {"name":"acc","value":"-Infinity"}, {"name":"acc","value":3}]
                """);
        assertThat(get("", Map.of())).isEqualTo("""
                        [{"name":"acc","count":2,"last":3.0,"min":"-Infinity","max":3.0,"lastStep":1,\
                        "lastAt":"1970-01-01T00:00:01Z"},{"name":"loss","count":2,"last":"NaN","min":0.5,"max":0.5,\
                        "lastStep":2,"lastAt":"1970-01-01T00:00:01Z"}]""");
        assertThat(get("/series", Map.of("name", List.of("loss", "none")))).isEqualTo("""
                        [{"name":"loss","points":[[1,1795255200125,0.5],[2,1000,"NaN"]],"sampled":false},\
                        {"name":"none","points":[],"sampled":false}]""");
        assertThat(Json.tree(get("/series", Map.of()))).hasSize(2);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("[{\"name\":\"a\"}]", "'value'"),
                Arguments.of("[{\"value\":1}]", "'name'"),
                Arguments.of("[{\"name\":\"\",\"value\":1}]", "printable"),
                Arguments.of("[{\"name\":\"a\\u0007\",\"value\":1}]", "printable"),
                Arguments.of("[{\"name\":\"" + "a".repeat(251) + "\",\"value\":1}]", "250"),
                Arguments.of("[{\"name\":\"a\",\"value\":1,\"at\":-1}]", "milliseconds"),
                Arguments.of("[{\"name\":\"a\",\"value\":1,\"at\":1763717804125000000}]", "milliseconds"),
                Arguments.of(
                        "[" + "{\"name\":\"a\",\"value\":1},".repeat(10_000) + "{\"name\":\"a\",\"value\":1}]",
                        "at most 10000"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void badPointsAreRefusedAllTogether(String json, String reason) {
        assertThatThrownBy(() -> post(json))
                .satisfies(e -> assertThat(String.valueOf(e.getCause() == null ? e : e.getCause()))
                        .contains(reason));
        assertThat(store.names(new RunId("run-1"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "GET", "GET/series"})
    void someoneElsesNumbersAreNotThere(String what) throws Exception {
        post("[{\"name\":\"a\",\"value\":1}]");
        String endpoint = what.startsWith("POST") ? "POST" + METRICS : "GET" + METRICS + what.substring(3);
        Map<String, ?> values = Map.of("run", "run-1", "points", what.equals("POST") ? List.of() : 100);
        assertThatThrownBy(() -> TestCall.stranger().call(api, endpoint, values, Object.class))
                .isInstanceOfSatisfying(
                        RopewalkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
        assertThatThrownBy(() -> TestCall.owner()
                        .call(api, endpoint, Map.of("run", "run-2", "points", values.get("points")), Object.class))
                .isInstanceOf(RopewalkException.class);
    }
}
