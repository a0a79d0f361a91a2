package io.ropewalk.support.yaml;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A value in a YAML text. Aliases and merge keys are resolved; an aliased node occurs at several spots
/// with the place
/// of its anchor.
public sealed interface YamlNode {
    Place place();

    /// The value as plain Java: maps in their order, lists, text, numbers (as small as they fit: [Integer],
    /// [Long],
    /// [BigInteger], [Double]), truth values and `null`.
    @Nullable
    Object value();

    /// What people call this: `a mapping`.
    String noun();

    /// @param text as it was written, without quotes
    /// @param plain whether it was written without quotes, so that it may stand for a number, a truth
    ///     value or nothing
    record Scalar(String text, boolean plain, Place place) implements YamlNode {
        private static final Pattern NOTHING = Pattern.compile("~|null|Null|NULL|");
        private static final Pattern TRUTH = Pattern.compile("true|True|TRUE|false|False|FALSE");
        private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]{1,40}");
        private static final Pattern HEXADECIMAL = Pattern.compile("0x[0-9a-fA-F]{1,32}");
        private static final Pattern OCTAL = Pattern.compile("0o[0-7]{1,40}");
        private static final Pattern DECIMAL =
                Pattern.compile("[-+]?(\\.[0-9]{1,40}|[0-9]{1,40}(\\.[0-9]{0,40})?)([eE][-+]?[0-9]{1,4})?");
        private static final Pattern INFINITE = Pattern.compile("[-+]?\\.(inf|Inf|INF)");
        private static final Pattern NOT_A_NUMBER = Pattern.compile("\\.(nan|NaN|NAN)");

        public boolean absent() {
            return plain && NOTHING.matcher(text).matches();
        }

        @Override
        public @Nullable Object value() {
            if (!plain) {
                return text;
            }
            if (NOTHING.matcher(text).matches()) {
                return null;
            }
            if (TRUTH.matcher(text).matches()) {
                return text.charAt(0) == 't' || text.charAt(0) == 'T';
            }
            if (WHOLE.matcher(text).matches()) {
                return smallest(new BigInteger(text.startsWith("+") ? text.substring(1) : text));
            }
            if (HEXADECIMAL.matcher(text).matches()) {
                return smallest(new BigInteger(text.substring(2), 16));
            }
            if (OCTAL.matcher(text).matches()) {
                return smallest(new BigInteger(text.substring(2), 8));
            }
            if (DECIMAL.matcher(text).matches()) {
                return Double.valueOf(text);
            }
            if (INFINITE.matcher(text).matches()) {
                return text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
            }
            return NOT_A_NUMBER.matcher(text).matches() ? Double.NaN : text;
        }

        private static Object smallest(BigInteger number) {
            if (number.bitLength() < Integer.SIZE) {
                return number.intValue();
            }
            if (number.bitLength() < Long.SIZE) {
                return number.longValue();
            }
            return number;
        }

        @Override
        public String noun() {
            if (absent()) {
                return "nothing";
            }
            return "'" + (text.length() > 60 ? text.substring(0, 60) + "…" : text) + "'";
        }
    }

    record Sequence(List<YamlNode> items, Place place) implements YamlNode {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public Object value() {
            List<@Nullable Object> values = new ArrayList<>();
            for (YamlNode item : items) {
                values.add(item.value());
            }
            return Collections.unmodifiableList(values);
        }

        @Override
        public String noun() {
            return "a list";
        }
    }

    /// @param entries in their order; no key occurs twice
    record Mapping(List<Entry> entries, Place place) implements YamlNode {
        public Mapping {
            entries = List.copyOf(entries);
        }

        public Optional<Entry> entry(String key) {
            return entries.stream().filter(entry -> entry.key().equals(key)).findFirst();
        }

        @Override
        public Map<String, @Nullable Object> value() {
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            for (Entry entry : entries) {
                values.put(entry.key(), entry.value().value());
            }
            return Collections.unmodifiableMap(values);
        }

        @Override
        public String noun() {
            return "a mapping";
        }
    }

    /// @param place of the key
    record Entry(String key, Place place, YamlNode value) {}
}
