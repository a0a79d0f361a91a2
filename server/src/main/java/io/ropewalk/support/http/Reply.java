package io.ropewalk.support.http;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;

/// What an endpoint answers with: the Java type, kept with its parameters for the OpenAPI document, the status and the
/// media type.
///
/// @param <R> what the handler returns
@SuppressWarnings("UnusedTypeParameter") // It ties the handler to what the API says it answers with.
public record Reply<R>(Type type, int status, String mediaType) {
    private static final String JSON = "application/json";

    public static <T> Reply<T> of(Class<T> type) {
        return new Reply<>(type, 200, JSON);
    }

    public static <T> Reply<T> created(Class<T> type) {
        return new Reply<>(type, 201, JSON);
    }

    public static <T> Reply<Page<T>> page(Class<T> item) {
        return new Reply<>(new Parameterized(Page.class, item), 200, JSON);
    }

    public static <T> Reply<List<T>> list(Class<T> item) {
        return new Reply<>(new Parameterized(List.class, item), 200, JSON);
    }

    public static Reply<Nothing> nothing() {
        return new Reply<>(Nothing.class, 204, "");
    }

    /// Bytes: a file, a log, a page.
    public static Reply<Content> content(String mediaType) {
        return new Reply<>(Content.class, 200, mediaType);
    }

    /// Server-sent events; `event` is the type of their data.
    public static Reply<EventStream> events(Class<?> event) {
        return new Reply<>(new Parameterized(EventStream.class, event), 200, "text/event-stream");
    }

    record Parameterized(Class<?> raw, Type argument) implements ParameterizedType {
        @Override
        public Type[] getActualTypeArguments() {
            return new Type[] {argument};
        }

        @Override
        public Type getRawType() {
            return raw;
        }

        @Override
        public Type getOwnerType() {
            return raw;
        }
    }
}
