package io.ropewalk.project;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Amounts as Kubernetes writes them: `500m`, `1.5`, `2Gi`, `1e3`.
final class Quantity {
    private static final Pattern SHAPE = Pattern.compile(
            "\\+?([0-9]{1,18}(?:\\.[0-9]{0,9})?|\\.[0-9]{1,9})(m|[kMGTPE]|[KMGTPE]i|[eE][-+]?[0-9]{1,2})?");
    private static final String DECIMAL = "kMGTPE";
    private static final String BINARY = "KMGTPE";
    private static final BigDecimal MOST = BigDecimal.valueOf(1L << 62);

    private Quantity() {}

    /// Thousandths of a processor, rounded up; empty when the text is not an amount.
    static OptionalLong milliCpu(String text) {
        return amount(text, 1000);
    }

    /// Bytes, rounded up; empty when the text is not an amount.
    static OptionalLong bytes(String text) {
        return amount(text, 1);
    }

    private static OptionalLong amount(String text, long unit) {
        Matcher shape = SHAPE.matcher(text.strip());
        if (!shape.matches()) {
            return OptionalLong.empty();
        }
        BigDecimal amount = new BigDecimal(shape.group(1))
                .multiply(factor(shape.group(2) == null ? "" : shape.group(2)))
                .multiply(BigDecimal.valueOf(unit))
                .setScale(0, RoundingMode.CEILING);
        return amount.compareTo(MOST) > 0 ? OptionalLong.empty() : OptionalLong.of(amount.longValueExact());
    }

    private static BigDecimal factor(String suffix) {
        if (suffix.isEmpty()) {
            return BigDecimal.ONE;
        }
        if (suffix.equals("m")) {
            return new BigDecimal("0.001");
        }
        if (suffix.endsWith("i")) {
            return BigDecimal.valueOf(1024).pow(BINARY.indexOf(suffix.charAt(0)) + 1);
        }
        if (suffix.length() == 1) {
            return BigDecimal.valueOf(1000).pow(DECIMAL.indexOf(suffix.charAt(0)) + 1);
        }
        return new BigDecimal("1" + suffix);
    }
}
