package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestIssuer;
import dev.taskorder.starter.testing.TestTenants;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** Where only tokens of one issuer are accepted, which says itself where its keys are. */
@FullApplication
@TestPropertySource(
        properties = {
            "taskorder.security.accept=tokens",
            "spring.security.oauth2.resourceserver.jwt.issuer-uri=below, for settings are checked before that is known",
            "spring.security.oauth2.resourceserver.jwt.audiences=taskorder,another"
        })
class TokenTest {
    private static final TestIssuer ISSUER = new TestIssuer().start();

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    private Http http;
    private String tenant;

    @DynamicPropertySource
    static void the_issuer(DynamicPropertyRegistry settings) {
        settings.add("spring.security.oauth2.resourceserver.jwt.issuer-uri", ISSUER::uri);
    }

    @AfterAll
    static void it_ends() {
        ISSUER.stop();
    }

    @BeforeEach
    void a_tenant() {
        http = new Http(port, "");
        tenant = tenants.fresh();
    }

    @Test
    void a_token_acts_for_its_tenant_with_its_role_and_its_subject_is_who_did_it() {
        String token = ISSUER.token("anna@example.com", tenant, "submitter");
        Answer created = http.post("/v1/task-orders", Bodies.orderUnder("k"), bearer(token));
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(created.json().path("tenant_id").asString()).isEqualTo(tenant);
        String path = "/v1/task-orders/" + created.json().path("task_id").asString();
        assertThat(http.get(path + "/events", bearer(token)).text()).contains("anna@example.com");

        Answer tooMuch = http.put("/v1/assets/a1", Bodies.asset(), bearer(token));
        assertThat(tooMuch.code()).isEqualTo("forbidden");
        String admin = ISSUER.token("bob", tenant, "tenant-admin");
        assertThat(http.put("/v1/assets/a1", Bodies.asset(), bearer(admin)).status())
                .isEqualTo(201);
        assertThat(http.get("/v1/audit", bearer(admin)).text()).contains("\"bob\"", "\"anna@example.com\"");

        Answer foreign = http.get(path, "Authorization", "Bearer " + token, "tenant", tenants.fresh());
        assertThat(foreign.code()).isEqualTo("tenant_mismatch");
        String other = ISSUER.token("anna@example.com", tenants.fresh(), "tenant-admin");
        assertThat(http.get(path, bearer(other)).code()).isEqualTo("not_found");
    }

    @Test
    void an_operators_token_names_the_tenant_it_acts_for_with_each_request() {
        String token = ISSUER.signed(ISSUER.claims("ops").claim("role", "operator"));
        assertThat(http.get("/v1/task-orders", bearer(token)).code()).isEqualTo("tenant_required");
        assertThat(http.get("/v1/ledger/verify", "Authorization", "Bearer " + token, "tenant", tenant)
                        .status())
                .isEqualTo(200);
        assertThat(http.get("/v1/tenants/" + tenant, bearer(token)).status()).isEqualTo(200);
    }

    @Test
    void what_proves_nothing_is_refused_word_by_word_like_nothing_at_all() throws Exception {
        String nothing = refusal();
        assertThat(nothing).startsWith("401").contains("\"unauthenticated\"");

        refused()
                .forEach((why, token) ->
                        assertThat(refusal(bearer(token))).as(why).isEqualTo(nothing));
        assertThat(refusal("Authorization", "Bearer " + good() + " " + good())).isEqualTo(nothing);
        assertThat(http.get("/v1/assets?access_token=" + good()).status()).isEqualTo(401);
        assertThat(http.get("/v1/assets", bearer(good())).status())
                .as("else all are refused")
                .isEqualTo(200);
    }

    private Map<String, String> refused() throws JOSEException {
        Map<String, String> tokens = new LinkedHashMap<>();
        String good = good();
        tokens.put("of no kind", "x");
        tokens.put("tampered with", good.substring(0, good.length() - 6) + "AAAAAA");
        tokens.put("signed by a stranger", TestIssuer.signed(claims(), TestIssuer.newKey()));
        tokens.put(
                "signed by a stranger under the issuer's name of the key",
                TestIssuer.signed(
                        new JWSHeader.Builder(JWSAlgorithm.RS256)
                                .keyID(ISSUER.key().getKeyID())
                                .build(),
                        claims().build(),
                        new RSASSASigner(TestIssuer.newKey())));
        tokens.put("not signed", new PlainJWT(claims().build()).serialize());
        tokens.put(
                "signed with the public key as a secret",
                TestIssuer.signed(
                        new JWSHeader.Builder(JWSAlgorithm.HS256)
                                .keyID(ISSUER.key().getKeyID())
                                .build(),
                        claims().build(),
                        new MACSigner(ISSUER.key().toRSAPublicKey().getEncoded())));
        tokens.put(
                "no token for access",
                TestIssuer.signed(
                        new JWSHeader.Builder(JWSAlgorithm.RS256)
                                .keyID(ISSUER.key().getKeyID())
                                .type(new JOSEObjectType("logout+jwt"))
                                .build(),
                        claims().build(),
                        new RSASSASigner(ISSUER.key())));
        wrongClaims().forEach((why, claims) -> tokens.put(why, ISSUER.signed(claims)));
        return tokens;
    }

    private Map<String, JWTClaimsSet.Builder> wrongClaims() {
        Instant now = Clock.systemUTC().instant();
        Map<String, JWTClaimsSet.Builder> claims = new LinkedHashMap<>();
        claims.put("of another issuer", claims().issuer("http://127.0.0.1/another"));
        claims.put("of no issuer", claims().issuer(null));
        claims.put("for another audience", claims().audience("shop"));
        claims.put("for no audience", claims().audience((String) null));
        claims.put("expired", claims().expirationTime(Date.from(now.minusSeconds(120))));
        claims.put("without an end", claims().expirationTime(null));
        claims.put("not good yet", claims().notBeforeTime(Date.from(now.plusSeconds(300))));
        claims.put("of no tenant", claims().claim("tenant", null));
        claims.put("of a tenant that cannot be", claims().claim("tenant", "No Tenant"));
        claims.put("of the installation itself", claims().claim("tenant", "_system"));
        claims.put("of two tenants", claims().claim("tenant", List.of(tenant, "b")));
        claims.put("of no role", claims().claim("role", null));
        claims.put("of a role that is not there", claims().claim("role", "root"));
        claims.put("of a role in other letters", claims().claim("role", "Operator"));
        claims.put("of two roles", claims().claim("role", List.of("viewer", "submitter")));
        claims.put("of nobody", claims().subject(null));
        for (String name : List.of("", " ", " a", "a\nb", "a\u0000b", "a\u202eb", "a\u2028b", "s".repeat(256))) {
            claims.put("of somebody who cannot be written down: '" + name + "'", claims().subject(name));
        }
        for (String name : List.of("system", "Temporal", "\uFF4Fperator", "\u00A0bootstrap", "maintenance")) {
            claims.put("of somebody who is called as we are: '" + name + "'", claims().subject(name));
        }
        return claims;
    }

    @Test
    void a_subject_may_be_as_long_as_openid_connect_allows_and_in_any_script() {
        for (String name :
                List.of("s".repeat(255), "auth0|5f7c8ec7c33c6c004bbafe82", "Zoë Müller", "山田 \uD83D\uDE00")) {
            String token = ISSUER.token(name, tenant, "viewer");
            assertThat(http.get("/v1/assets", bearer(token)).status()).as(name).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"JWT", "at+jwt"})
    void a_token_may_say_that_it_is_one_for_access(String type) throws Exception {
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID(ISSUER.key().getKeyID())
                .type(new JOSEObjectType(type))
                .build();
        String token = TestIssuer.signed(header, claims().build(), new RSASSASigner(ISSUER.key()));
        assertThat(http.get("/v1/assets", bearer(token)).status()).isEqualTo(200);
    }

    @Test
    void a_tenant_that_is_not_there_is_named_as_such_to_who_proved_to_be_of_it() {
        Answer answer = http.get("/v1/assets", bearer(ISSUER.token("anna", "gone", "viewer")));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.code()).isEqualTo("tenant_unknown");
    }

    @Test
    void for_a_suspended_tenant_a_token_reads_and_creates_nothing() {
        String token = ISSUER.token("anna", tenant, "submitter");
        String operator = ISSUER.signed(ISSUER.claims("ops").claim("role", "operator"));
        assertThat(http.post("/v1/tenants/" + tenant + "/suspend", "{}", bearer(operator))
                        .status())
                .isEqualTo(200);
        Answer refused = http.post("/v1/task-orders", Bodies.orderUnder("k"), bearer(token));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("tenant_suspended");
        assertThat(http.get("/v1/task-orders", bearer(token)).status()).isEqualTo(200);
    }

    @Test
    void a_new_key_of_the_issuer_is_fetched_and_strangers_cannot_have_it_asked_all_the_time() {
        assertThat(http.get("/v1/assets", bearer(good())).status()).isEqualTo(200);
        ISSUER.changeKey();
        await().atMost(Duration.ofSeconds(4)) // it may have been asked just before
                .until(() -> http.get("/v1/assets", bearer(good())).status() == 200);

        RSAKey stranger = TestIssuer.newKey();
        int before = ISSUER.asked();
        long began = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            RSAKey anyName = new RSAKey.Builder(stranger).keyID("any-" + i).build();
            refusal(bearer(TestIssuer.signed(claims(), anyName)));
        }
        long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
        assertThat(ISSUER.asked() - before).isLessThanOrEqualTo((int) seconds / 2 + 1);
    }

    @Test
    void while_the_issuer_is_slow_known_keys_are_answered_and_strangers_are_put_off_at_once() throws Exception {
        assertThat(http.get("/v1/assets", bearer(good())).status()).isEqualTo(200);
        String stranger = TestIssuer.signed(claims(), TestIssuer.newKey());
        CountDownLatch answers = new CountDownLatch(1);
        ISSUER.answerAfter(answers);
        try {
            int before = ISSUER.asked();
            ExecutorService first = Executors.newSingleThreadExecutor();
            Future<?> waiting = first.submit(() -> {
                while (ISSUER.asked() == before) { // it may have been asked just before
                    http.get("/v1/assets", bearer(stranger));
                }
            });
            await().atMost(Duration.ofSeconds(10)).until(() -> ISSUER.asked() > before);
            for (int i = 0; i < 50; i++) {
                assertThat(http.get("/v1/assets", bearer(good())).status()).isEqualTo(200);
            }
            Answer putOff = http.get("/v1/assets", bearer(stranger));
            assertThat(putOff.status()).isEqualTo(503);
            assertThat(putOff.code()).isEqualTo("unavailable");
            assertThat(putOff.header("Retry-After")).hasValue("2");
            answers.countDown();
            waiting.get(20, TimeUnit.SECONDS);
            first.shutdown();
        } finally {
            answers.countDown();
        }
    }

    @Test
    void a_key_of_the_installation_is_refused_where_only_tokens_are_accepted() {
        String key = "to_nobody.AAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.00000000";
        assertThat(refusal(bearer(key))).isEqualTo(refusal());
    }

    @Test
    void a_token_that_does_not_fit_into_a_header_is_refused_before_it_is_read() {
        String token = ISSUER.signed(claims().claim("padding", "x".repeat(8_000)));
        Answer answer = http.get("/v1/assets", bearer(token));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("invalid_request");
    }

    private JWTClaimsSet.Builder claims() {
        return ISSUER.claims("anna").claim("tenant", tenant).claim("role", "viewer");
    }

    private String good() {
        return ISSUER.signed(claims());
    }

    private String refusal(String... headers) {
        Answer refused = http.get("/v1/assets", headers);
        assertThat(refused.header("WWW-Authenticate")).hasValue("Bearer");
        return refused.status() + refused.text().replaceAll("\"trace_id\":\"[0-9a-f]+\"", "");
    }

    private static String[] bearer(String token) {
        return new String[] {"Authorization", "Bearer " + token};
    }
}
