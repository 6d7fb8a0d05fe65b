package dev.taskorder.api.page;

import dev.taskorder.api.order.Limits;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/** Keyset cursors: opaque to the caller, and of one tenant, one list and one filter. */
public final class Cursor {
    private static final String SEPARATOR = "\n";
    /** In front of the keys stand the tenant, the list and the mark of its filter. */
    private static final int HEAD = 3;

    private static final Instant TIME_MAX = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private Cursor() {}

    /** Where the next page of the list begins. */
    public static String encode(Listing list, String... keys) {
        String text =
                String.join(SEPARATOR, list.tenant().value(), list.name(), list.mark(), String.join(SEPARATOR, keys));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The keys that {@link #encode} was given.
     *
     * @throws BadCursorException if the text is none of ours, or of another tenant, list, filter or number of keys
     */
    public static List<String> decode(Listing list, int keys, String cursor) {
        String[] parts;
        try {
            parts = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split(SEPARATOR, -1);
        } catch (IllegalArgumentException notBase64) {
            throw BadCursorException.notOfThisList();
        }
        if (parts.length != keys + HEAD || !parts[0].equals(list.tenant().value()) || !parts[1].equals(list.name())) {
            throw BadCursorException.notOfThisList();
        }
        if (!parts[2].equals(list.mark())) {
            throw BadCursorException.underAnotherFilter();
        }
        return List.of(parts).subList(HEAD, parts.length);
    }

    /** A key that is a whole number. */
    public static long number(String key) {
        return parsed(key, Long::parseLong);
    }

    /** A key that is a UUID. */
    public static UUID uuid(String key) {
        return parsed(key, UUID::fromString);
    }

    /** A key that is a time, from 1970 to 9999: a database knows fewer years than Java. */
    public static Instant instant(String key) {
        Instant time = parsed(key, Instant::parse);
        if (time.isBefore(Instant.EPOCH) || time.isAfter(TIME_MAX)) {
            throw BadCursorException.notOfThisList();
        }
        return time;
    }

    /** A key that is an id which a caller chose, of the shape of {@link Limits#NAME}. */
    public static String name(String key) {
        if (!Limits.NAME.matcher(key).matches()) {
            throw BadCursorException.notOfThisList();
        }
        return key;
    }

    private static <T> T parsed(String key, Function<String, T> parser) {
        try {
            return parser.apply(key);
        } catch (IllegalArgumentException | DateTimeException notOurs) {
            throw BadCursorException.notOfThisList();
        }
    }
}
