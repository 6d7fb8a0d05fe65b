package dev.taskorder.activities.order;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One text for every JSON value that means the same: keys sorted, numbers by value (1, 1.0 and 1e0 are one number). */
final class Canonical {
    private Canonical() {}

    static byte[] sha256(@Nullable Object value) {
        StringBuilder text = new StringBuilder(64);
        append(text, value);
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void append(StringBuilder text, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            text.append('{');
            new TreeMap<>(map).forEach((key, member) -> {
                append(text, key);
                append(text.append(':'), member);
                text.append(',');
            });
            text.append('}');
        } else if (value instanceof Collection<?> list) {
            text.append('[');
            list.forEach(element -> {
                append(text, element);
                text.append(',');
            });
            text.append(']');
        } else if (value instanceof Number number) {
            appendNumber(text, number);
        } else if (value instanceof CharSequence string) {
            // its length first: no string can then pretend to be two
            text.append('"').append(string.length()).append('"').append(string);
        } else {
            text.append(value);
        }
    }

    /** Unscaled value and exponent: 1e1000000 must not become a million digits. */
    private static void appendNumber(StringBuilder text, Number number) {
        BigDecimal decimal = number instanceof BigDecimal already
                ? already
                : number instanceof BigInteger integer ? new BigDecimal(integer) : new BigDecimal(number.toString());
        BigDecimal stripped = decimal.stripTrailingZeros();
        text.append(stripped.unscaledValue()).append('e').append(-(long) stripped.scale());
    }
}
