package dev.taskorder.api.page;

import dev.taskorder.api.tenant.TenantId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Keyset cursors: opaque to the caller, and of one tenant and one list. */
public final class Cursor {
    private static final String SEPARATOR = "\n";

    private Cursor() {}

    /** Where the next page of this tenant's list begins. */
    public static String encode(TenantId tenant, String list, String... keys) {
        String text = tenant + SEPARATOR + list + SEPARATOR + String.join(SEPARATOR, keys);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The keys that {@link #encode} was given.
     *
     * @throws BadCursorException if the text is none of ours, or of another tenant, list or number of keys
     */
    public static List<String> decode(TenantId tenant, String list, int keys, String cursor) {
        String[] parts;
        try {
            parts = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split(SEPARATOR, -1);
        } catch (IllegalArgumentException notBase64) {
            throw new BadCursorException();
        }
        if (parts.length != keys + 2 || !parts[0].equals(tenant.value()) || !parts[1].equals(list)) {
            throw new BadCursorException();
        }
        return List.of(parts).subList(2, parts.length);
    }
}
