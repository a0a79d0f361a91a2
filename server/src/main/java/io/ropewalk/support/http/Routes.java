package io.ropewalk.support.http;

import io.ropewalk.spi.ErrorCode;
import io.ropewalk.spi.RopewalkException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Finds the endpoint of a path. A path is decoded here, once; what could mean another path after decoding is refused.
final class Routes {
    private final Node root = new Node();

    private static final class Node {
        private final Map<String, Node> literal = new HashMap<>();
        private Optional<Node> parameter = Optional.empty();
        private final Map<String, Endpoint<?, ?>> endpoints = new HashMap<>();
    }

    record Match(Endpoint<?, ?> endpoint, Map<String, String> parameters) {}

    Routes(List<Endpoint<?, ?>> endpoints) {
        endpoints.forEach(this::add);
    }

    private void add(Endpoint<?, ?> endpoint) {
        Node node = root;
        for (String segment : split(endpoint.path())) {
            if (segment.startsWith("{")) {
                Node next = node.parameter.orElseGet(Node::new);
                node.parameter = Optional.of(next);
                node = next;
            } else {
                node = node.literal.computeIfAbsent(segment, _ -> new Node());
            }
        }
        if (node.endpoints.put(endpoint.method().name(), endpoint) != null) {
            throw new IllegalStateException("two endpoints are " + endpoint.method() + " " + endpoint.path());
        }
    }

    /// @return empty when nothing is at the path; an exception when something is, but not for this method
    Optional<Match> find(String method, List<String> segments) {
        Optional<Node> node = find(root, segments, 0).filter(found -> !found.endpoints.isEmpty());
        if (node.isEmpty()) {
            return Optional.empty();
        }
        String asked = method.equals("HEAD") ? "GET" : method;
        Endpoint<?, ?> endpoint = node.get().endpoints.get(asked);
        if (endpoint == null) {
            throw new RopewalkException(
                    ErrorCode.METHOD_NOT_ALLOWED,
                    "%s is not possible here; use %s."
                            .formatted(
                                    method,
                                    String.join(
                                            " or ",
                                            new TreeSet<>(node.get().endpoints.keySet()))));
        }
        return Optional.of(new Match(endpoint, parameters(endpoint, segments)));
    }

    private static Optional<Node> find(Node node, List<String> segments, int at) {
        if (at == segments.size()) {
            return Optional.of(node);
        }
        Node literal = node.literal.get(segments.get(at));
        if (literal != null) {
            Optional<Node> found = find(literal, segments, at + 1);
            if (found.isPresent()) {
                return found;
            }
        }
        return node.parameter.flatMap(parameter -> find(parameter, segments, at + 1));
    }

    private static Map<String, String> parameters(Endpoint<?, ?> endpoint, List<String> segments) {
        Map<String, String> values = new LinkedHashMap<>();
        List<String> pattern = split(endpoint.path());
        for (int i = 0; i < pattern.size(); i++) {
            if (pattern.get(i).startsWith("{")) {
                values.put(pattern.get(i).substring(1, pattern.get(i).length() - 1), segments.get(i));
            }
        }
        return values;
    }

    private static List<String> split(String path) {
        List<String> segments = new ArrayList<>(List.of(path.split("/", -1)));
        segments.removeFirst();
        return segments;
    }

    /// The decoded segments of a raw path.
    static List<String> decode(String rawPath) {
        return split(rawPath).stream().map(Routes::decodeSegment).collect(Collectors.toList());
    }

    private static String decodeSegment(String raw) {
        String segment = raw.indexOf('%') < 0 ? raw : percentDecoded(raw);
        boolean strange = segment.equals(".") || segment.equals("..");
        for (int i = 0; i < segment.length() && !strange; i++) {
            char c = segment.charAt(i);
            strange = c == '/' || c == '\\' || c == '%' || c < ' ' || c == 0x7f;
        }
        if (strange) {
            throw refused();
        }
        return segment;
    }

    private static String percentDecoded(String raw) {
        byte[] in = raw.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(in.length);
        for (int i = 0; i < in.length; i++) {
            if (in[i] != '%') {
                out.put(in[i]);
                continue;
            }
            int high = i + 2 <= in.length - 1 ? Character.digit(in[i + 1], 16) : -1;
            int low = i + 2 <= in.length - 1 ? Character.digit(in[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw refused();
            }
            out.put((byte) (high * 16 + low));
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(out.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new RopewalkException(ErrorCode.INVALID_REQUEST, "The address is not UTF-8.", e);
        }
    }

    private static RopewalkException refused() {
        return new RopewalkException(
                ErrorCode.INVALID_REQUEST,
                "The address has a part that is no name: '.', '..', '/', '\\', '%' and control characters are refused.");
    }
}
