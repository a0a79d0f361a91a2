package io.ropewalk.run;

import io.ropewalk.access.Caller;
import io.ropewalk.support.http.Call;
import io.ropewalk.support.http.Endpoint;
import io.ropewalk.support.http.Principal;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Calls an endpoint's handler as the server would, without a server.
final class TestCall implements Call {
    final Map<String, String> added = new LinkedHashMap<>();
    private final Principal principal;

    TestCall(Principal principal) {
        this.principal = principal;
    }

    static TestCall owner() {
        return new TestCall(new Caller.Owner("owner"));
    }

    static TestCall stranger() {
        return new TestCall(new Caller.Nobody());
    }

    /// Fills the endpoint's request from `values` by name; what is not there is null.
    <R> R call(List<Endpoint<?, ?>> endpoints, String methodAndPath, Map<String, ?> values, Class<R> reply)
            throws Exception {
        Endpoint<?, ?> endpoint = endpoints.stream()
                .filter(each -> (each.method() + " " + each.path()).equals(methodAndPath))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no endpoint " + methodAndPath));
        return reply.cast(invoke(endpoint, values));
    }

    private <Q extends Record> Object invoke(Endpoint<Q, ?> endpoint, Map<String, ?> values) throws Exception {
        RecordComponent[] components = endpoint.request().getRecordComponents();
        var constructor = endpoint.request()
                .getDeclaredConstructor(
                        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        constructor.setAccessible(true);
        Object[] arguments =
                Arrays.stream(components).map(c -> values.get(c.getName())).toArray();
        return endpoint.handler().handle(constructor.newInstance(arguments), this);
    }

    @Override
    public String requestId() {
        return "test";
    }

    @Override
    public Principal principal() {
        return principal;
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.empty();
    }

    @Override
    public String origin() {
        return "http://127.0.0.1";
    }

    @Override
    public void addHeader(String name, String value) {
        added.put(name, value);
    }
}
