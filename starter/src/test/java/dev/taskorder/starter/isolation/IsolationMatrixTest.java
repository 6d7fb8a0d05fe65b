package dev.taskorder.starter.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.taskorder.activities.event.EventRelay;
import dev.taskorder.activities.execution.AttemptStore;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.ApiKeys.CreateResult.Created;
import dev.taskorder.api.principal.KeyText;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.isolation.Planter.Keys;
import dev.taskorder.starter.isolation.Planter.Planted;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.TestIssuer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/**
 * Every operation of the document, for every kind of caller, with what is its own, what is another tenant's and what is nobody's:
 * nothing of another tenant's is told, not even that it is there, and nothing of it is changed. All of it on one connection, so
 * that what is left on one would be found by the next.
 */
@FullApplication
@TestPropertySource(
        properties = {
            "taskorder.security.accept=api-keys,tokens",
            "spring.security.oauth2.resourceserver.jwt.issuer-uri=below, for settings are checked before that is known",
            "spring.security.oauth2.resourceserver.jwt.audiences=taskorder",
            "spring.datasource.hikari.maximum-pool-size=1"
        })
class IsolationMatrixTest {
    private static final TestIssuer ISSUER = new TestIssuer().start();

    @LocalServerPort
    int port;

    @Autowired
    BackgroundRunner runner;

    @Autowired
    ApiKeys keys;

    @Autowired
    OrderSteps steps;

    @Autowired
    AttemptStore attempts;

    @Autowired
    EventRelay relay;

    private Http http;
    private String operator;
    private Planter planter;
    private Planted theirs;
    private Rows before;
    private Sight sight;
    private Matrix matrix;

    @DynamicPropertySource
    static void the_issuer(DynamicPropertyRegistry settings) {
        settings.add("spring.security.oauth2.resourceserver.jwt.issuer-uri", ISSUER::uri);
    }

    @AfterAll
    static void it_ends() {
        ISSUER.stop();
    }

    @BeforeEach
    void somebody_has_something_of_everything() {
        http = new Http(port, "");
        operator = ((Created) runner.call(
                        TenantId.SYSTEM,
                        () -> keys.create(
                                new ApiKeys.NewKey("matrix-" + System.nanoTime(), Role.OPERATOR, null),
                                dev.taskorder.api.tenant.Caller.SYSTEM)))
                .text();
        planter = new Planter(http, operator, runner, steps, attempts, relay);
        theirs = planter.plant(7);
        List<Operation> operations = Operation.allOf(http.get("/v3/api-docs").json());
        assertThat(operations).hasSizeGreaterThan(35);
        sight = new Sight(theirs.its(), Rows.of(theirs.its().tenant()).uuids());
        matrix = new Matrix(
                http,
                operations,
                theirs.its(),
                new Cursors(http, theirs.its(), Keys.of(theirs.admin()).headers()),
                sight);
    }

    @Test
    void whoever_proves_nothing_is_answered_the_same_whatever_it_asks() {
        String revoked = planter.overKey(theirs, true);
        String expired = planter.overKey(theirs, false);
        before = Rows.of(theirs.its().tenant());

        String first = matrix.askInVain("", "nobody");
        String text = theirs.admin();
        for (String key : List.of(
                "x",
                text.substring(0, text.length() - 1),
                text.substring(0, text.length() - 1) + (text.endsWith("0") ? "1" : "0"),
                KeyText.make(new TenantId(theirs.its().tenant()), new SecureRandom())
                        .text(),
                KeyText.make(new TenantId("nobody"), new SecureRandom()).text(),
                expired,
                revoked,
                ISSUER.signed(token(theirs, "tenant-admin").audience("another")),
                ISSUER.signed(token(theirs, "tenant-admin").expirationTime(Date.from(Instant.EPOCH))))) {
            matrix.askInVain(first, "whoever has the key " + key, Keys.of(key).headers());
        }
        nothing_was_told_and_nothing_changed();
    }

    @Test
    void another_tenants_is_answered_like_nobodys() {
        ask_as_everybody();
        Planted expired = planter.plant(2);
        planter.expire(expired);
        matrix.askAs(admin("an admin of an expired tenant", expired, "tenant_expired"));
        Planted submitting = planter.plant(2);
        matrix.askAs(new Matrix.Caller(
                "a submitter",
                Role.SUBMITTER,
                submitting.its(),
                "",
                Keys.of(submitting.submitter()).headers()));
        Planted byToken = planter.plant(2);
        matrix.askAs(bearer(Role.VIEWER, byToken));
        matrix.askAs(bearer(Role.TENANT_ADMIN, byToken));
        nothing_was_told_and_nothing_changed();
    }

    @Test
    void and_so_it_is_while_others_create_and_read() {
        try (Crowd crowd = new Crowd(http, sight, List.of(planter.plant(1), planter.plant(1)))) {
            ask_as_everybody();
            assertThat(crowd.end(100)).isEmpty();
        }
        nothing_was_told_and_nothing_changed();
    }

    private void ask_as_everybody() {
        before = Rows.of(theirs.its().tenant());
        Planted own = planter.plant(2);
        matrix.askAs(viewer("a viewer", own, ""));
        matrix.askAs(admin("an admin", own, ""));
        Planted suspended = planter.plant(2);
        planter.suspend(suspended);
        matrix.askAs(viewer("a viewer of a suspended tenant", suspended, ""));
        matrix.askAs(admin("an admin of a suspended tenant", suspended, "tenant_suspended"));
        Planted named = planter.plant(2);
        String[] by = Keys.of(operator).headers();
        matrix.askAs(new Matrix.Caller(
                "operator for another tenant",
                Role.OPERATOR,
                named.its(),
                "",
                by[0],
                by[1],
                "tenant",
                named.its().tenant()));
        matrix.askAs(new Matrix.Caller(
                "operator for no tenant", Role.OPERATOR, named.its(), "tenant_required", by[0], by[1]));
    }

    private void nothing_was_told_and_nothing_changed() {
        assertThat(matrix.findings()).isEmpty();
        assertThat(matrix.answers()).isGreaterThan(1000);
        assertThat(Rows.of(theirs.its().tenant())).isEqualTo(before);
    }

    private static Matrix.Caller bearer(Role role, Planted of) {
        String[] headers = Keys.of(ISSUER.signed(token(of, role.word()))).headers();
        return new Matrix.Caller("a bearer of a token as " + role.word(), role, of.its(), "", headers);
    }

    private static JWTClaimsSet.Builder token(Planted of, String role) {
        return ISSUER.claims("somebody").claim("tenant", of.its().tenant()).claim("role", role);
    }

    private static Matrix.Caller viewer(String name, Planted of, String refusal) {
        return new Matrix.Caller(
                name, Role.VIEWER, of.its(), refusal, Keys.of(of.viewer()).headers());
    }

    private static Matrix.Caller admin(String name, Planted of, String refusal) {
        return new Matrix.Caller(
                name, Role.TENANT_ADMIN, of.its(), refusal, Keys.of(of.admin()).headers());
    }
}
