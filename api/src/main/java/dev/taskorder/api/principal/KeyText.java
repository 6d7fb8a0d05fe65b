package dev.taskorder.api.principal;

import dev.taskorder.api.tenant.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * An API key as its holder sends it: {@code to_<tenant>.<key_id>.<random>.<checksum>}. It names its tenant, for keys stand behind
 * that tenant's wall; 256 of its bits are random, so that one round of SHA-256 is enough to keep it; and its checksum tells a
 * mistyped key, and lets a scanner of leaked secrets know one, without a look into the database.
 */
public final class KeyText {
    private static final String PREFIX = "to_";
    private static final int ID_BYTES = 9;
    private static final int RANDOM_BYTES = 32;
    private static final Pattern SHAPE = Pattern.compile(
            "to_(_system|[a-z][a-z0-9_-]{0,62})\\.([A-Za-z0-9_-]{12})\\.([A-Za-z0-9_-]{43})\\.([0-9a-f]{8})");
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final TenantId tenant;
    private final String keyId;
    private final String text;

    private KeyText(TenantId tenant, String keyId, String text) {
        this.tenant = tenant;
        this.keyId = keyId;
        this.text = text;
    }

    /** A new key of the tenant, unlike any other. */
    public static KeyText make(TenantId tenant, SecureRandom random) {
        String id = BASE64.encodeToString(bytes(ID_BYTES, random));
        String text = PREFIX + tenant + "." + id + "." + BASE64.encodeToString(bytes(RANDOM_BYTES, random));
        return new KeyText(tenant, id, text + "." + checksum(text));
    }

    private static byte[] bytes(int count, SecureRandom random) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Whether it is meant as a key at all; anything else may be a token of another kind. */
    public static boolean isMeant(String text) {
        return text.startsWith(PREFIX);
    }

    /** The key, if it could be one: whether there is such a key the database knows. */
    public static Optional<KeyText> parse(String text) {
        Matcher parts = SHAPE.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String checked = text.substring(0, text.lastIndexOf('.'));
        return checksum(checked).equals(parts.group(4))
                ? Optional.of(new KeyText(new TenantId(parts.group(1)), parts.group(2), text))
                : Optional.empty();
    }

    private static String checksum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    /** Whose it is; {@link TenantId#SYSTEM} for those of operators. */
    public TenantId tenant() {
        return tenant;
    }

    public String keyId() {
        return keyId;
    }

    /** All of it: the secret. */
    public String text() {
        return text;
    }

    /** What is kept of it: SHA-256, in hexadecimal. */
    public String hash() {
        return HexFormat.of().formatHex(digest());
    }

    /** Whether this is the key that was kept so; takes as long whether it is or not. */
    public boolean matches(String hash) {
        return MessageDigest.isEqual(digest(), HexFormat.of().parseHex(hash));
    }

    private byte[] digest() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Never the secret: it must not be seen in a log. */
    @Override
    public String toString() {
        return PREFIX + tenant + "." + keyId + ".…";
    }
}
