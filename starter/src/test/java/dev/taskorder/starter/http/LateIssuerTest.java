package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.ApiKeys.CreateResult.Created;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestIssuer;
import dev.taskorder.starter.testing.TestTenants;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** Where keys and tokens are accepted, and the place of the issuer's keys is all that is known of it. */
@FullApplication
@TestPropertySource(
        properties = {
            "taskorder.security.accept=api-keys,tokens",
            "spring.security.oauth2.resourceserver.jwt.jwk-set-uri=below, for settings are checked before that is known",
            "taskorder.security.any-issuer=true",
            "taskorder.security.any-audience=true",
            "taskorder.security.tenant-claim=https://taskorder.dev/tenant",
            "taskorder.security.role-claim=grp"
        })
class LateIssuerTest {
    private static final TestIssuer ISSUER = new TestIssuer();
    private static final List<String> LOGGERS =
            List.of("dev.taskorder", "org.springframework.security", "com.nimbusds");

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    BackgroundRunner runner;

    @Autowired
    ApiKeys keys;

    private final Lines lines = new Lines();

    private static final class Lines extends AppenderBase<ILoggingEvent> {
        private final Queue<String> said = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            said.add(event.getFormattedMessage() + ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
    }

    @DynamicPropertySource
    static void the_issuer(DynamicPropertyRegistry settings) {
        settings.add("spring.security.oauth2.resourceserver.jwt.jwk-set-uri", ISSUER::keysUri);
    }

    @Test
    void while_the_issuer_is_away_a_token_is_put_off_and_a_key_is_accepted_and_no_line_has_either() {
        Logger all = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        LOGGERS.forEach(name -> ((Logger) LoggerFactory.getLogger(name)).setLevel(Level.DEBUG));
        lines.start();
        all.addAppender(lines);
        try {
            tell();
        } finally {
            all.detachAppender(lines);
            LOGGERS.forEach(name -> ((Logger) LoggerFactory.getLogger(name)).setLevel(null));
        }
    }

    private void tell() {
        Http http = new Http(port, "");
        String tenant = tenants.fresh();
        String key = ((Created) runner.call(
                        new TenantId(tenant),
                        () -> keys.create(new ApiKeys.NewKey("app", Role.VIEWER, null), Caller.SYSTEM)))
                .text();
        String token = token(tenant);

        Answer early = http.get("/v1/assets", "Authorization", "Bearer " + token);
        assertThat(early.status()).isEqualTo(503);
        assertThat(early.code()).isEqualTo("unavailable");
        assertThat(early.header("Retry-After")).hasValue("2");
        assertThat(http.get("/v1/assets", "Authorization", "Bearer " + key).status())
                .isEqualTo(200);

        ISSUER.start();
        await().atMost(Duration.ofSeconds(4))
                .until(() -> http.get("/v1/assets", "Authorization", "Bearer " + token)
                                .status()
                        == 200);
        String defaultClaims = ISSUER.token("anna", tenant, "viewer");
        assertThat(http.get("/v1/assets", "Authorization", "Bearer " + defaultClaims)
                        .status())
                .as("the claims that settings name, and no others")
                .isEqualTo(401);

        ISSUER.stop();
        assertThat(http.get("/v1/assets", "Authorization", "Bearer " + token).status())
                .as("its key is known")
                .isEqualTo(200);
        assertThat(lines.said).isNotEmpty().anyMatch(line -> line.contains("the issuer of tokens does not answer"));
        for (String secret : List.of(token, defaultClaims, key)) {
            assertThat(lines.said).noneMatch(line -> line.contains(secret.substring(secret.lastIndexOf('.'))));
            assertThat(lines.said).noneMatch(line -> line.contains(secret.substring(secret.length() - 60)));
        }
    }

    private static String token(String tenant) {
        JWTClaimsSet.Builder claims = ISSUER.claims("anna")
                .issuer("whoever signs with these keys")
                .audience("whichever service")
                .claim("https://taskorder.dev/tenant", tenant)
                .claim("grp", "viewer");
        return ISSUER.signed(claims);
    }
}
