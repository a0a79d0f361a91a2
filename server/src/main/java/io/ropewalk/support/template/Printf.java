package io.ropewalk.support.template;

import io.ropewalk.support.template.Values.Bounded;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Go's `printf`, for `%s %d %v %q %f %g %t %x` with width, precision, `-`, `+` and `0`.
final class Printf {
    private static final Pattern VERB =
            Pattern.compile("%([-+0 ]*)([0-9]{0,4})(?:\\.([0-9]{0,3}))?(.)", Pattern.DOTALL);

    private Printf() {}

    static Object format(List<@Nullable Object> arguments) {
        if (arguments.isEmpty() || !(arguments.getFirst() instanceof String format)) {
            throw new IllegalArgumentException("takes a format, then values.");
        }
        Bounded out = new Bounded();
        Matcher verb = VERB.matcher(format);
        int from = 0;
        int next = 1;
        while (from < format.length()) {
            int percent = format.indexOf('%', from);
            if (percent < 0) {
                break;
            }
            if (!verb.find(percent) || verb.start() != percent) {
                throw new IllegalArgumentException("the '%' at the end of the format stands alone.");
            }
            out.append(format.substring(from, percent));
            from = verb.end();
            if (verb.group(4).equals("%")) {
                out.append("%");
                continue;
            }
            if (next >= arguments.size()) {
                throw new IllegalArgumentException("there is no value for '%s'.".formatted(verb.group()));
            }
            out.append(padded(one(verb, arguments.get(next)), verb));
            next++;
        }
        if (next < arguments.size()) {
            throw new IllegalArgumentException("the format has no place for the %s value.".formatted(ordinal(next)));
        }
        return out.append(format.substring(Math.min(from, format.length()))).toString();
    }

    /// Text in double quotes, with escapes.
    static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        out.append("\\x%02x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }

    private static String ordinal(int number) {
        return switch (number) {
            case 1 -> "first";
            case 2 -> "second";
            case 3 -> "third";
            default -> number + "th";
        };
    }

    private static String one(Matcher verb, @Nullable Object value) {
        String precision = verb.group(3);
        String sign = verb.group(1).contains("+") && value instanceof Number n && n.doubleValue() >= 0 ? "+" : "";
        return switch (verb.group(4)) {
            case "s", "v" -> {
                String text = Values.text(value);
                yield sign(verb, sign) + (precision == null || value instanceof Number ? text : start(text, precision));
            }
            case "q" -> {
                String text = Values.text(value);
                yield quoted(precision == null ? text : start(text, precision));
            }
            case "d" -> sign + whole(verb, value);
            case "x" ->
                value instanceof Number ? Long.toHexString(number(verb, value).longValue()) : hexadecimal(value);
            case "f" ->
                sign
                        + new BigDecimal(finite(verb, value))
                                .setScale(digits(precision, 6), RoundingMode.HALF_EVEN)
                                .toPlainString();
            case "g" -> sign + Values.decimal(number(verb, value).doubleValue());
            case "t" -> {
                if (!(value instanceof Boolean)) {
                    throw wrong(verb, value);
                }
                yield Values.text(value);
            }
            default -> throw new IllegalArgumentException("'%s' is not a verb it knows.".formatted(verb.group()));
        };
    }

    private static String sign(Matcher verb, String sign) {
        return verb.group(4).equals("v") ? sign : "";
    }

    private static String start(String text, String precision) {
        int count = Math.min(digits(precision, 0), text.codePointCount(0, text.length()));
        return text.substring(0, text.offsetByCodePoints(0, count));
    }

    private static int digits(@Nullable String precision, int fallback) {
        if (precision == null) {
            return fallback;
        }
        return precision.isEmpty() ? 0 : Integer.parseInt(precision);
    }

    private static String whole(Matcher verb, @Nullable Object value) {
        if (value == null || !Values.whole(value)) {
            throw wrong(verb, value);
        }
        return value.toString();
    }

    private static Number number(Matcher verb, @Nullable Object value) {
        if (value instanceof Number number) {
            return number;
        }
        throw wrong(verb, value);
    }

    private static double finite(Matcher verb, @Nullable Object value) {
        double number = number(verb, value).doubleValue();
        if (!Double.isFinite(number)) {
            throw wrong(verb, value);
        }
        return number;
    }

    private static String hexadecimal(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        for (byte b : Values.text(value).getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
            out.append("%02x".formatted(b));
        }
        return out.toString();
    }

    private static IllegalArgumentException wrong(Matcher verb, @Nullable Object value) {
        return new IllegalArgumentException("'%s' does not take %s.".formatted(verb.group(), Values.noun(value)));
    }

    private static String padded(String text, Matcher verb) {
        int width = verb.group(2).isEmpty() ? 0 : Integer.parseInt(verb.group(2));
        int missing = width - text.codePointCount(0, text.length());
        if (missing <= 0) {
            return text;
        }
        if (verb.group(1).contains("-")) {
            return text + " ".repeat(missing);
        }
        boolean zeros = verb.group(1).contains("0") && "dfgx".contains(verb.group(4));
        if (zeros && (text.startsWith("-") || text.startsWith("+"))) {
            return text.charAt(0) + "0".repeat(missing) + text.substring(1);
        }
        return (zeros ? "0" : " ").repeat(missing) + text;
    }
}
