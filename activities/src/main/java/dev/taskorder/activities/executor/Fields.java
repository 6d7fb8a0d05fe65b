package dev.taskorder.activities.executor;

import dev.taskorder.api.ledger.Amounts;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads a JSON object that a caller wrote, and keeps all that is wrong with it, in words, for one answer. */
final class Fields {
    private final String path;
    private final Map<String, @Nullable Object> object;
    private final List<String> faults;
    private final TreeSet<String> unread;

    private Fields(String path, Map<String, @Nullable Object> object, List<String> faults) {
        this.path = path;
        this.object = object;
        this.faults = faults;
        this.unread = new TreeSet<>(object.keySet());
    }

    static Fields of(String path, Map<String, @Nullable Object> object, List<String> faults) {
        return new Fields(path, object, faults);
    }

    long integer(String key, long min, long max, long otherwise) {
        Object value = take(key);
        if (value == null) {
            return otherwise;
        }
        BigDecimal number = numberOf(value);
        if (number == null || number.stripTrailingZeros().scale() > 0) {
            return fault(key, "must be an integer", otherwise);
        }
        boolean inside =
                number.compareTo(BigDecimal.valueOf(min)) >= 0 && number.compareTo(BigDecimal.valueOf(max)) <= 0;
        return inside
                ? number.longValueExact()
                : fault(key, "must be " + min + ".." + max + ", was " + number, otherwise);
    }

    @Nullable
    String text(String key) {
        Object value = take(key);
        if (value != null && !(value instanceof String)) {
            fault(key, "must be a string");
            return null;
        }
        return (String) value;
    }

    boolean flag(String key) {
        Object value = take(key);
        return value == null
                ? false
                : value instanceof Boolean flag ? flag : fault(key, "must be true or false", false);
    }

    BigDecimal amount(String key) {
        Object value = take(key);
        BigDecimal number = value == null ? null : numberOf(value);
        if (number != null && Amounts.isAmount(number)) {
            return number;
        }
        String was = number == null ? ", was no number" : ", was " + Amounts.plain(number);
        return fault(key, Amounts.RULE + was, BigDecimal.ZERO);
    }

    Map<String, @Nullable Object> object(String key) {
        Object value = take(key);
        Map<String, @Nullable Object> found = value == null ? Map.of() : mapOf(value);
        return found == null ? fault(key, "must be an object", Map.of()) : found;
    }

    /** The objects of a list; none if the key is not there. */
    List<Fields> list(String key) {
        Object value = take(key);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> items)) {
            return fault(key, "must be a list", List.of());
        }
        List<Fields> fields = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Map<String, @Nullable Object> item = mapOf(items.get(i));
            String name = key + "[" + i + "]";
            fields.add(
                    item == null
                            ? fault(name, "must be an object", of("", Map.of(), faults))
                            : of(path(name), item, faults));
        }
        return fields;
    }

    /** This object with the other one's keys in place of its own. */
    Fields overriddenBy(Fields other) {
        Map<String, @Nullable Object> merged = new LinkedHashMap<>(object);
        merged.putAll(other.object);
        return of(path, merged, faults);
    }

    /** This object without a key. */
    Fields without(String key) {
        Map<String, @Nullable Object> rest = new LinkedHashMap<>(object);
        rest.remove(key);
        return of(path, rest, faults);
    }

    /** To be called when all that is known was read: what is left is not known. */
    void refuseUnread() {
        unread.forEach(key -> faults.add(path(key) + " is not known"));
    }

    void fault(String key, String words) {
        faults.add(path(key) + " " + words);
    }

    private <T> T fault(String key, String words, T instead) {
        fault(key, words);
        return instead;
    }

    private @Nullable Object take(String key) {
        unread.remove(key);
        return object.get(key);
    }

    private String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static @Nullable BigDecimal numberOf(Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimal;
        }
        if (value instanceof BigInteger integer) {
            return new BigDecimal(integer);
        }
        if (value instanceof Integer || value instanceof Long) {
            return BigDecimal.valueOf(((Number) value).longValue());
        }
        return value instanceof Double d && Double.isFinite(d) ? BigDecimal.valueOf(d) : null;
    }

    @SuppressWarnings("unchecked") // JSON objects have string keys
    private static @Nullable Map<String, @Nullable Object> mapOf(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : null;
    }
}
