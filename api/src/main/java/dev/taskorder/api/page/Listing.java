package dev.taskorder.api.page;

import dev.taskorder.api.tenant.TenantId;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * One list of one tenant under one filter: what a cursor is of.
 *
 * @param mark the same for the same filter, in any process, and hardly ever for another
 */
public record Listing(TenantId tenant, String name, String mark) {
    /** Of these values: all that chooses what is in the list, always in the same order; a set must come sorted. */
    public static Listing of(TenantId tenant, String name, @Nullable Object... filter) {
        CRC32 mark = new CRC32();
        for (Object value : filter) {
            // with its length, so that no two filters are one text
            String text = value == null ? "-" : value.toString().length() + ":" + value;
            mark.update(text.getBytes(StandardCharsets.UTF_8));
        }
        return new Listing(tenant, name, Long.toHexString(mark.getValue()));
    }
}
