package dev.taskorder.activities.webhook;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Secrets as they are kept: sealed with AES-256-GCM under the installation's key, each for the one webhook that it is of, so that a row
 * which is copied to another opens nothing.
 */
final class SecretSeal {
    static final String SETTING = "taskorder.webhooks.secret-key";

    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final @Nullable SecretKeySpec key;
    private final SecureRandom random;

    private SecretSeal(@Nullable SecretKeySpec key, SecureRandom random) {
        this.key = key;
        this.random = random;
    }

    /**
     * Of the key that a setting gives.
     *
     * @param base64 32 bytes; empty for none
     */
    static SecretSeal of(String base64, SecureRandom random) {
        if (base64.isBlank()) {
            return new SecretSeal(null, random);
        }
        byte[] key = Base64.getDecoder().decode(base64.strip());
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException(SETTING + " must have " + KEY_BYTES + " bytes, has " + key.length);
        }
        return new SecretSeal(new SecretKeySpec(key, "AES"), random);
    }

    /** Whether there is a key. */
    boolean isThere() {
        return key != null;
    }

    byte[] seal(byte[] secret, String of) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] sealed = crypt(Cipher.ENCRYPT_MODE, nonce, secret, of);
        return ByteBuffer.allocate(NONCE_BYTES + sealed.length)
                .put(nonce)
                .put(sealed)
                .array();
    }

    /** @throws IllegalStateException if it was sealed under another key, or for another webhook */
    byte[] open(byte[] kept, String of) {
        ByteBuffer parts = ByteBuffer.wrap(kept);
        byte[] nonce = new byte[NONCE_BYTES];
        parts.get(nonce);
        byte[] sealed = new byte[parts.remaining()];
        parts.get(sealed);
        return crypt(Cipher.DECRYPT_MODE, nonce, sealed, of);
    }

    private byte[] crypt(int mode, byte[] nonce, byte[] text, String of) {
        if (key == null) {
            throw new IllegalStateException(SETTING + " is not set");
        }
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(of.getBytes(StandardCharsets.UTF_8));
            return cipher.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a secret of a webhook cannot be read: " + SETTING + " is another key", e);
        }
    }
}
