package dev.taskorder.starter.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** An issuer of tokens on this machine, which can be away, come back, and change its key. */
public final class TestIssuer {
    private static final int RSA_BITS = 2048;
    private static final int LIFETIME_S = 300;

    private final int port = HeldPorts.any();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile CountDownLatch until = new CountDownLatch(0);
    private RSAKey key = newKey();
    private HttpServer server;

    /** As the claim {@code iss} has it. */
    public String uri() {
        return "http://127.0.0.1:" + port + "/issuer";
    }

    /** Where its keys are. */
    public String keysUri() {
        return uri() + "/keys";
    }

    /** How often its keys were asked for. */
    public int asked() {
        return asked.get();
    }

    public TestIssuer start() {
        try {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        answer(
                "/issuer/.well-known/openid-configuration",
                () -> "{\"issuer\":\"" + uri() + "\",\"jwks_uri\":\"" + keysUri() + "\"}");
        answer("/issuer/keys", () -> {
            asked.incrementAndGet();
            waitIfHeld();
            return new JWKSet(key.toPublicJWK()).toString();
        });
        server.start();
        return this;
    }

    private void answer(String path, Supplier<String> text) {
        server.createContext(path, exchange -> {
            byte[] body = text.get().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    private void waitIfHeld() {
        try {
            until.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Who asks for its keys is answered when this is at zero. */
    public void answerAfter(CountDownLatch latch) {
        until = latch;
    }

    public void stop() {
        server.stop(0);
    }

    /** From now on it signs with another key, and names no other. */
    public void changeKey() {
        key = newKey();
    }

    /** The key that it signs with. */
    public RSAKey key() {
        return key;
    }

    public static RSAKey newKey() {
        try {
            return new RSAKeyGenerator(RSA_BITS)
                    .keyID(UUID.randomUUID().toString())
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Claims to start from: of this issuer, for the audience {@code taskorder}, good for five minutes. */
    public JWTClaimsSet.Builder claims(String subject) {
        Instant now = Clock.systemUTC().instant();
        return new JWTClaimsSet.Builder()
                .issuer(uri())
                .subject(subject)
                .audience("taskorder")
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(LIFETIME_S)));
    }

    /** A token of somebody who acts for the tenant. */
    public String token(String subject, String tenant, String role) {
        return signed(claims(subject).claim("tenant", tenant).claim("role", role));
    }

    public String signed(JWTClaimsSet.Builder claims) {
        return signed(claims, key);
    }

    public static String signed(JWTClaimsSet.Builder claims, RSAKey key) {
        try {
            return signed(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims.build(),
                    new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String signed(JWSHeader header, JWTClaimsSet claims, JWSSigner signer) {
        try {
            SignedJWT token = new SignedJWT(header, claims);
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
