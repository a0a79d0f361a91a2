package io.ropewalk.support.http;

/// One thing that a client can ask for, as a value. From the list of endpoints come the routes, the OpenAPI
/// document, the validation and the authorization; there is no other way to be reached.
///
/// The components of the request record `Q` are filled by name: from the path where `{name}` stands in it;
/// else from the query for GET and DELETE; else from the JSON body. A component marked [FromQuery] always comes
/// from the query, one marked [FromHeader] from a header, one of type [RequestBody] is the raw body. Its compact
/// constructor validates; a component that is not [org.jspecify.annotations.Nullable] and has no value is refused
/// before the handler runs.
///
/// @param path with parameters in braces, such as `/api/v1/runs/{run}`
/// @param permission what the caller must hold; [Permission#NONE] only for what strangers may see
/// @param summary one line, imperative, for the API page
public record Endpoint<Q extends Record, R>(
        Method method,
        String path,
        Permission permission,
        Class<Q> request,
        Reply<R> reply,
        String summary,
        Handler<Q, R> handler) {

    public enum Method {
        GET,
        POST,
        PUT,
        PATCH,
        DELETE
    }

    /// Runs on a virtual thread and may block.
    public interface Handler<Q, R> {
        R handle(Q request, Call call) throws Exception;
    }

    public static <Q extends Record, R> Endpoint<Q, R> get(
            String path,
            Permission permission,
            Class<Q> request,
            Reply<R> reply,
            String summary,
            Handler<Q, R> handler) {
        return new Endpoint<>(Method.GET, path, permission, request, reply, summary, handler);
    }

    public static <Q extends Record, R> Endpoint<Q, R> post(
            String path,
            Permission permission,
            Class<Q> request,
            Reply<R> reply,
            String summary,
            Handler<Q, R> handler) {
        return new Endpoint<>(Method.POST, path, permission, request, reply, summary, handler);
    }

    public static <Q extends Record, R> Endpoint<Q, R> put(
            String path,
            Permission permission,
            Class<Q> request,
            Reply<R> reply,
            String summary,
            Handler<Q, R> handler) {
        return new Endpoint<>(Method.PUT, path, permission, request, reply, summary, handler);
    }

    public static <Q extends Record, R> Endpoint<Q, R> delete(
            String path,
            Permission permission,
            Class<Q> request,
            Reply<R> reply,
            String summary,
            Handler<Q, R> handler) {
        return new Endpoint<>(Method.DELETE, path, permission, request, reply, summary, handler);
    }
}
