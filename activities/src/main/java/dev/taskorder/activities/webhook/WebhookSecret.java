package dev.taskorder.activities.webhook;

import dev.taskorder.api.tenant.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What the calls of one webhook are signed with, as Standard Webhooks has it. */
public final class WebhookSecret {
    private static final String PREFIX = "whsec_";
    private static final int BYTES = 32;
    private static final String HMAC = "HmacSHA256";

    private final byte[] bytes;

    private WebhookSecret(byte[] bytes) {
        this.bytes = bytes;
    }

    static WebhookSecret make(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new WebhookSecret(bytes);
    }

    static WebhookSecret opened(SecretSeal seal, byte[] kept, TenantId tenant, String webhookId) {
        return new WebhookSecret(seal.open(kept, tenant + "/" + webhookId));
    }

    byte[] sealed(SecretSeal seal, TenantId tenant, String webhookId) {
        return seal.seal(bytes, tenant + "/" + webhookId);
    }

    /** As its receiver is told it. */
    String text() {
        return PREFIX + Base64.getEncoder().encodeToString(bytes);
    }

    /**
     * The {@code webhook-signature} of a call.
     *
     * @param timestamp its {@code webhook-timestamp}: seconds since 1970
     */
    public String signature(String webhookId, long timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(bytes, HMAC));
            mac.update((webhookId + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + HMAC, e);
        }
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return PREFIX + "…";
    }
}
