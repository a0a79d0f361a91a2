package io.ropewalk.support.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How values count, compare and print.
final class Values {
    private Values() {}

    static boolean truth(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Boolean truth -> truth;
            case Number number -> number.doubleValue() != 0;
            case CharSequence text -> !text.isEmpty();
            case Collection<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> true;
        };
    }

    static String noun(@Nullable Object value) {
        return switch (value) {
            case null -> "nothing";
            case Boolean _ -> "a truth value";
            case Number _ -> "a number";
            case CharSequence _ -> "text";
            case Collection<?> _ -> "a list";
            case Map<?, ?> _ -> "a map";
            default -> "something else";
        };
    }

    /// As Go's `%v` prints it.
    static String text(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        Bounded out = new Bounded();
        write(value, out);
        return out.toString();
    }

    private static void write(@Nullable Object value, Bounded out) {
        switch (value) {
            case null -> out.append("<no value>");
            case Double number -> out.append(decimal(number));
            case Float number -> out.append(decimal(number.doubleValue()));
            case Collection<?> list -> {
                out.append("[");
                String separator = "";
                for (Object item : list) {
                    out.append(separator);
                    write(item, out);
                    separator = " ";
                }
                out.append("]");
            }
            case Map<?, ?> map -> {
                out.append("map[");
                String separator = "";
                for (Map.Entry<?, ?> entry : new TreeMap<>(map).entrySet()) {
                    out.append(separator).append(String.valueOf(entry.getKey())).append(":");
                    write(entry.getValue(), out);
                    separator = " ";
                }
                out.append("]");
            }
            default -> out.append(String.valueOf(value));
        }
    }

    /// The shortest text that reads back as the same number; with an exponent where it is very small or
    /// large.
    static String decimal(double number) {
        if (Double.isNaN(number)) {
            return "NaN";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "+Inf" : "-Inf";
        }
        if (number == 0) {
            return "0";
        }
        BigDecimal exact = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        int exponent = exact.precision() - exact.scale() - 1;
        if (exponent >= -4 && exponent < 21) {
            return exact.toPlainString();
        }
        String digits = exact.unscaledValue().abs().toString();
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return "%s%se%s%02d"
                .formatted(exact.signum() < 0 ? "-" : "", mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }

    static boolean equal(@Nullable Object left, @Nullable Object right) {
        if (left == null || right == null) {
            return left == null && right == null;
        }
        if (left instanceof Number && right instanceof Number) {
            return compare(left, right) == 0;
        }
        if ((left instanceof Boolean && right instanceof Boolean)
                || (left instanceof CharSequence && right instanceof CharSequence)) {
            return left.toString().equals(right.toString());
        }
        throw new IllegalArgumentException("%s cannot be compared with %s.".formatted(noun(left), noun(right)));
    }

    static int compare(@Nullable Object left, @Nullable Object right) {
        if (left instanceof Number a && right instanceof Number b) {
            if (whole(a) && whole(b)) {
                return new BigInteger(a.toString()).compareTo(new BigInteger(b.toString()));
            }
            return Double.compare(a.doubleValue(), b.doubleValue());
        }
        if (left instanceof CharSequence && right instanceof CharSequence) {
            return left.toString().compareTo(right.toString());
        }
        throw new IllegalArgumentException("%s cannot be compared with %s.".formatted(noun(left), noun(right)));
    }

    static boolean whole(Object value) {
        return value instanceof Integer
                || value instanceof Long
                || value instanceof BigInteger
                || value instanceof Short
                || value instanceof Byte;
    }

    /// Text that grows up to the longest result.
    static final class Bounded {
        private final StringBuilder text = new StringBuilder();

        Bounded append(String more) {
            if (text.length() + more.length() > Template.LONGEST) {
                throw new IllegalArgumentException(
                        "the result is longer than %d characters.".formatted(Template.LONGEST));
            }
            text.append(more);
            return this;
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
