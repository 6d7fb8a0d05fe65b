package dev.taskorder.starter.security;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.URI;
import java.text.ParseException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks an issuer of tokens for its keys, within bounds: a caller waits for the answer. */
final class Issuer implements IssuerKeys.Source {
    private static final int CONNECT_MS_MAX = 2_000;
    private static final int READ_MS_MAX = 2_000;
    private static final int ANSWER_BYTES_MAX = 256 * 1024;
    private static final String DISCOVERY = "/.well-known/openid-configuration";

    private final DefaultResourceRetriever web =
            new DefaultResourceRetriever(CONNECT_MS_MAX, READ_MS_MAX, ANSWER_BYTES_MAX);
    private final @Nullable String issuer;
    private final @Nullable String keys;

    /**
     * By one of the two.
     *
     * @param issuer which says itself where its keys are
     * @param keys where they are; then nothing else is asked
     */
    Issuer(@Nullable String issuer, @Nullable String keys) {
        this.issuer = issuer;
        this.keys = keys;
    }

    @Override
    public JWKSet fetch() throws IOException, ParseException {
        return JWKSet.parse(read(keys == null ? said() : keys));
    }

    private String said() throws IOException, ParseException {
        String self = String.valueOf(issuer);
        String base = self.endsWith("/") ? self.substring(0, self.length() - 1) : self;
        Map<String, Object> document = JSONObjectUtils.parse(read(base + DISCOVERY));
        String named = JSONObjectUtils.getString(document, "issuer");
        if (!self.equals(named)) {
            throw new IOException(base + DISCOVERY + " is of another issuer than " + self);
        }
        String uri = JSONObjectUtils.getString(document, "jwks_uri");
        if (uri == null) {
            throw new IOException(base + DISCOVERY + " names no jwks_uri");
        }
        return uri;
    }

    private String read(String address) throws IOException {
        return web.retrieveResource(URI.create(address).toURL()).getContent();
    }
}
