package dev.taskorder.api.order;

import dev.taskorder.api.tenant.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The id of an order's workflow, {@code {tenant}:{env}:{key}} (design.md §3): no two triples meet, and it fits into the
 * 255 bytes that Temporal's persistence gives it.
 */
public final class WorkflowIds {
    private static final int ID_BYTES_MAX = 255;
    private static final String UNRESERVED = "-._~";

    private WorkflowIds() {}

    /** The id for a triple; a key too long for it becomes its SHA-256, behind a second colon that no short key has. */
    public static String of(TenantId tenant, String env, String idempotencyKey) {
        String scope = tenant.value() + ":" + encode(env) + ":";
        String id = scope + encode(idempotencyKey);
        return id.length() <= ID_BYTES_MAX ? id : scope + ":" + sha256(idempotencyKey);
    }

    /** The tenant that an id names; nothing if the id is none of ours. */
    public static Optional<TenantId> tenantOf(String workflowId) {
        int colon = workflowId.indexOf(':');
        if (colon < 0 || !TenantId.isWellFormed(workflowId.substring(0, colon))) {
            return Optional.empty();
        }
        return Optional.of(new TenantId(workflowId.substring(0, colon)));
    }

    private static String encode(String part) {
        StringBuilder encoded = new StringBuilder(part.length() + 16);
        for (byte b : part.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0)) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
